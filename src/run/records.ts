import { createHash } from 'node:crypto';
import { z } from 'zod';
import { isOfShould } from '../../spec/judge/verdict.ts';
import { ProfileName } from '../../spec/profiles/profile.ts';
import { WireObservation } from '../../spec/protocol/wire.ts';
import { Case } from '../../spec/vocabulary/case.ts';
import { recordedTrace, wireObservations } from '../explain/recorded-trace.ts';
import { Examiner, type Examined, examinedStrictly, fingerprintOfExamined } from '../examine/examiner.ts';
import { CERTIFICATES, SearchedSlice } from '../search/certificate.ts';
import { type Counterexample, unshrunkCounterexample } from '../shrink/finding.ts';
import { notFresh } from '../targets/earlier-cases.ts';
import type { Run, Target } from '../targets/target.ts';
import { FlakyRecord, flakyRecord } from './flaky.ts';
import type { ProfileCases } from './profile-cases.ts';
import type { ShrinkJob, ShrinkResult } from './run-options.ts';
import type { Stretch } from './stretch.ts';

// The results of a part of a run as JSON, for journals and for workers on other machines. A record contains no verdict:
// cases are generated again from their numbers, and observations are judged again where a decision depends on them.

const Count = z.int().min(0);
const Counted = z.array(z.tuple([Count, Count]).readonly()).readonly();
const Text = z.string().max(100_000);

/** A case, kept with the order of its fields as it was written. */
export const SameCase = z.custom<Case>((value) => Case.safeParse(value).success, 'Invalid case');

const FailureRecord = z.strictObject({
  kind: z.enum(['start', 'crash', 'hang', 'protocol', 'refused']),
  message: Text,
  step: Count.optional(),
  stderr: Text,
});

/** The result of running a case. */
export const RunRecord = z.union([
  z.strictObject({ observations: z.array(z.union([WireObservation, z.null()])) }),
  z.strictObject({ failure: FailureRecord }),
]);
type RunRecord = z.infer<typeof RunRecord>;

/** The results of consecutive cases of a profile. */
export const StretchRecord = z.strictObject({
  profile: ProfileName,
  from: Count,
  to: Count,
  /** Milliseconds from the beginning of the profile to the end of the stretch. */
  elapsed: z.number().min(0).optional(),
  totals: z.strictObject({
    counts: z.strictObject({ cases: Count, commands: Count, sent: Count, moved: Count, asked: Count }),
    coverage: z.strictObject({
      tally: z.strictObject({
        covered: Counted,
        notFollowed: Counted,
        unjudged: Counted,
        snapshots: Counted,
        shown: Count,
        judged: Count,
        notFollowedShoulds: Count,
      }),
      properties: z.array(Count).readonly(),
    }),
    unjudged: z.strictObject({
      inconclusive: Count,
      inconclusiveReason: Text.optional(),
      setAside: Count,
      setAsideReason: Text.optional(),
    }),
    targetCoverage: z.array(Count).readonly().optional(),
    transitions: z
      .strictObject({ of: Count, taken: z.array(Count).readonly(), perhaps: z.array(Count).readonly() })
      .optional(),
  }),
  notable: z.strictObject({ place: Count, run: RunRecord }).optional(),
});
export type StretchRecord = z.infer<typeof StretchRecord>;

const FailingRecord = z.strictObject({ case: SameCase, run: RunRecord, strict: z.literal(true).optional() });

/** The result of shrinking one failing case. */
export const ShrinkRecord = z.strictObject({
  key: z.string().max(64),
  counterexample: z
    .strictObject({
      ...FailingRecord.shape,
      earlier: z.array(SameCase).min(1).optional(),
      certificate: z.enum(CERTIFICATES),
      slice: SearchedSlice.optional(),
      asked: Count,
      flaky: FlakyRecord.optional(),
    })
    .optional(),
  others: z.array(FailingRecord),
  protocolErrors: z.array(FailureRecord),
});
export type ShrinkRecord = z.infer<typeof ShrinkRecord>;

/** A failing case with its failure, for a worker that shrinks it. */
export const ShrinkJobRecord = z.strictObject({
  ...FailingRecord.shape,
  milliseconds: z.number().min(0).optional(),
  share: z.number().optional(),
  cost: z.number().min(0).optional(),
  confirmed: z.boolean().optional(),
  afresh: z.boolean().optional(),
  earlier: z.array(SameCase).max(20_000).optional(),
});

type ShrinkJobRecord = z.infer<typeof ShrinkJobRecord>;

/** A record that follows the schema and does not fit its run: it is damaged, or was not written by this suite. */
export class InvalidRecord extends Error {}

/** The identity of a failing case to be shrunk. */
export const shrinkKey = ({ case: testCase, examined }: Pick<ShrinkJob, 'case' | 'examined'>): string =>
  createHash('sha256')
    .update(JSON.stringify([testCase, fingerprintOfExamined(examined)]))
    .digest('hex')
    .slice(0, 32);

export function runRecord(run: Run): RunRecord {
  if (run.kind === 'trace') return { observations: wireObservations(run.trace) };
  const { kind, message, step, stderr } = run.failure;
  return { failure: { kind, message, ...(step === undefined ? {} : { step }), stderr } };
}

export function runOf(record: RunRecord, testCase: Case, { hello }: Pick<Target, 'hello'>): Run {
  if ('failure' in record) {
    const { kind, message, step, stderr } = record.failure;
    return { kind: 'failure', failure: { kind, message, step, stderr } };
  }
  const trace = recordedTrace(testCase, hello.capabilities, record.observations);
  if (trace === undefined) throw new InvalidRecord('Its observations do not fit the case.');
  return { kind: 'trace', trace };
}

