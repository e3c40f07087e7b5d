import { z } from 'zod';
import { ProfileName } from '../profiles/profile.ts';
import { Command } from '../vocabulary/command.ts';
import { DriverEvent } from '../vocabulary/event.ts';
import { Result } from '../vocabulary/result.ts';
import { Scope } from '../vocabulary/scope.ts';
import { WireState } from './wire.ts';

/** The name of the format, in the header of a recording. */
export const RECORDING_FORMAT = 'zdc-recording';
/** Incremented when a reader of an older version would misread a newer recording. */
export const RECORDING_VERSION = 1;

/** Replaces the result of a command that was not sent because the case forbids it or the target does not offer it. */
export const REFUSED_STEP = 'refused';

/** The line that begins a case: the profile, the world size, and the declared capabilities. */
export const RecordingHeader = z.object({
  format: z.literal(RECORDING_FORMAT),
  version: z.literal(RECORDING_VERSION),
  profile: ProfileName,
  scope: Scope,
  /** Plain strings, as in a hello: a name that the suite does not know is ignored. */
  capabilities: z.array(z.string()),
  target: z.object({ name: z.string(), version: z.string().optional() }).optional(),
});
export type RecordingHeader = z.infer<typeof RecordingHeader>;

/** One step: the command, and its observation in the form of the wire protocol. */
export const RecordingStep = z.object({
  command: Command,
  result: z.union([Result, z.literal(REFUSED_STEP)]).optional(),
  events: z.array(DriverEvent).optional(),
  state: WireState.optional(),
});
export type RecordingStep = z.infer<typeof RecordingStep>;
