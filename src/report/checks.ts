import { match } from 'ts-pattern';
import { CHAPTERS, findRequirement } from '../../spec/requirements/catalogue.ts';
import { oneLine, printable } from '../corpus/printable.ts';
import type {
  CorpusItem,
  CorpusStatus,
  DirectedOutcome,
  ProfileOutcome,
  RequirementOutcome,
  RequirementStatus,
  RunOutcome,
} from '../run/outcome.ts';
import { caseInWords, type Finding, requirementsOf } from '../shrink/finding.ts';
import { bySimplicity } from '../shrink/passes/delete.ts';
import type { BaselineResult, KnownFailure } from './baseline.ts';
import { corpusCounterexampleText, corpusRemark } from './corpus-text.ts';
import { counterexampleText, shrinkingInWords } from './counterexample-text.ts';
import type { ExitCode } from './exit-code.ts';
import { otherSymptomLines } from './findings-text.ts';
import { PLAIN } from './paint.ts';
import { replayCommand } from './replay-command.ts';
import { statusInWords } from './status-text.ts';

/** The settings that reports take from the command line. */
export interface ReportSetting {
  readonly exitCode: ExitCode;
  readonly strict: boolean;
  /** The folder in which the command was called. */
  readonly cwd: string;
  /** The end of the run. */
  readonly date: Date;
  /** The comparison with a baseline; undefined without one. */
  readonly baseline?: BaselineResult | undefined;
}

/** The result of a check. */
export type Mark =
  | { readonly kind: 'passed'; readonly note: string }
  | { readonly kind: 'skipped'; readonly message: string }
  | Problem
  | (Omit<Problem, 'kind'> & { readonly kind: 'known'; readonly known: KnownFailure });

interface Problem {
  readonly kind: 'failure' | 'error';
  readonly type: string;
  readonly message: string;
  readonly text: string;
}

/** One line of a test report: a requirement in one profile, a saved counterexample, or a condition of the run. */
export interface Check {
  /** Unique in its suite, and stable from one run to the next: the id of the requirement. */
  readonly id: string;
  readonly title: string;
  /** The profile, or `corpus`. */
  readonly place: string;
  /** Its subject there: a requirement, `finding`, or `run`. */
  readonly about: string;
  readonly mark: Mark;
  /** The findings that a check of a requirement repeats; absent where the failure is reported by this check alone. */
  readonly findings?: readonly string[];
  /** Milliseconds. A random case covers many requirements at once, so a requirement has no time of its own. */
  readonly elapsed?: number;
}

export interface CheckSuite {
  readonly name: string;
  readonly checks: readonly Check[];
  readonly elapsed?: number;
}

/**
 * A run as test reports show it: for each profile a suite with a check for each finding, then a suite for each chapter with
 * a check for each requirement. The check of a requirement that is violated names the findings and repeats none.
 */
export const checksOf = (outcome: RunOutcome, setting: ReportSetting): readonly CheckSuite[] => [
  ...corpusSuites(outcome, setting),
  ...outcome.profiles.flatMap((profile) => findingSuite(profile, outcome, setting)),
  ...outcome.profiles.flatMap((profile) => [
    ...CHAPTERS.map((chapter) => ({
      name: `${profile.profile}: ${chapter.title}`,
      checks: profile.requirements
        .filter(({ requirement }) => chapter.requirements.some(({ id }) => id === requirement.id))
        .map((one) => requirementCheck(one, profile, outcome, setting)),
    })).filter(({ checks }) => checks.length > 0),
    runSuite(profile),
  ]),
];

/** The number of checks with one kind of mark. */
export const withMark = (kind: Mark['kind'], checks: readonly Check[]): number =>
  checks.filter(({ mark }) => mark.kind === kind).length;

/** The requirement, command and clause of a finding, in words. */
const nameOf = ({ counterexample: { violation } }: Finding): string =>
  `${violation.requirement} at ${violation.op} (${violation.clause})`;

/** The findings of one profile, the simplest first; no suite if there are none. */
function findingSuite(profile: ProfileOutcome, outcome: RunOutcome, setting: ReportSetting): CheckSuite[] {
  const { findings, warnings, profile: name } = profile;
  const checks = [...findings, ...(setting.strict ? warnings : [])]
    .toSorted((one, other) => bySimplicity(one.counterexample.case, other.counterexample.case))
    .map((finding): Check => {
      const requirement = findRequirement(finding.counterexample.violation.requirement);
      const mark: Mark = {
        kind: 'failure',
        type: requirement?.level ?? 'MUST',
        message: differenceOf(finding),
        text: findingText(finding, outcome, setting),
      };
      const known = [...requirementsOf(finding)]
        .map((id) => setting.baseline?.knownFailure(name, id))
        .find((one) => one !== undefined);
      return {
        id: nameOf(finding),
        title: `(${mark.type}): ${requirement?.title ?? ''}`,
        place: name,
        about: 'finding',
        mark: known === undefined ? mark : { ...mark, kind: 'known', known },
      };
    });
  return checks.length === 0 ? [] : [{ name: `${name}: Findings`, checks }];
}

