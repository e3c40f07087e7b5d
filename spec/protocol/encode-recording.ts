import type { Trace } from '../vocabulary/trace.ts';
import { encodeObservation } from './encode-observation.ts';
import {
  RECORDING_FORMAT,
  RECORDING_VERSION,
  type RecordingHeader,
  type RecordingStep,
  REFUSED_STEP,
} from './recording.ts';

/** The lines of a recording of one trace: its header, and a line for each step. */
export function encodeRecording(trace: Trace, target: RecordingHeader['target']): readonly string[] {
  const { profile, scope, commands } = trace.case;
  const header: RecordingHeader = {
    format: RECORDING_FORMAT,
    version: RECORDING_VERSION,
    profile,
    scope,
    capabilities: [...trace.capabilities],
    ...(target !== undefined && { target }),
  };
  const steps = commands.map((command, at): RecordingStep => {
    const observation = trace.observations[at];
    return observation === undefined
      ? { command, result: REFUSED_STEP }
      : { command, ...encodeObservation(observation, scope) };
  });
  return [header, ...steps].map((line) => JSON.stringify(line));
}
