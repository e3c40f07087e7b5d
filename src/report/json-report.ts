import { z } from 'zod';
import { CLAUSES } from '../../spec/judge/clause.ts';
import { WireObservation } from '../../spec/protocol/wire.ts';
import { Case } from '../../spec/vocabulary/case.ts';
import { CORPUS_STATUSES } from '../run/corpus-outcome.ts';
import { FlakyRecord } from '../run/flaky-record.ts';
import { CERTIFICATES, SearchedSlice } from '../search/certificate.ts';

/** What a report calls itself. */
export const REPORT_FORMAT = 'zdc-report';
/** Raised when a reader of an older version would misread a newer report; new fields alone do not raise it. */
export const REPORT_VERSION = 2;

const Count = z.int().min(0);

export const ReportedRequirement = z.object({
  id: z.string(),
  chapter: z.string(),
  level: z.enum(['MUST', 'SHOULD', 'MAY']),
  title: z.string(),
  status: z
    .enum(['passed', 'violated', 'not-followed', 'not-covered', 'not-observable', 'capability-missing'])
    .describe('Only "passed" has passed: what was never exercised or cannot be seen has not.'),
  covered: Count.describe(
    'How often the antecedent of the requirement was met and what it says compared with an observation.',
  ),
  notFollowed: Count.describe('For a SHOULD: how often it was not followed.'),
  missing: z.array(z.string()).describe('Capabilities that the target would have to declare.'),
  withheld: z
    .array(z.string())
    .optional()
    .describe('Parts of observations that the target declares to show and never showed.'),
});

const DirectedName = z
  .string()
  .optional()
  .describe(
    'The name of the case, where it is one of the directed suite. Its number is then that in the suite, which does ' +
      'not depend on the seed.',
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
  step: Count.describe('The index in the case of the command at which it breaks.'),
  op: z.string(),
  expected: z.array(z.string()).describe('Every way that was allowed.'),
  observed: z.string(),
  certificate: z.enum(CERTIFICATES),
  /** What was searched for something shorter, where a search was made. */
  slice: SearchedSlice.optional(),
  flaky: FlakyRecord.optional(),
  case: Case,
  earlier: z
    .array(Case)
    .optional()
    .describe('Cases that must run before it on the same start of the target; left out where it needs none.'),
  observations: z
    .array(z.union([WireObservation, z.null()]))
    .nullable()
    .describe('What was seen at each step; null in it for what was never sent, null for a crash or a hang.'),
  failure: ReportedFailure.omit({ case: true, directed: true }).nullable(),
});

export type ReportedCounterexample = z.infer<typeof ReportedCounterexample>;

export const ReportedFinding = ReportedCounterexample.extend({
  foundBy: Count.describe('The number of the case that found it.'),
  directed: DirectedName,
  afterCommands: Count,
  times: Count.describe('How many cases failed in this way.'),
  otherSymptoms: z
    .array(
      z.object({
        requirement: z.string(),
        op: z.string(),
        clause: z.enum(CLAUSES),
        times: Count,
        foundBy: Count.describe('The number of the first case that failed in this way.'),
        directed: DirectedName,
      }),
    )
    .optional()
    .describe('Other ways in which cases failed, taken for the same bug because they first diverge alike.'),
  sameAs: z
    .object({
      profile: z.string(),
      requirement: z.string(),
      op: z.string(),
      clause: z.enum(CLAUSES),
    })
    .optional()
    .describe(
      'The finding of an earlier profile whose case fails in this profile, too. It was not reduced again: certificate and ' +
        'file are those of that finding.',
    ),
  incidental: z
    .literal(true)
    .optional()
    .describe('It was met while the failure of that case was reduced, not in the case itself.'),
  file: z.string().nullable().describe('Where the counterexample was saved.'),
});

export const ReportedProfile = z.object({
  profile: z.string(),
  directed: z
    .object({
      of: Count.describe('The cases that the suite has for this target.'),
      cases: Count.describe('Those that were run: fewer where the run ended early.'),
      commands: Count,
      covered: Count.describe('Requirements that the suite alone exercised.'),
      coverable: Count.describe('Requirements that can be exercised with what the target declares.'),
    })
    .optional()
    .describe('The directed suite, with which the run began; left out under --no-directed.'),
  cases: Count.describe('All cases: those of the directed suite, and random ones.'),
  commands: Count,
  sent: Count,
  pages: z.object({ asked: Count, moved: Count }).describe('Pages that migrations were asked to move.'),
  requirements: z.array(ReportedRequirement),
  properties: z.array(z.object({ id: z.string(), title: z.string(), covered: Count })),
  findings: z.array(ReportedFinding),
  warnings: z
    .array(ReportedFinding)
    .optional()
    .describe('Cases in which a SHOULD is not followed: violations only in a strict run.'),
  inconclusive: z.object({ cases: Count, reason: z.string().nullable() }),
  setAside: z
    .object({ cases: Count, reason: z.string().nullable() })
    .optional()
    .describe('Cases left undecided because more was possible than the judge follows; they decide nothing.'),
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
    .describe('Where model and properties disagree: bugs of the suite.'),
});

export const ReportedCorpusFile = z.object({
  file: z.string(),
  status: z
    .enum(CORPUS_STATUSES)
    .describe(
      '"fixed" only where it was found on this target, and all that was declared then is declared now.',
    ),
  requirement: z.string().nullable().describe('What the file says is broken; null where it cannot be read.'),
  op: z.string().nullable(),
  profile: z.string().nullable(),
  reason: z.string().nullable().describe('Why it is unreadable, inconclusive or not applicable.'),
  now: ReportedCounterexample.nullable().describe('What is broken now; null where nothing is.'),
});

/** The report of a run for programs. */
export const JsonReport = z.object({
  format: z.literal(REPORT_FORMAT),
  version: z.literal(REPORT_VERSION),
  suite: z.object({ name: z.string(), version: z.string() }),
  target: z.object({
    spec: z.string().describe('As it was named on the command line.'),
    name: z.string(),
    version: z.string().nullable(),
    profiles: z.array(z.string()),
    capabilities: z.array(z.string()),
  }),
  seed: z.int().min(0),
  verdict: z.enum(['conforms', 'violates', 'inconclusive', 'protocol-error', 'nothing-applicable']),
  exitCode: z
    .int()
    .min(0)
    .describe(
      'What to gate on: it also knows of --strict, of requirements never exercised, of interruption.',
    ),
  strict: z.boolean(),
  interrupted: z.boolean(),
  elapsedMilliseconds: z.number().min(0),
  uncovered: z.array(z.string()).describe('Applicable, observable MUSTs that were never exercised.'),
  profiles: z.array(ReportedProfile),
  corpus: z
    .object({
      folder: z.string(),
      trouble: z.string().nullable().describe('Why the folder could not be read; null where it could.'),
      files: z.array(ReportedCorpusFile),
      ofOtherTargets: Count.describe(
        'Files that were not replayed, because they were found on other targets.',
      ),
      ofOtherProfiles: Count.describe(
        'Files that were not replayed, because their profiles were not checked.',
      ),
    })
    .optional()
    .describe('The counterexamples of earlier runs, replayed first; left out under --no-corpus.'),
});
export type JsonReport = z.infer<typeof JsonReport>;
