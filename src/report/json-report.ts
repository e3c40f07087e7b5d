import { z } from 'zod';
import { CLAUSES } from '../../spec/judge/verdict.ts';
import { WireObservation } from '../../spec/protocol/wire.ts';
import { Case } from '../../spec/vocabulary/case.ts';
import { Scope } from '../../spec/vocabulary/scope.ts';
import { KernelRecord } from '../corpus/case-file.ts';
import { wireObservations } from '../explain/recorded-trace.ts';
import { SUITE } from '../corpus/suite.ts';
import { FlakyRecord, flakyRecord } from '../run/flaky.ts';
import { CORPUS_STATUSES, type CorpusOutcome, type ProfileOutcome, type RunOutcome } from '../run/outcome.ts';
import { CERTIFICATES, SearchedSlice } from '../search/certificate.ts';
import type { Counterexample, Finding } from '../shrink/finding.ts';
import type { TargetFailure } from '../targets/target.ts';
import type { ExitCode } from './exit-code.ts';

/** The format name in a report. */
const REPORT_FORMAT = 'zdc-report';
/** Incremented if a reader of an older version would misread a newer report. Additional fields do not increment it. */
export const REPORT_VERSION = 2;

const Count = z.int().min(0);

export const ReportedRequirement = z.object({
  id: z.string(),
  chapter: z.string(),
  level: z.enum(['MUST', 'SHOULD', 'MAY']),
  title: z.string(),
  status: z
    .enum(['passed', 'violated', 'not-followed', 'not-covered', 'not-observable', 'capability-missing'])
    .describe(
      'Only "passed" means passed. Requirements that are not covered or not observable have not passed.',
    ),
  covered: Count.describe(
    'The number of times the precondition of the requirement was met and an observation was compared with it.',
  ),
  notFollowed: Count.describe('For a SHOULD: the number of times it was not followed.'),
  missing: z.array(z.string()).describe('Capabilities that the target would have to declare.'),
  withheld: z
    .array(z.string())
    .optional()
    .describe('Parts of observations that the target declares and never showed.'),
});

const DirectedName = z
  .string()
  .optional()
  .describe(
    'The name of the case if it belongs to the directed suite. Its number is then its position in the suite, which ' +
      'does not depend on the seed.',
  );

export const ReportedFailure = z.object({
  case: Count.describe('The number of the case in its run.'),
  directed: DirectedName,
  kind: z.enum(['start', 'crash', 'hang', 'protocol', 'refused']),
  message: z.string(),
  step: Count.nullable(),
  stderr: z.string(),
});

export const ReportedCounterexample = z.object({
  requirement: z.string(),
  clause: z.enum(CLAUSES),
  step: Count.describe('The index, from 0, of the command at which the case fails.'),
  op: z.string(),
  expected: z.array(z.string()).describe('All allowed outcomes.'),
  observed: z.string(),
  certificate: z.enum(CERTIFICATES),
  /** The space that was searched exhaustively for a shorter case; absent without a search. */
  slice: SearchedSlice.optional(),
  flaky: FlakyRecord.optional(),
  case: Case,
  earlier: z
    .array(Case)
    .optional()
    .describe('Cases that must run before it on the same start of the target; absent if it needs none.'),
  observations: z
    .array(z.union([WireObservation, z.null()]))
    .nullable()
    .describe(
      'The observation of each step, null for a command that was not sent; null as a whole after a crash or a hang.',
    ),
  failure: ReportedFailure.omit({ case: true, directed: true }).nullable(),
});

export type ReportedCounterexample = z.infer<typeof ReportedCounterexample>;

export const ReportedFinding = ReportedCounterexample.extend({
  foundBy: Count.describe('The number of the case that found it.'),
  directed: DirectedName,
  afterCommands: Count,
  times: Count.describe('The number of cases that failed with this symptom.'),
  otherSymptoms: z
    .array(
      z.object({
        requirement: z.string(),
        op: z.string(),
        clause: z.enum(CLAUSES),
        times: Count,
        foundBy: Count.describe('The number of the first case that failed with this symptom.'),
        directed: DirectedName,
      }),
    )
    .optional()
    .describe(
      'Other symptoms, attributed to the same bug because their cases first diverge in the same way.',
    ),
  sameAs: z
    .object({
      profile: z.string(),
      requirement: z.string(),
      op: z.string(),
      clause: z.enum(CLAUSES),
    })
    .optional()
    .describe(
      'The finding of an earlier profile whose case fails in this profile as well. It was not shrunk again: certificate ' +
        'and file are those of that finding.',
    ),
  incidental: z
    .literal(true)
    .optional()
    .describe('It was found while the failure of that case was shrunk, not in the case itself.'),
  file: z.string().nullable().describe('The file in which the counterexample was saved.'),
});

