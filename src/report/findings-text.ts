import { fingerprintOf, isOfShould } from '../../spec/judge/verdict.ts';
import type { ProfileName } from '../../spec/profiles/profile.ts';
import { caseInWords } from '../shrink/case-number.ts';
import type { Finding, OtherSymptom } from '../shrink/finding.ts';
import type { RunOutcome } from '../run/outcome.ts';
import { counterexampleText, shrinkingInWords } from './counterexample-text.ts';
import { amount } from './figures.ts';
import type { Paint } from './paint.ts';
import { minimizeCommand, replayCommand } from './replay-command.ts';
import { columns } from './table.ts';

/** How many findings are told in full: the shortest tell most, and others may be of the same bug after all. */
const IN_FULL = 3;
/** How many other ways of one finding have a line. */
const MAX_OUTCOMES = 6;

export interface PrintedFinding {
  readonly finding: Finding;
  /** The other profiles in which its case fails, or the same requirement breaks in the same way. */
  readonly alsoIn: readonly ProfileName[];
  /** The other ways in which it showed itself, in all of these profiles. */
  readonly otherSymptoms: readonly OtherSymptom[];
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
export function byLength({ profiles }: RunOutcome): readonly PrintedFinding[] {
  const found = new Map<string, PrintedFinding>();
  for (const { profile, findings, warnings } of profiles) {
    for (const finding of [...findings, ...warnings]) {
      const key = finding.sameAs === undefined ? finding.fingerprint : fingerprintOf(finding.sameAs);
      const known = found.get(key);
      const { otherSymptoms } = finding;
      if (known === undefined) found.set(key, { finding, alsoIn: [], otherSymptoms });
      else {
        found.set(key, {
          finding: known.finding,
          alsoIn: [...known.alsoIn, profile],
          otherSymptoms: together([...known.otherSymptoms, ...otherSymptoms], known.finding),
        });
      }
    }
  }
  const length = ({ finding }: PrintedFinding): number => finding.counterexample.case.commands.length;
  const level = ({ finding }: PrintedFinding): number => (isOfShould(finding.fingerprint) ? 1 : 0);
  return [...found.values()].toSorted(
    (one, other) => level(one) - level(other) || length(one) - length(other),
  );
}

/** Each other way once, with all of its cases; without the way of the finding itself. */
function together(symptoms: readonly OtherSymptom[], { fingerprint }: Finding): readonly OtherSymptom[] {
  const all = new Map<string, OtherSymptom>();
  for (const symptom of symptoms) {
    const key = fingerprintOf(symptom);
    if (key !== fingerprint) all.set(key, { ...symptom, times: symptom.times + (all.get(key)?.times ?? 0) });
  }
  return [...all.values()];
}

function inFull(found: PrintedFinding, outcome: RunOutcome, cwd: string, paint: Paint): string {
  const { finding } = found;
  const { target, targetSpec, seed } = outcome;
  const { counterexample, file } = finding;
  const circumstances = {
    capabilities: target.capabilities,
    shrinking: shrinkingInWords(counterexample),
    found: foundInWords(found, seed),
    replay: file === undefined ? undefined : replayCommand(cwd, file, targetSpec),
    shrink:
      file !== undefined && isUnfinished(counterexample) ? minimizeCommand(cwd, file, targetSpec) : undefined,
  };
  return [
    counterexampleText(counterexample, circumstances, paint),
    ...otherSymptomLines(found.otherSymptoms),
  ].join('\n');
}

/** The other ways in which a finding showed itself; nothing where there are none. */
export function otherSymptomLines(symptoms: readonly OtherSymptom[]): readonly string[] {
  if (symptoms.length === 0) return [];
  const most = symptoms.toSorted((one, other) => other.times - one.times);
  const rest = most.slice(MAX_OUTCOMES);
  return [
    '',
    '  Other ways, taken for the same bug because these cases first diverge alike:',
    ...columns(
      most
        .slice(0, MAX_OUTCOMES)
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
export function foundInWords({ finding, alsoIn, otherSymptoms }: PrintedFinding, seed: number): string {
  const { after, times, found, isIncidental, directed } = finding;
  const seeded = directed === undefined ? ` of seed ${seed}` : '';
  const others = otherSymptoms.reduce((sum, symptom) => sum + symptom.times, 0);
  const also = alsoIn.length === 0 ? '' : `; the same in ${alsoIn.join(', ')}`;
  return (
    `${isIncidental ? 'the reduction of ' : ''}${caseInWords(finding)}${seeded}, after ${amount(after, 'command')}, ` +
    `in ${amount(found.commands.length, 'step')}` +
    `${times > 1 ? `; ${amount(times, 'case')} failed in this way` : ''}` +
    `${others > 0 ? `; ${amount(others, 'case')} in ${amount(otherSymptoms.length, 'other way')}` : ''}${also}`
  );
}

const inShort = (found: readonly PrintedFinding[]): readonly string[] =>
  columns(
    found.map(({ finding: { counterexample, file, times }, otherSymptoms }) => [
      counterexample.violation.requirement,
      `at ${counterexample.violation.op}`,
      amount(counterexample.case.commands.length, 'step'),
      amount(
        otherSymptoms.reduce((sum, symptom) => sum + symptom.times, times),
        'case',
      ),
      file ?? '',
    ]),
  );
