import { createHash } from 'node:crypto';
import { z } from 'zod';
import { ProfileName } from '../../../spec/profiles/profile.ts';
import { JournalHead } from '../../corpus/journal.ts';
import { RunRecord, SameCase, ShrinkJobRecord, ShrinkRecord, StretchRecord } from '../../run/records.ts';

// The data that processes of a fleet exchange through the store. Each reader validates what it reads, and nothing that
// is read names a program or a file.

const Place = z.int().min(0);

/** A hash. */
const Id = z.string().regex(/^[0-9a-f]{16}$/);

/** A run of a fleet: what determines its cases. The target is the one that each worker names itself. */
export const FleetRun = z.strictObject({
  id: Id,
  suite: z.string(),
  seed: z.int().min(0),
  focus: JournalHead.shape.focus,
  directed: z.boolean(),
  /** Undefined for all profiles of the target. */
  profiles: z.array(ProfileName).optional(),
});
export type FleetRun = z.infer<typeof FleetRun>;

/** The id of the run that ended last. */
export const EndedRun = FleetRun.shape.id;

/** The target of a fleet, as its first worker declares it. */
export const FleetTarget = z.strictObject({
  ...JournalHead.shape.target.shape,
  spec: z.literal(''),
  /** Whether it can be restarted between two cases. */
  restarts: z.boolean(),
  /** A hash of the first cases, which two revisions of the suite may generate differently. */
  content: z.string(),
});
export type FleetTarget = z.infer<typeof FleetTarget>;

/** A job for a worker: cases of one run, on one target. */
export const FleetJob = z.strictObject({
  run: Id,
  target: Id,
  task: z.discriminatedUnion('kind', [
    z.strictObject({ kind: z.literal('block'), profile: ProfileName, from: Place, to: Place }),
    /** With earlier cases, also if there are none, the target is restarted and runs these first. */
    z.strictObject({ kind: z.literal('case'), case: SameCase, earlier: z.array(SameCase).optional() }),
    z.strictObject({ kind: z.literal('shrink'), failing: ShrinkJobRecord }),
  ]),
});
export type FleetJob = z.infer<typeof FleetJob>;

/** The results of the tasks, by kind. */
export const FleetResults = {
  block: z.array(StretchRecord),
  case: RunRecord,
  shrink: ShrinkRecord,
} as const;

/** The progress of a run, for "zdc fleet status". */
export const FleetProgress = z.strictObject({
  profile: ProfileName,
  profileNumber: z.int(),
  profiles: z.int(),
  phase: z.enum(['exploring', 'confirming', 'reducing']),
  cases: Place,
  commands: Place,
  covered: Place,
  coverable: Place,
  findings: z.array(z.string().max(200)).max(1000),
  elapsed: z.number(),
  left: z.number().optional(),
});
export type FleetProgress = z.infer<typeof FleetProgress>;

/** The identity of a run, by its settings, or of a target, by its declaration. */
export const fleetId = (contents: unknown): string =>
  createHash('sha256').update(JSON.stringify(contents)).digest('hex').slice(0, 16);