const ReportedSpecification = z
  .object({
    scope: Scope,
    families: z.array(z.string()),
    states: z.object({ of: Count, reached: Count }),
    moves: z
      .object({
        of: Count,
        made: Count,
        onCopies: Count.describe('Executed on copies of the world of the embedded kernel, not in cases.'),
      })
      .describe('Commands in the states that admit them.'),
    transitions: z.object({
      of: Count,
      exercised: Count,
      unclear: Count.describe('Perhaps exercised: the observations fit several transitions.'),
      declined: Count.describe('Not taken: the target chose another transition each time.'),
      beyond: Count.describe('From states to which only transitions lead that the target did not choose.'),
    }),
  })
  .describe('The coverage of the specification in a slice; absent without --scope.');

const ReportedCompleteness = z
  .object({
    extraStates: Count.describe('The requested number of extra states.'),
    states: z
      .object({ of: Count, distinguishable: Count })
      .optional()
      .describe('The states of the target that were found, and those that the cases tell apart.'),
    cases: z.object({ of: Count, run: Count }).optional(),
    completeFor: Count.optional().describe(
      'The largest number of extra states for which every case was run; absent if there is none.',
    ),
    unresolved: z
      .enum(['not-run', 'unclear', 'random', 'too-many'])
      .optional()
      .describe('The reason why the choices of the target are not known.'),
  })
  .describe('The complete test suite of a slice; absent without --strategy complete.');

export const ReportedProfile = z.object({
  profile: z.string(),
  directed: z
    .object({
      of: Count.describe('The number of cases of the suite for this target.'),
      cases: Count.describe('The number of cases that were run; smaller if the run ended early.'),
      commands: Count,
      covered: Count.describe('Requirements covered by the suite alone.'),
      coverable: Count.describe('Requirements that can be covered with the declared capabilities.'),
    })
    .optional()
    .describe('The directed suite, with which the run began; absent with --no-directed.'),
  cases: Count.describe('All cases, directed and random.'),
  commands: Count,
  sent: Count,
  pages: z
    .object({ asked: Count, moved: Count })
    .describe('Pages that migrations were requested to move, and pages that moved.'),
  requirements: z.array(ReportedRequirement),
  properties: z.array(z.object({ id: z.string(), title: z.string(), covered: Count })),
  specification: ReportedSpecification.optional(),
  completeness: ReportedCompleteness.optional(),
  targetCoverage: z
    .object({
      points: z.array(Count).describe('The numbers that the target reported, in ascending order.'),
      directed: Count.nullable().describe(
        'The number of points reached by the directed suite; null without one.',
      ),
    })
    .optional()
    .describe('The coverage of its own code that a target with the capability "coverage" reported.'),
  findings: z.array(ReportedFinding),
  warnings: z
    .array(ReportedFinding)
    .optional()
    .describe('Cases in which a SHOULD is not followed; violations only with --strict.'),
  inconclusive: z.object({ cases: Count, reason: z.string().nullable() }),
  setAside: z
    .object({ cases: Count, reason: z.string().nullable() })
    .optional()
    .describe(
      'Cases without a verdict because the judge reached its limit of possible states; they do not affect the verdict.',
    ),
  protocolErrors: z.array(ReportedFailure),
  disagreements: z
    .array(
      z.object({
        case: Count,
        directed: DirectedName,
        property: z.string(),
        step: Count,
        message: z.string(),
      }),
    )
    .describe('Cases on which model and properties disagree: bugs of the suite.'),
});

export const ReportedCorpusFile = z.object({
  file: z.string(),
  status: z
    .enum(CORPUS_STATUSES)
    .describe(
      '"fixed" only if it was found on this target and all capabilities declared then are still declared.',
    ),
  requirement: z
    .string()
    .nullable()
    .describe('The violated requirement named in the file; null if the file cannot be read.'),
  op: z.string().nullable(),
  profile: z.string().nullable(),
  reason: z.string().nullable().describe('The reason why it is unreadable, inconclusive or not applicable.'),
  now: ReportedCounterexample.nullable().describe('The violation found now; null if there is none.'),
});

/** A requirement in one profile. */
const ReportedPlace = z.object({ profile: z.string(), requirement: z.string() });
type ReportedPlace = z.infer<typeof ReportedPlace>;

