import { fingerprintOf, isOfShould } from '../../spec/judge/verdict.ts';
import type { ProfileName } from '../../spec/profiles/profile.ts';
import type { RunOutcome } from '../run/outcome.ts';
import { caseInWords, type Finding, type OtherSymptom } from '../shrink/finding.ts';
import { bySimplicity } from '../shrink/passes/delete.ts';
import { counterexampleText, shrinkingInWords } from './counterexample-text.ts';
import { amount } from './figures.ts';
import type { Paint } from './paint.ts';
import { minimizeCommand, replayCommand } from './replay-command.ts';
import { columns } from './text-layout.ts';

/** Findings printed in full, the simplest first; longer ones may be caused by the same bug. */
const MAX_IN_FULL = 3;
/** Other symptoms listed for one finding. */
const MAX_SYMPTOMS = 6;

export interface PrintedFinding {
  readonly finding: Finding;
  /** The other profiles in which its case fails, or in which a finding has the same fingerprint. */
  readonly alsoIn: readonly ProfileName[];
  /** Its other symptoms, in all of these profiles. */
  readonly otherSymptoms: readonly OtherSymptom[];
}

/** The findings: their number, the simplest counterexamples in full, then the others in one line each. */
export function findingsText(outcome: RunOutcome, cwd: string, paint: Paint): string[] {
  const found = groupsOf(outcome);
  if (found.length === 0) return [];
  const rest = found.slice(MAX_IN_FULL);
  return [
    totalText(found, paint),
    ...found.slice(0, MAX_IN_FULL).map((one) => inFull(one, outcome, cwd, paint)),
    ...(rest.length === 0
      ? []
      : [
          [`${amount(rest.length, 'more finding')}, possibly of the same bugs:`, ...inShort(rest)].join('\n'),
        ]),
  ];
}

/** The number of findings and of the failing cases attributed to them. */
function totalText(found: readonly PrintedFinding[], paint: Paint): string {
  const cases = found.reduce((sum, { finding, otherSymptoms }) => sum + casesOf(finding, otherSymptoms), 0);
  return `${paint.bold(amount(found.length, 'finding'))}, one for each bug as far as can be determined, from ${amount(cases, 'failing case')}`;
}

const casesOf = ({ times }: Finding, symptoms: readonly OtherSymptom[]): number =>
  symptoms.reduce((sum, symptom) => sum + symptom.times, times);

/** One entry per finding of all profiles: MUST before SHOULD, the simplest counterexamples first. */
export function groupsOf({ profiles }: RunOutcome): readonly PrintedFinding[] {
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
          otherSymptoms: merged([...known.otherSymptoms, ...otherSymptoms], known.finding),
        });
      }
    }
  }
  const level = ({ finding }: PrintedFinding): number => (isOfShould(finding.fingerprint) ? 1 : 0);
  return [...found.values()].toSorted(
    (one, other) =>
      level(one) - level(other) ||
      bySimplicity(one.finding.counterexample.case, other.finding.counterexample.case),
  );
}

/** Each other symptom once, with the sum of its cases; without the symptom of the finding itself. */
function merged(symptoms: readonly OtherSymptom[], { fingerprint }: Finding): readonly OtherSymptom[] {
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

/** The other symptoms of a finding; empty if there are none. */
export function otherSymptomLines(symptoms: readonly OtherSymptom[]): readonly string[] {
  if (symptoms.length === 0) return [];
  const most = symptoms.toSorted((one, other) => other.times - one.times);
  const rest = most.slice(MAX_SYMPTOMS);
  return [
    '',
    '  Other symptoms, attributed to the same bug because these cases first diverge in the same way:',
    ...columns(
      most
        .slice(0, MAX_SYMPTOMS)
        .map(({ requirement, op, times, ...number }) => [
          `  ${requirement}`,
          `at ${op}`,
          amount(times, 'case'),
          `first ${caseInWords(number)}`,
        ]),
    ),
    ...(rest.length === 0 ? [] : [`    and ${amount(rest.length, 'more symptom')}`]),
  ];
}

/** True if more shrinking could give a shorter case. */
const isUnfinished = ({ certificate }: Finding['counterexample']): boolean =>
  certificate === 'found' || certificate === 'interrupted';

/** The case in which a finding was found, and the number of cases with the same symptom and with others. */
export function foundInWords({ finding, alsoIn, otherSymptoms }: PrintedFinding, seed: number): string {
  const { after, times, found, isIncidental, directed } = finding;
  const seeded = directed === undefined ? ` of seed ${seed}` : '';
  const others = otherSymptoms.reduce((sum, symptom) => sum + symptom.times, 0);
  const also = alsoIn.length === 0 ? '' : `; the same in ${alsoIn.join(', ')}`;
  return (
    `${isIncidental ? 'shrinking ' : ''}${caseInWords(finding)}${seeded}, after ${amount(after, 'command')}, ` +
    `in ${amount(found.commands.length, 'step')}` +
    `${times > 1 ? `; ${amount(times, 'case')} with this symptom` : ''}` +
    `${others > 0 ? `; ${amount(others, 'case')} with ${amount(otherSymptoms.length, 'other symptom')}` : ''}${also}`
  );
}

const inShort = (found: readonly PrintedFinding[]): readonly string[] =>
  columns(
    found.map(({ finding, otherSymptoms }) => [
      finding.counterexample.violation.requirement,
      `at ${finding.counterexample.violation.op}`,
      amount(finding.counterexample.case.commands.length, 'step'),
      amount(casesOf(finding, otherSymptoms), 'case'),
      finding.file ?? '',
    ]),
  );
