import { fingerprintOf, isOfShould } from '../../spec/judge/verdict.ts';
import type { ProfileName } from '../../spec/profiles/profile.ts';
import { caseInWords } from '../shrink/case-number.ts';
import type { Finding, OtherWay } from '../shrink/finding.ts';
import type { RunOutcome } from '../run/outcome.ts';
import { counterexampleText, reductionInWords } from './counterexample-text.ts';
import { amount } from './figures.ts';
import type { Paint } from './paint.ts';
import { minimizeCommand, replayCommand } from './replay-command.ts';
import { columns } from './table.ts';

/** How many findings are told in full: the shortest tell most, and others may be of the same bug after all. */
const IN_FULL = 3;
/** How many other ways of one finding have a line. */
const MOST_WAYS = 6;

export interface Found {
  readonly finding: Finding;
  /** The other profiles in which its case fails, or the same requirement breaks in the same way. */
  readonly alsoIn: readonly ProfileName[];
  /** The other ways in which it showed itself, in all of these profiles. */
  readonly otherWays: readonly OtherWay[];
}

/** What was found, the shortest counterexamples first and in full, the others in a line each. */
export function findingsText(outcome: RunOutcome, cwd: string, paint: Paint): string[] {
  const found = byLength(outcome);
  const rest = found.slice(IN_FULL);
  return [
    ...found.slice(0, IN_FULL).map((one) => inFull(one, outcome, cwd, paint)),
    ...(rest.length === 0
      ? []
      : [[`${amount(rest.length, 'more finding')}, perhaps of the same bug:`, ...inShort(rest)].join('\n')]),
  ];
}

/** What was found, once for each group of findings: MUST before SHOULD, the shortest counterexamples first. */
export function byLength({ profiles }: RunOutcome): readonly Found[] {
  const found = new Map<string, Found>();
  for (const { profile, findings, warnings } of profiles) {
    for (const finding of [...findings, ...warnings]) {
      const key = finding.sameAs === undefined ? finding.fingerprint : fingerprintOf(finding.sameAs);
      const known = found.get(key);
      const { otherWays } = finding;
      if (known === undefined) found.set(key, { finding, alsoIn: [], otherWays });
      else {
        found.set(key, {
          finding: known.finding,
          alsoIn: [...known.alsoIn, profile],
          otherWays: together([...known.otherWays, ...otherWays], known.finding),
        });
      }
    }
  }
  const length = ({ finding }: Found): number => finding.counterexample.case.commands.length;
  const level = ({ finding }: Found): number => (isOfShould(finding.fingerprint) ? 1 : 0);
  return [...found.values()].toSorted(
    (one, other) => level(one) - level(other) || length(one) - length(other),
  );
}

/** Each other way once, with all of its cases; without the way of the finding itself. */
function together(ways: readonly OtherWay[], { fingerprint }: Finding): readonly OtherWay[] {
  const all = new Map<string, OtherWay>();
  for (const way of ways) {
    const key = fingerprintOf(way);
    if (key !== fingerprint) all.set(key, { ...way, times: way.times + (all.get(key)?.times ?? 0) });
  }
  return [...all.values()];
}

function inFull(found: Found, outcome: RunOutcome, cwd: string, paint: Paint): string {
  const { finding } = found;
  const { target, targetSpec, seed } = outcome;
  const { counterexample, file } = finding;
  const circumstances = {
    capabilities: target.capabilities,
    reduction: reductionInWords(counterexample),
    found: foundInWords(found, seed),
    replay: file === undefined ? undefined : replayCommand(cwd, file, targetSpec),
    reduce:
      file !== undefined && isUnfinished(counterexample) ? minimizeCommand(cwd, file, targetSpec) : undefined,
  };
  return [counterexampleText(counterexample, circumstances, paint), ...otherWaysLines(found.otherWays)].join(
    '\n',
  );
}

/** The other ways in which a finding showed itself; nothing where there are none. */
export function otherWaysLines(ways: readonly OtherWay[]): readonly string[] {
  if (ways.length === 0) return [];
  const most = ways.toSorted((one, other) => other.times - one.times);
  const rest = most.slice(MOST_WAYS);
  return [
    '',
    '  Other ways, taken for the same bug because these cases first diverge alike:',
    ...columns(
      most
        .slice(0, MOST_WAYS)
        .map(({ requirement, op, times, ...number }) => [
          `  ${requirement}`,
          `at ${op}`,
          amount(times, 'case'),
          `first ${caseInWords(number)}`,
        ]),
    ),
    ...(rest.length === 0 ? [] : [`    and ${amount(rest.length, 'more way')}`]),
  ];
}

/** Whether more time would make it shorter, perhaps. */
const isUnfinished = ({ certificate }: Finding['counterexample']): boolean =>
  certificate === 'found' || certificate === 'interrupted';

/** How a finding was come by. */
export function foundInWords({ finding, alsoIn, otherWays }: Found, seed: number): string {
  const { after, times, found, isByTheWay, directed } = finding;
  const seeded = directed === undefined ? ` of seed ${seed}` : '';
  const others = otherWays.reduce((sum, way) => sum + way.times, 0);
  const also = alsoIn.length === 0 ? '' : `; the same in ${alsoIn.join(', ')}`;
  return (
    `${isByTheWay ? 'the reduction of ' : ''}${caseInWords(finding)}${seeded}, after ${amount(after, 'command')}, ` +
    `in ${amount(found.commands.length, 'step')}` +
    `${times > 1 ? `; ${amount(times, 'case')} failed in this way` : ''}` +
    `${others > 0 ? `; ${amount(others, 'case')} in ${amount(otherWays.length, 'other way')}` : ''}${also}`
  );
}

const inShort = (found: readonly Found[]): readonly string[] =>
  columns(
    found.map(({ finding: { counterexample, file, times }, otherWays }) => [
      counterexample.violation.requirement,
      `at ${counterexample.violation.op}`,
      amount(counterexample.case.commands.length, 'step'),
      amount(
        otherWays.reduce((sum, way) => sum + way.times, times),
        'case',
      ),
      file ?? '',
    ]),
  );
