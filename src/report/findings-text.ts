import { isOfShould } from '../../spec/judge/verdict.ts';
import type { ProfileName } from '../../spec/profiles/profile.ts';
import { caseInWords } from '../campaign/case-number.ts';
import type { Finding } from '../campaign/finding.ts';
import type { RunOutcome } from '../campaign/outcome.ts';
import { counterexampleText, reductionInWords } from './counterexample-text.ts';
import { amount } from './figures.ts';
import type { Paint } from './paint.ts';
import { minimizeCommand, replayCommand } from './replay-command.ts';
import { columns } from './table.ts';

/** How many findings are told in full: one bug shows in many ways, and the shortest tell most. */
const IN_FULL = 3;

export interface Found {
  readonly finding: Finding;
  /** The other profiles in which the same requirement breaks in the same way. */
  readonly alsoIn: readonly ProfileName[];
}

/** What was found, the shortest counterexamples first and in full, the others in a line each. */
export function findingsText(outcome: RunOutcome, cwd: string, paint: Paint): string[] {
  const found = byLength(outcome);
  const rest = found.slice(IN_FULL);
  return [
    ...found.slice(0, IN_FULL).map((one) => inFull(one, outcome, cwd, paint)),
    ...(rest.length === 0
      ? []
      : [
          [
            `It fails in ${amount(rest.length, 'more way', 'more ways')}, perhaps by the same bug:`,
            ...inShort(rest),
          ].join('\n'),
        ]),
  ];
}

/** What was found, once for each way in which it fails: MUST before SHOULD, the shortest counterexamples first. */
export function byLength({ profiles }: RunOutcome): readonly Found[] {
  const found = new Map<string, Found>();
  for (const { profile, findings, warnings } of profiles) {
    for (const finding of [...findings, ...warnings]) {
      const known = found.get(finding.fingerprint);
      if (known === undefined) found.set(finding.fingerprint, { finding, alsoIn: [] });
      else found.set(finding.fingerprint, { ...known, alsoIn: [...known.alsoIn, profile] });
    }
  }
  const length = ({ finding }: Found): number => finding.counterexample.case.commands.length;
  const level = ({ finding }: Found): number => (isOfShould(finding.fingerprint) ? 1 : 0);
  return [...found.values()].toSorted(
    (one, other) => level(one) - level(other) || length(one) - length(other),
  );
}

function inFull({ finding, alsoIn }: Found, outcome: RunOutcome, cwd: string, paint: Paint): string {
  const { target, targetSpec, seed } = outcome;
  const { counterexample, file } = finding;
  const circumstances = {
    capabilities: target.capabilities,
    reduction: reductionInWords(counterexample),
    found: foundInWords({ finding, alsoIn }, seed),
    replay: file === undefined ? undefined : replayCommand(cwd, file, targetSpec),
    reduce:
      file !== undefined && isUnfinished(counterexample) ? minimizeCommand(cwd, file, targetSpec) : undefined,
  };
  return counterexampleText(counterexample, circumstances, paint);
}

/** Whether more time would make it shorter, perhaps. */
const isUnfinished = ({ certificate }: Finding['counterexample']): boolean =>
  certificate === 'found' || certificate === 'interrupted';

/** How a finding was come by. */
export function foundInWords({ finding, alsoIn }: Found, seed: number): string {
  const { after, times, found, isByTheWay, directed } = finding;
  const seeded = directed === undefined ? ` of seed ${seed}` : '';
  const also = alsoIn.length === 0 ? '' : `; the same in ${alsoIn.join(', ')}`;
  return (
    `${isByTheWay ? 'the reduction of ' : ''}${caseInWords(finding)}${seeded}, after ${amount(after, 'command')}, ` +
    `in ${amount(found.commands.length, 'step')}` +
    `${times > 1 ? `; ${amount(times, 'case')} failed in this way` : ''}${also}`
  );
}

const inShort = (found: readonly Found[]): readonly string[] =>
  columns(
    found.map(({ finding: { counterexample, file, times } }) => [
      counterexample.violation.requirement,
      `at ${counterexample.violation.op}`,
      amount(counterexample.case.commands.length, 'step'),
      amount(times, 'case'),
      file ?? '',
    ]),
  );
