import { encodeRecording } from '../../spec/protocol/encode-recording.ts';
import type { Command } from '../../spec/vocabulary/command.ts';
import { EmbeddedTarget } from '../targets/embedded.ts';

/** Commands that restore the initial state, so that they can be repeated any number of times. */
const ROUND: readonly Command[] = [
  { op: 'map', process: 0, page: 0, kind: 'private', protection: 'write' },
  { op: 'store', process: 0, page: 0, value: 7 },
  { op: 'migrate-to-device', process: 0, page: 0, count: 1 },
  { op: 'fork', process: 0, child: 1 },
  { op: 'fork', process: 0, child: 1 },
  { op: 'load', process: 1, page: 0 },
  { op: 'store', process: 1, page: 0, value: 8 },
  { op: 'load', process: 0, page: 0 },
  { op: 'exit', process: 1 },
  { op: 'unmap', process: 0, page: 0 },
];

/** A recording of the embedded kernel: its header, and the steps of one round, which may be repeated. */
export function recordedRound(): { readonly header: string; readonly round: readonly string[] } {
  // The first round differs from the others, because its page was never mapped before.
  const trace = new EmbeddedTarget().runNow({
    profile: 'origin',
    scope: { processes: 2, pages: 1, frames: 1, slots: 1 },
    observe: 'every-step',
    commands: [...ROUND, ...ROUND],
  });
  const [header = '', ...steps] = encodeRecording(trace, { name: 'a kernel', version: '7' });
  return { header, round: steps.slice(ROUND.length) };
}
