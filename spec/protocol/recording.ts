import { z } from 'zod';
import { ProfileName } from '../profiles/profile.ts';
import { Command } from '../vocabulary/command.ts';
import { DriverEvent } from '../vocabulary/event.ts';
import { Result } from '../vocabulary/result.ts';
import { Scope } from '../vocabulary/scope.ts';
import { WireState } from './wire.ts';

/** What a recording calls itself. */
export const RECORDING_FORMAT = 'zdc-recording';
/** Raised when a reader of an older version would misread a newer recording. */
export const RECORDING_VERSION = 1;

/** What stands for the result of a command that the case forbids or the target does not offer: it was not sent. */
export const REFUSED_STEP = 'refused';

/** The line that begins a case: by which rules, in how large a world, and what the recorder promises to show. */
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

/** One step: the command, and what was seen of it as an observation of the wire protocol. */
export const RecordingStep = z.object({
  command: Command,
  result: z.union([Result, z.literal(REFUSED_STEP)]).optional(),
  events: z.array(DriverEvent).optional(),
  state: WireState.optional(),
});
export type RecordingStep = z.infer<typeof RecordingStep>;
