import { match } from 'ts-pattern';
import { create } from 'xmlbuilder2';
import { CHAPTERS } from '../../spec/requirements/catalogue.ts';
import { caseInWords, type Finding, requirementsOf } from '../shrink/finding.ts';
import type {
  CorpusItem,
  CorpusStatus,
  DirectedOutcome,
  ProfileOutcome,
  RequirementOutcome,
  RequirementStatus,
  RunOutcome,
} from '../run/outcome.ts';
import { corpusCounterexampleText, corpusRemark } from './corpus-text.ts';
import { counterexampleText, shrinkingInWords } from './counterexample-text.ts';
import { otherSymptomLines } from './findings-text.ts';
import { PLAIN } from './paint.ts';
import { oneLine } from '../corpus/printable.ts';
import { replayCommand } from './replay-command.ts';
import { statusInWords } from './status-text.ts';

/** The result of a JUnit test case. */
type Mark =
  | { readonly kind: 'passed'; readonly note: string }
  | { readonly kind: 'skipped'; readonly message: string }
  | {
      readonly kind: 'failure' | 'error';
      readonly type: string;
      readonly message: string;
      readonly text: string;
    };

interface JUnitCase {
  readonly name: string;
  readonly className: string;
  readonly mark: Mark;
  /** Milliseconds. A random case covers many requirements at once, so a requirement has no time of its own. */
  readonly elapsed?: number;
}

interface JUnitSuite {
  readonly name: string;
  readonly cases: readonly JUnitCase[];
  readonly elapsed?: number;
}

/** The settings that the report takes from the command line. */
export interface JUnitSetting {
  readonly strict: boolean;
  /** The folder in which the command was called. */
  readonly cwd: string;
}

/** The JUnit report: a test suite per chapter and profile, a test case per requirement. */
export function junitReport(outcome: RunOutcome, setting: JUnitSetting): string {
  const suites = [
    ...corpusSuites(outcome, setting),
    ...outcome.profiles.flatMap((profile) => [
      ...CHAPTERS.map((chapter) => ({
        name: `${profile.profile}: ${chapter.title}`,
        cases: profile.requirements
          .filter(({ requirement }) => chapter.requirements.some(({ id }) => id === requirement.id))
          .map((one) => requirementCase(one, profile, outcome, setting)),
      })).filter(({ cases }) => cases.length > 0),
      runSuite(profile),
    ]),
  ];
  const root = create(
    { encoding: 'UTF-8', invalidCharReplacement: '\uFFFD' },
    {
      testsuites: {
        '@name': `zone-device-conformance: ${oneLine(outcome.target.name)}`,
        ...counts(suites.flatMap(({ cases }) => cases)),
        '@time': seconds(outcome.elapsed),
        testsuite: suites.map(suiteElement),
      },
    },
  );
  return `${root.end({ prettyPrint: true })}\n`;
}

const withMark = (kind: Mark['kind'], cases: readonly JUnitCase[]): number =>
  cases.filter(({ mark }) => mark.kind === kind).length;

const counts = (cases: readonly JUnitCase[]): object => ({
  '@tests': cases.length,
  '@failures': withMark('failure', cases),
  '@errors': withMark('error', cases),
});

const seconds = (milliseconds: number): string => (milliseconds / 1000).toFixed(3);

const timeOf = (milliseconds: number | undefined): object =>
  milliseconds === undefined ? {} : { '@time': seconds(milliseconds) };

// The schema of the Jenkins plugin (junit-10.xsd) allows the count of skipped cases here, and not at the root.
const suiteElement = ({ name, cases, elapsed }: JUnitSuite): object => ({
  '@name': name,
  ...counts(cases),
  '@skipped': withMark('skipped', cases),
  ...timeOf(elapsed),
  testcase: cases.map(({ name: caseName, className, mark, elapsed: ofCase }) => ({
    '@name': caseName,
    '@classname': className,
    ...timeOf(ofCase),
    ...markElement(mark),
  })),
});

const markElement = (mark: Mark): object =>
  match(mark)
    .with({ kind: 'passed' }, ({ note }) => ({ 'system-out': note }))
    .with({ kind: 'skipped' }, ({ message }) => ({ skipped: { '@message': message } }))
    .with({ kind: 'failure' }, ({ type, message, text }) => ({
      failure: { '@type': type, '@message': message, '#': text },
    }))
    .with({ kind: 'error' }, ({ type, message, text }) => ({
      error: { '@type': type, '@message': message, '#': text },
    }))
    .exhaustive();

function requirementCase(
  one: RequirementOutcome,
  profile: ProfileOutcome,
  outcome: RunOutcome,
  setting: JUnitSetting,
): JUnitCase {
  const { id, title, level } = one.requirement;
  const ofThis = (finding: Finding): boolean => requirementsOf(finding).has(id);
  const findings = profile.findings.filter(ofThis);
  const warnings = profile.warnings.filter(ofThis);
  const status = findings.length > 0 ? 'violated' : one.status;
  return {
    name: `${id} (${level}): ${title}`,
    className: `${profile.profile}.${id}`,
    mark: markOf(status, one, findings, warnings, outcome, setting),
  };
}