/** The machine-readable report of a run. */
export const JsonReport = z.object({
  format: z.literal(REPORT_FORMAT),
  version: z.literal(REPORT_VERSION),
  suite: z.object({ name: z.string(), version: z.string() }),
  target: z.object({
    spec: z.string().describe('The target as named on the command line.'),
    name: z.string(),
    version: z.string().nullable(),
    profiles: z.array(z.string()),
    capabilities: z.array(z.string()),
    kernel: KernelRecord.optional().describe('The kernel of a Linux target.'),
  }),
  seed: z.int().min(0),
  verdict: z.enum(['conforms', 'violates', 'inconclusive', 'protocol-error', 'nothing-applicable']),
  exitCode: z
    .int()
    .min(0)
    .describe(
      'The value for a CI to check: it includes --strict, requirements that were not covered, and interruption.',
    ),
  strict: z.boolean(),
  date: z.string().optional().describe('The end of the run, in ISO 8601.'),
  baseline: z
    .object({
      file: z.string(),
      expected: Count.describe('The number of entries of the baseline that failed.'),
      failures: z.array(ReportedPlace).describe('Failures that the baseline does not contain.'),
      passes: z.array(ReportedPlace).describe('Known failures that were judged and did not fail.'),
    })
    .optional()
    .describe('The comparison with a list of known failures; absent without --baseline.'),
  interrupted: z.boolean(),
  elapsedMilliseconds: z.number().min(0),
  uncovered: z.array(z.string()).describe('Applicable, observable MUST requirements that were not covered.'),
  profiles: z.array(ReportedProfile),
  corpus: z
    .object({
      folder: z.string(),
      trouble: z
        .string()
        .nullable()
        .describe('The reason why the folder could not be read; null if it could.'),
      files: z.array(ReportedCorpusFile),
      ofOtherTargets: Count.describe(
        'Files that were not replayed because they were found on other targets.',
      ),
      ofOtherProfiles: Count.describe(
        'Files that were not replayed because their profiles were not checked.',
      ),
    })
    .optional()
    .describe('The counterexamples of earlier runs, replayed first; absent with --no-corpus.'),
});
export type JsonReport = z.infer<typeof JsonReport>;

type Profile = JsonReport['profiles'][number];

interface BaselineCounts {
  readonly file: string;
  readonly expected: number;
  readonly failures: readonly ReportedPlace[];
  readonly passes: readonly ReportedPlace[];
}

/** The settings of the run that are in the report. */
interface Judgement {
  readonly exitCode: ExitCode;
  readonly strict: boolean;
  readonly date?: Date | undefined;
  readonly baseline?: BaselineCounts | undefined;
}

/** The machine-readable report of a run. */
export function jsonReport(outcome: RunOutcome, { exitCode, strict, date, baseline }: Judgement): JsonReport {
  const { target, targetSpec, seed, verdict, interrupted, elapsed, uncovered, profiles, corpus } = outcome;
  return {
    format: REPORT_FORMAT,
    version: REPORT_VERSION,
    suite: SUITE,
    target: {
      spec: targetSpec,
      name: target.name,
      version: target.version ?? null,
      profiles: [...target.profiles],
      capabilities: [...target.capabilities],
      ...(target.kernel === undefined ? {} : { kernel: target.kernel }),
    },
    seed,
    verdict,
    exitCode,
    strict,
    ...(date === undefined ? {} : { date: date.toISOString() }),
    ...(baseline === undefined ? {} : { baseline: baselineReport(baseline) }),
    interrupted,
    elapsedMilliseconds: Math.round(elapsed),
    uncovered: [...uncovered],
    profiles: profiles.map(profileReport),
    ...(corpus === undefined ? {} : { corpus: corpusReport(corpus) }),
  };
}

const placeOf = ({ profile, requirement }: ReportedPlace): ReportedPlace => ({ profile, requirement });

const baselineReport = ({
  file,
  expected,
  failures,
  passes,
}: BaselineCounts): NonNullable<JsonReport['baseline']> => ({
  file,
  expected,
  failures: failures.map(placeOf),
  passes: passes.map(placeOf),
});

