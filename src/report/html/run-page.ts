import { match } from 'ts-pattern';
import { CHAPTERS } from '../../../spec/requirements/catalogue.ts';
import type { Capability } from '../../../spec/vocabulary/capability.ts';
import { SUITE_AND_VERSION } from '../../corpus/suite.ts';
import { explainRecorded } from '../../explain/explain.ts';
import type { Explanation } from '../../explain/explanation.ts';
import type { ProfileOutcome, RequirementOutcome, RunOutcome, RunVerdict } from '../../run/outcome.ts';
import type { Counterexample } from '../../shrink/finding.ts';
import type { ReportSetting } from '../checks.ts';
import { shrinkingInWords } from '../counterexample-text.ts';
import { casesInWords, amount, targetCoverageInWords } from '../figures.ts';
import { groupsOf, type PrintedFinding, foundInWords } from '../findings-text.ts';
import { PLAIN } from '../paint.ts';
import { replayCommand } from '../replay-command.ts';
import { specificationRows } from '../specification-text.ts';
import { statusCell, statusInWords, statusMark, MANY_PROFILES, WORST_FIRST } from '../status-text.ts';
import { commandInWords } from '../steps-text.ts';
import { problems, VERDICT_WORDS } from '../verdict-text.ts';
import { type Fact, type PageData, type Picture, type RequirementTable, shownText } from './page-data.ts';
import { pictureOf } from './picture.ts';

/** The data of the page for a run: all findings, and the outcome of all requirements. */
export function runPage(outcome: RunOutcome, { cwd, date }: ReportSetting): PageData {
  const { target, seed, profiles, verdict } = outcome;
  return {
    title: shownText(target.name),
    suite: SUITE_AND_VERSION,
    facts: [
      ...targetFacts(target),
      { name: 'Date', text: date.toISOString() },
      { name: 'Seed', text: String(seed) },
      ...(verdict === 'inconclusive'
        ? [{ name: 'Reason', text: shownText(problems(outcome).join('; ')) }]
        : []),
      ...profiles.map((one) => ({ name: one.profile, text: `${casesInWords(one)}; ${totals(one)}` })),
      ...profiles.flatMap((one) =>
        specificationRows(one).map(([name, text]) => ({ name: `${one.profile}: ${name}`, text })),
      ),
      ...profiles.flatMap((one) => {
        const text = targetCoverageInWords(one);
        return text === undefined
          ? []
          : [{ name: `${one.profile}: coverage that the target reported`, text }];
      }),
      ...errorFacts(profiles),
    ],
    verdict: { kind: VERDICT_KINDS[verdict], words: VERDICT_WORDS[verdict] },
    pictures: groupsOf(outcome).map((found) => pictureOfFinding(found, outcome, cwd)),
    requirements: requirementTable(profiles),
  };
}

/** The number of requirements with each status. */
function totals({ requirements }: ProfileOutcome): string {
  const counts = WORST_FIRST.map((wanted) => ({
    words: wanted.replaceAll('-', ' '),
    count: requirements.filter(({ status }) => status === wanted).length,
  }));
  return counts
    .filter(({ count }) => count > 0)
    .map(({ words, count }) => `${count} ${words}`)
    .join(', ');
}

/** The name and version of the target. */
const targetFacts = ({
  name,
  version,
}: {
  readonly name: string;
  readonly version?: string | undefined;
}): readonly Fact[] => [
  { name: 'Target', text: shownText(version === undefined ? name : `${name} ${version}`) },
];

const VERDICT_KINDS: { readonly [V in RunVerdict]: NonNullable<PageData['verdict']>['kind'] } = {
  conforms: 'good',
  violates: 'bad',
  inconclusive: 'unsure',
  'protocol-error': 'bad',
  'nothing-applicable': 'unsure',
};

