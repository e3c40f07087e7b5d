import type { Scope } from '../../spec/vocabulary/scope.ts';
import { resultInWords } from '../../spec/vocabulary/words.ts';
import type { AllowedOutcome } from '../explain/allowed-outcomes.ts';

/** Longer lists are cut, to keep the report readable. */
const MAX_SHOWN = 6;

/** The outcomes allowed at a step, one per line. The last line counts the outcomes that were left out. */
export function allowedLines(outcomes: readonly AllowedOutcome[], scope: Scope): readonly string[] {
  const rest = outcomes.length - MAX_SHOWN;
  return [
    ...outcomes.slice(0, MAX_SHOWN).map((outcome) => outcomeInWords(outcome, scope)),
    ...(rest > 0 ? [`and ${rest} more`] : []),
  ];
}

function outcomeInWords(outcome: AllowedOutcome, { pages }: Scope): string {
  const entries = outcome.changed.map(
    (entry) =>
      `page ${entry % pages} of process ${Math.floor(entry / pages)}: ${outcome.entries[entry]?.words ?? ''}`,
  );
  return [
    `returns ${resultInWords(outcome.result)}`,
    ...outcome.callbacks,
    ...(entries.length === 0 ? ['no entry changes'] : entries),
    ...(outcome.notFollowedShoulds.length === 0
      ? []
      : [`allowed, although ${outcome.notFollowedShoulds.join(' and ')} is not followed`]),
  ].join(' · ');
}