function requirementCheck(
  one: RequirementOutcome,
  profile: ProfileOutcome,
  outcome: RunOutcome,
  setting: ReportSetting,
): Check {
  const { id, title, level } = one.requirement;
  const ofThis = (finding: Finding): boolean => requirementsOf(finding).has(id);
  const findings = profile.findings.filter(ofThis);
  const warnings = setting.strict ? profile.warnings.filter(ofThis) : [];
  const status = findings.length > 0 ? 'violated' : one.status;
  const names = (status === 'violated' ? findings : status === 'not-followed' ? warnings : []).map(nameOf);
  const mark = markOf(status, one, names, outcome, setting);
  const known = setting.baseline?.knownFailure(profile.profile, id);
  return {
    id,
    title: `(${level}): ${title}`,
    place: profile.profile,
    about: id,
    mark: known !== undefined && mark.kind === 'failure' ? { ...mark, kind: 'known', known } : mark,
    ...(names.length > 0 ? { findings: names } : {}),
  };
}

function markOf(
  status: RequirementStatus,
  one: RequirementOutcome,
  findings: readonly string[],
  outcome: RunOutcome,
  { strict }: ReportSetting,
): Mark {
  const note = statusInWords(one);
  const text = `${one.requirement.text}\nSource: ${one.requirement.source}`;
  const failure: Mark = {
    kind: 'failure',
    type: one.requirement.level,
    message: findings.length === 0 ? note : `see the finding ${findings.join(', and ')}`,
    text,
  };
  return match<RequirementStatus, Mark>(status)
    .with('passed', () => ({ kind: 'passed', note }))
    .with('violated', () => failure)
    .with('not-followed', () => (strict ? failure : { kind: 'passed', note }))
    .with('not-covered', () =>
      outcome.uncovered.includes(one.requirement.id)
        ? { kind: 'error', type: 'not-covered', message: note, text }
        : { kind: 'skipped', message: note },
    )
    .with('not-observable', 'capability-missing', () => ({ kind: 'skipped', message: note }))
    .exhaustive();
}

/** The difference between allowed and observed result in one line. */
function differenceOf({ counterexample }: Finding): string {
  const { expected, observed } = counterexample.violation;
  return oneLine(`expected ${expected.join(', or ')}; observed ${observed}`);
}

const findingText = (
  { counterexample, file, sameAs, otherSymptoms }: Finding,
  { target, targetSpec }: RunOutcome,
  { cwd }: ReportSetting,
): string =>
  printable(
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
    ].join('\n'),
  );

/** The counterexamples of earlier runs, a test case per file; no test suite if there are none. */
function corpusSuites(outcome: RunOutcome, setting: ReportSetting): CheckSuite[] {
  const items = outcome.corpus?.items ?? [];
  if (items.length === 0) return [];
  return [
    {
      name: 'corpus',
      checks: items.map((item) => ({
        id: oneLine(item.file),
        title: '',
        place: 'corpus',
        about: item.recorded?.requirement ?? 'unreadable',
        mark: corpusMark(item, outcome, setting),
      })),
    },
  ];
}

function corpusMark(item: CorpusItem, outcome: RunOutcome, { cwd }: ReportSetting): Mark {
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
          : printable(corpusCounterexampleText(counterexample, file, outcome, cwd, PLAIN)),
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
function runSuite(profile: ProfileOutcome): CheckSuite {
  const {
    directed,
    protocolErrors,
    inconclusive,
    inconclusiveReason,
    disagreements,
    setAside,
    setAsideReason,
  } = profile;
  const of = { place: profile.profile, about: 'run' };
  const mark = (isWrong: boolean, type: string, message: string, lines: readonly string[]): Mark =>
    isWrong
      ? { kind: 'error', type, message: oneLine(message), text: printable(lines.join('\n')) }
      : { kind: 'passed', note: `${profile.cases} cases` };
  return {
    name: `${profile.profile}: Run`,
    elapsed: profile.elapsed,
    checks: [
      ...(directed === undefined
        ? []
        : [
            {
              id: 'directed',
              title: 'the directed suite ran completely',
              ...of,
              mark: directedMark(directed),
            },
          ]),
      {
        id: 'protocol',
        title: 'every response follows the protocol',
        ...of,
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
        id: 'judged',
        title: 'every case could be judged',
        ...of,
        elapsed: profile.elapsed,
        mark:
          inconclusive === 0 && setAside > 0
            ? {
                kind: 'skipped',
                message: oneLine(`${setAside} of them without a verdict: ${setAsideReason ?? ''}`),
              }
            : mark(
                inconclusive > 0,
                'inconclusive',
                `${inconclusive} cases could not be judged`,
                inconclusiveReason === undefined ? [] : [inconclusiveReason],
              ),
      },
      {
        id: 'agreement',
        title: 'model and properties agree',
        ...of,
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