/** Errors of the run that are not findings. */
const errorFacts = (profiles: readonly ProfileOutcome[]): readonly Fact[] =>
  profiles.flatMap(({ profile, protocolErrors, disagreements, ...one }) => [
    ...protocolErrors.map(({ failure }) => ({
      name: `${profile}: ${match(failure.kind)
        .with('protocol', () => 'protocol error')
        .with('start', () => 'not started')
        .with('crash', () => 'a crash that could not be reproduced')
        .with('hang', () => 'a hang that could not be reproduced')
        .with('refused', () => 'a refused case')
        .exhaustive()}`,
      text: shownText(failure.message),
    })),
    ...(one.inconclusive === 0
      ? []
      : [
          {
            name: `${profile}: not judged`,
            text: `${amount(one.inconclusive, 'case')}: ${shownText(one.inconclusiveReason ?? '')}`,
          },
        ]),
    ...(one.setAside === 0
      ? []
      : [
          {
            name: `${profile}: without a verdict`,
            text: `${amount(one.setAside, 'case')}: ${shownText(one.setAsideReason ?? '')}`,
          },
        ]),
    ...disagreements.map(({ property, message }) => ({
      name: `${profile}: bug of the suite`,
      text: `${property}: ${shownText(message)}`,
    })),
  ]);

function pictureOfFinding(
  found: PrintedFinding,
  { target, targetSpec, seed }: RunOutcome,
  cwd: string,
): Picture {
  const { counterexample, file } = found.finding;
  return pictureOf(explainRecorded(counterexample), target.capabilities, [
    ...earlierFacts(counterexample),
    { name: 'Minimality', text: shrinkingInWords(counterexample) },
    { name: 'Found by', text: foundInWords(found, seed) },
    ...(found.otherSymptoms.length === 0
      ? []
      : [
          {
            name: 'Other symptoms',
            text: found.otherSymptoms
              .map(({ requirement, op, times }) => `${requirement} at ${op} (${amount(times, 'case')})`)
              .join('; '),
          },
        ]),
    ...(file === undefined
      ? []
      : [{ name: 'Replay', text: shownText(replayCommand(cwd, file, targetSpec)) }]),
  ]);
}

/** The earlier cases that a counterexample needs to fail. */
const earlierFacts = ({ earlier = [] }: Pick<Counterexample, 'earlier'>): readonly Fact[] =>
  earlier.map(({ commands }, at) => ({
    name: `Earlier case ${at + 1}`,
    text: shownText(commands.map(commandInWords).join('; ')),
  }));

function requirementTable(profiles: readonly ProfileOutcome[]): RequirementTable {
  const outcomes = profiles.map(
    ({ requirements }) => new Map(requirements.map((one) => [one.requirement.id, one])),
  );
  return {
    profiles: profiles.map(({ profile }) => profile),
    chapters: CHAPTERS.map(({ title, requirements }) => ({
      title,
      rows: requirements
        .map(({ id, level, title: rule }) => ({
          id,
          level,
          title: rule,
          found: outcomes.map((one) => one.get(id)),
        }))
        .filter(({ found }) => found.some((one) => one !== undefined))
        .map(({ found, ...row }) => ({
          ...row,
          cells: found.map((one) => ({
            status: one?.status ?? 'no-rule',
            words: cellWords(one, profiles.length),
          })),
        })),
    })).filter(({ rows }) => rows.length > 0),
  };
}

/** A sentence; with many profiles only the short form. */
function cellWords(outcome: RequirementOutcome | undefined, profiles: number): string {
  if (profiles >= MANY_PROFILES) return statusCell(outcome, PLAIN);
  return `${statusMark(outcome, PLAIN)} ${outcome === undefined ? 'not a requirement of this profile' : statusInWords(outcome)}`;
}

/** The target on which a case is explained. */
export interface ExplainedTarget {
  readonly name: string;
  readonly version: string | undefined;
  readonly capabilities: ReadonlySet<Capability>;
}

/** The data of the page for a single counterexample. */
export const explainPage = (explanation: Explanation, target: ExplainedTarget): PageData => ({
  title: `${explanation.violation.requirement} – ${shownText(target.name)}`,
  suite: SUITE_AND_VERSION,
  facts: targetFacts(target),
  pictures: [pictureOf(explanation, target.capabilities, earlierFacts(explanation))],
});