const corpusReport = ({ items, ...corpus }: CorpusOutcome): NonNullable<JsonReport['corpus']> => ({
  folder: corpus.folder,
  trouble: corpus.trouble ?? null,
  files: items.map(({ file, status, recorded, counterexample, reason }) => ({
    file,
    status,
    requirement: recorded?.requirement ?? null,
    op: recorded?.op ?? null,
    profile: recorded?.profile ?? null,
    reason: reason ?? null,
    now: counterexample === undefined ? null : counterexampleReport(counterexample),
  })),
  ofOtherTargets: corpus.ofOtherTargets,
  ofOtherProfiles: corpus.ofOtherProfiles,
});

function profileReport(one: ProfileOutcome): Profile {
  return {
    profile: one.profile,
    ...(one.directed === undefined ? {} : { directed: one.directed }),
    cases: one.cases,
    commands: one.commands,
    sent: one.sent,
    pages: { asked: one.asked, moved: one.moved },
    requirements: one.requirements.map(
      ({ requirement, status, covered, notFollowed, missing, withheld }) => ({
        id: requirement.id,
        chapter: chapterOf(requirement.id),
        level: requirement.level,
        title: requirement.title,
        status,
        covered,
        notFollowed,
        missing: [...missing],
        ...(withheld.length === 0 ? {} : { withheld: [...withheld] }),
      }),
    ),
    properties: one.properties.map(({ id, title, covered }) => ({ id, title, covered })),
    ...(one.specification === undefined
      ? {}
      : { specification: { ...one.specification, families: [...one.specification.families] } }),
    ...(one.completeness === undefined ? {} : { completeness: one.completeness }),
    ...(one.targetCoverage === undefined
      ? {}
      : {
          targetCoverage: {
            points: [...one.targetCoverage.points],
            directed: one.targetCoverage.directed ?? null,
          },
        }),
    findings: one.findings.map(findingReport),
    ...(one.warnings.length === 0 ? {} : { warnings: one.warnings.map(findingReport) }),
    inconclusive: { cases: one.inconclusive, reason: one.inconclusiveReason ?? null },
    setAside: { cases: one.setAside, reason: one.setAsideReason ?? null },
    protocolErrors: one.protocolErrors.map(({ index, directed, failure }) => ({
      case: index,
      ...named(directed),
      ...failureReport(failure),
    })),
    disagreements: one.disagreements.map(({ index, directed, property, step, message }) => ({
      case: index,
      ...named(directed),
      property,
      step,
      message,
    })),
  };
}

const named = (directed: string | undefined): { directed?: string } =>
  directed === undefined ? {} : { directed };

const findingReport = ({
  index,
  directed,
  after,
  times,
  file,
  counterexample,
  isIncidental,
  otherSymptoms,
  sameAs,
}: Finding): Profile['findings'][number] => ({
  ...counterexampleReport(counterexample),
  foundBy: index,
  ...named(directed),
  afterCommands: after,
  times,
  ...(otherSymptoms.length === 0
    ? {}
    : {
        otherSymptoms: otherSymptoms.map(({ requirement, op, clause, times: cases, ...number }) => ({
          requirement,
          op,
          clause,
          times: cases,
          foundBy: number.index,
          ...named(number.directed),
        })),
      }),
  ...(sameAs === undefined
    ? {}
    : {
        sameAs: {
          profile: sameAs.profile,
          requirement: sameAs.requirement,
          op: sameAs.op,
          clause: sameAs.clause,
        },
      }),
  ...(isIncidental ? { incidental: true } : {}),
  file: file ?? null,
});

function counterexampleReport({
  violation,
  certificate,
  slice,
  flaky,
  case: testCase,
  earlier = [],
  trace,
  failure,
}: Counterexample): ReportedCounterexample {
  return {
    requirement: violation.requirement,
    clause: violation.clause,
    step: violation.step,
    op: violation.op,
    expected: [...violation.expected],
    observed: violation.observed,
    certificate,
    ...(slice === undefined ? {} : { slice }),
    ...(flaky === undefined ? {} : { flaky: flakyRecord(flaky) }),
    case: { ...testCase, commands: [...testCase.commands] },
    ...(earlier.length === 0
      ? {}
      : { earlier: earlier.map((one) => ({ ...one, commands: [...one.commands] })) }),
    observations: trace === undefined ? null : wireObservations(trace),
    failure: failure === undefined ? null : failureReport(failure),
  };
}

const failureReport = ({
  kind,
  message,
  step,
  stderr,
}: TargetFailure): Omit<Profile['protocolErrors'][number], 'case' | 'directed'> => ({
  kind,
  message,
  step: step ?? null,
  stderr,
});

/** The chapter of a requirement: its id up to the first dot. */
export const chapterOf = (id: string): string => id.slice(0, id.indexOf('.'));