function markOf(
  status: RequirementStatus,
  one: RequirementOutcome,
  findings: readonly Finding[],
  warnings: readonly Finding[],
  outcome: RunOutcome,
  setting: JUnitSetting,
): Mark {
  const note = statusInWords(one);
  const text = `${one.requirement.text}\nSource: ${one.requirement.source}`;
  return match<RequirementStatus, Mark>(status)
    .with('passed', () => ({ kind: 'passed', note }))
    .with('violated', () => ({
      kind: 'failure',
      type: one.requirement.level,
      message: firstDifference(findings) ?? note,
      text: findings.map((finding) => findingText(finding, outcome, setting)).join('\n\n') || text,
    }))
    .with('not-followed', () =>
      setting.strict
        ? {
            kind: 'failure',
            type: 'SHOULD',
            message: firstDifference(warnings) ?? note,
            text: warnings.map((finding) => findingText(finding, outcome, setting)).join('\n\n') || text,
          }
        : { kind: 'passed', note },
    )
    .with('not-covered', () =>
      outcome.uncovered.includes(one.requirement.id)
        ? { kind: 'error', type: 'not-covered', message: note, text }
        : { kind: 'skipped', message: note },
    )
    .with('not-observable', 'capability-missing', () => ({ kind: 'skipped', message: note }))
    .exhaustive();
}

function firstDifference([finding]: readonly Finding[]): string | undefined {
  if (finding === undefined) return undefined;
  const { expected, observed } = finding.counterexample.violation;
  return `expected ${expected.join(', or ')}; observed ${observed}`;
}

const findingText = (
  { counterexample, file, sameAs, otherSymptoms }: Finding,
  { target, targetSpec }: RunOutcome,
  { cwd }: JUnitSetting,
): string =>
  [
    counterexampleText(
      counterexample,
      {
        capabilities: target.capabilities,
        shrinking:
          sameAs === undefined
            ? shrinkingInWords(counterexample)
            : `shrunk in profile ${sameAs.profile}; it fails in this profile as well`,
        found: undefined,
        replay: file === undefined ? undefined : replayCommand(cwd, file, targetSpec),
      },
      PLAIN,
    ),
    ...otherSymptomLines(otherSymptoms),
  ].join('\n');

/** The counterexamples of earlier runs, a test case per file; no test suite if there are none. */
function corpusSuites(outcome: RunOutcome, setting: JUnitSetting): JUnitSuite[] {
  const items = outcome.corpus?.items ?? [];
  if (items.length === 0) return [];
  return [
    {
      name: 'corpus',
      cases: items.map((item) => ({
        name: oneLine(item.file),
        className: `corpus.${item.recorded?.requirement ?? 'unreadable'}`,
        mark: corpusMark(item, outcome, setting),
      })),
    },
  ];
}

function corpusMark(item: CorpusItem, outcome: RunOutcome, { cwd }: JUnitSetting): Mark {
  const { status, counterexample, file, recorded } = item;
  const note = [status, corpusRemark(item)].filter((part) => part !== '').join(': ');
  return match<CorpusStatus, Mark>(status)
    .with('still-fails', 'fails-otherwise', () => ({
      kind: 'failure',
      type: status,
      message: `${recorded?.requirement ?? ''} ${note}`,
      text:
        counterexample === undefined
          ? ''
          : corpusCounterexampleText(counterexample, file, outcome, cwd, PLAIN),
    }))
    .with('fixed', 'conforms', () => ({ kind: 'passed', note }))
    .with('inconclusive', () => ({ kind: 'error', type: status, message: note, text: '' }))
    .with('not-applicable', 'unreadable', 'not-reached', () => ({ kind: 'skipped', message: note }))
    .exhaustive();
}

/** An incomplete suite is only skipped: the reason is reported elsewhere. */
const directedMark = ({ cases, of, covered, coverable }: DirectedOutcome): Mark =>
  cases < of
    ? { kind: 'skipped', message: `the run ended after ${cases} of ${of} cases` }
    : { kind: 'passed', note: `${cases} cases covered ${covered} of ${coverable} requirements` };

/** Errors of the run that belong to no requirement. */
function runSuite(profile: ProfileOutcome): JUnitSuite {
  const {
    directed,
    protocolErrors,
    inconclusive,
    inconclusiveReason,
    disagreements,
    setAside,
    setAsideReason,
  } = profile;
  const className = `${profile.profile}.run`;
  const mark = (isWrong: boolean, type: string, message: string, lines: readonly string[]): Mark =>
    isWrong
      ? { kind: 'error', type, message, text: lines.join('\n') }
      : { kind: 'passed', note: `${profile.cases} cases` };
  return {
    name: `${profile.profile}: Run`,
    elapsed: profile.elapsed,
    cases: [
      ...(directed === undefined
        ? []
        : [{ name: 'the directed suite ran completely', className, mark: directedMark(directed) }]),
      {
        name: 'every response follows the protocol',
        className,
        mark: mark(
          protocolErrors.length > 0,
          'protocol',
          protocolErrors[0]?.failure.message ?? '',
          protocolErrors.map(
            ({ failure, ...number }) =>
              `${caseInWords(number)}: ${failure.kind}: ${failure.message}\n${failure.stderr}`,
          ),
        ),
      },
      {
        name: 'every case could be judged',
        className,
        elapsed: profile.elapsed,
        mark:
          inconclusive === 0 && setAside > 0
            ? { kind: 'skipped', message: `${setAside} of them without a verdict: ${setAsideReason ?? ''}` }
            : mark(
                inconclusive > 0,
                'inconclusive',
                `${inconclusive} cases could not be judged`,
                inconclusiveReason === undefined ? [] : [inconclusiveReason],
              ),
      },
      {
        name: 'model and properties agree',
        className,
        mark: mark(
          disagreements.length > 0,
          'suite',
          'model and properties disagree: a bug of this suite',
          disagreements.map(
            ({ property, step, message, ...number }) =>
              `${caseInWords(number)}, step ${step + 1}: ${property}: ${message}`,
          ),
        ),
      },
    ],
  };
}
