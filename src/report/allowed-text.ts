import type { Scope } from '../../spec/vocabulary/scope.ts';
import { resultInWords } from '../../spec/vocabulary/words.ts';
import type { AllowedWay } from '../explain/allowed-ways.ts';

/** More outcomes than these nobody reads. */
const MOST_SHOWN = 6;

/** The outcomes that were allowed at a step, a line each; those that were left out are counted in the last. */
export function allowedLines(ways: readonly AllowedWay[], scope: Scope): readonly string[] {
  const rest = ways.length - MOST_SHOWN;
  return [
    ...ways.slice(0, MOST_SHOWN).map((way) => wayInWords(way, scope)),
    ...(rest > 0 ? [`and ${rest} more`] : []),
  ];
}

function wayInWords(way: AllowedWay, { pages }: Scope): string {
  const entries = way.changed.map(
    (entry) =>
      `page ${entry % pages} of process ${Math.floor(entry / pages)}: ${way.entries[entry]?.words ?? ''}`,
  );
  return [
    `answer ${resultInWords(way.result)}`,
    ...way.callbacks,
    ...(entries.length === 0 ? ['no entry changes'] : entries),
    ...(way.slights.length === 0 ? [] : [`allowed, though ${way.slights.join(' and ')} asks for more`]),
  ].join(' · ');
}