const examinedRecord = (examined: Examined): RunRecord =>
  runRecord(
    examined.kind === 'failed'
      ? { kind: 'failure', failure: examined.failure }
      : { kind: 'trace', trace: examined.trace },
  );

export const stretchRecord = (
  profile: ProfileName,
  { from, to, totals, notable }: Stretch,
  elapsed?: number,
): StretchRecord => ({
  profile,
  from,
  to,
  ...(elapsed === undefined ? {} : { elapsed }),
  totals,
  ...(notable === undefined
    ? {}
    : { notable: { place: notable.place, run: examinedRecord(notable.examined) } }),
});

export function stretchOf(record: StretchRecord, cases: ProfileCases, target: Target): Stretch {
  const { profile, from, to, totals, notable } = record;
  if (to <= from || to > cases.blockEnd(from)) throw new InvalidRecord('It is not a part of a block.');
  if (notable === undefined) return { from, to, totals };
  const { place } = notable;
  if (place !== to - 1) throw new InvalidRecord('Only its last case may need a decision.');
  const testCase = cases.at(place);
  const run = runOf(notable.run, testCase, target);
  const examined = new Examiner(target, profile).examineRun(run);
  return { from, to, totals, notable: { place, case: testCase, examined } };
}

const isStrict = (examined: Examined): boolean => {
  const fingerprint = fingerprintOfExamined(examined);
  return fingerprint !== undefined && isOfShould(fingerprint);
};

const failingRecord = (testCase: Case, examined: Examined): z.infer<typeof FailingRecord> => ({
  case: testCase,
  run: examinedRecord(examined),
  ...(isStrict(examined) ? { strict: true } : {}),
});

function examinedOf(
  { case: testCase, run, strict }: z.infer<typeof FailingRecord>,
  target: Target,
): Examined {
  const examined = new Examiner(target, testCase.profile).examineRun(runOf(run, testCase, target));
  if (strict === undefined || examined.kind === 'failed') return examined;
  return examinedStrictly(target, examined.trace) ?? examined;
}

/** Infinite limits are left out, because JSON has no infinity. */
export function shrinkJobRecord({
  case: testCase,
  examined,
  milliseconds,
  share,
  cost,
  confirmed,
  afresh,
  earlier = [],
}: ShrinkJob): ShrinkJobRecord {
  return {
    ...failingRecord(testCase, examined),
    ...(Number.isFinite(milliseconds) ? { milliseconds } : {}),
    ...(share === undefined || !Number.isFinite(share) ? {} : { share }),
    ...(cost === undefined ? {} : { cost }),
    ...(confirmed === undefined ? {} : { confirmed }),
    ...(afresh === undefined ? {} : { afresh }),
    ...(earlier.length === 0 ? {} : { earlier: [...earlier] }),
  };
}

export function shrinkJobOf(record: ShrinkJobRecord, target: Target): ShrinkJob {
  const { milliseconds = Infinity, share = Infinity, cost, confirmed, afresh, earlier = [] } = record;
  const examined = examinedOf(record, target);
  return { target, case: record.case, examined, milliseconds, share, cost, confirmed, afresh, earlier };
}

export function shrinkRecord(
  key: string,
  { counterexample, others, protocolErrors }: ShrinkResult,
): ShrinkRecord {
  return {
    key,
    ...(counterexample === undefined ? {} : { counterexample: counterexampleRecord(counterexample) }),
    others: others.map((other) => failingRecord(other.case, other.examined)),
    protocolErrors: protocolErrors.map(({ kind, message, step, stderr }) => ({
      kind,
      message,
      ...(step === undefined ? {} : { step }),
      stderr,
    })),
  };
}

function counterexampleRecord({
  case: testCase,
  trace,
  failure,
  violation,
  earlier = [],
  certificate,
  slice,
  asked,
  flaky,
}: Counterexample): NonNullable<ShrinkRecord['counterexample']> {
  const run =
    failure === undefined
      ? trace && { kind: 'trace' as const, trace }
      : { kind: 'failure' as const, failure };
  if (run === undefined) throw new Error('A counterexample has a trace or a failure.');
  return {
    case: testCase,
    run: runRecord(run),
    ...(isOfShould(violation.requirement) ? { strict: true } : {}),
    ...(earlier.length === 0 ? {} : { earlier: [...earlier] }),
    certificate,
    ...(slice === undefined ? {} : { slice }),
    asked,
    ...(flaky === undefined ? {} : { flaky: flakyRecord(flaky) }),
  };
}

export function shrinkResultOf(record: ShrinkRecord, target: Target): ShrinkResult {
  const { counterexample, others, protocolErrors } = record;
  return {
    counterexample: counterexample && counterexampleOf(counterexample, target),
    others: others.map((other) => ({ case: other.case, examined: examinedOf(other, target) })),
    protocolErrors: protocolErrors.map(({ kind, message, step, stderr }) => ({
      kind,
      message,
      step,
      stderr,
    })),
  };
}

function counterexampleOf(
  record: NonNullable<ShrinkRecord['counterexample']>,
  target: Target,
): Counterexample {
  const { case: testCase, earlier, certificate, slice, asked, flaky } = record;
  const shown = unshrunkCounterexample(testCase, examinedOf(record, target));
  if (shown === undefined) throw new InvalidRecord('Its counterexample does not fail.');
  return {
    ...shown,
    certificate,
    ...(slice === undefined ? {} : { slice }),
    asked,
    ...(earlier === undefined ? {} : { earlier, violation: notFresh(shown.violation) }),
    ...(flaky === undefined ? {} : { flaky: { ...flaky, differed: flaky.differed } }),
  };
}
