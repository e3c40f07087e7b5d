import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Readable, Writable } from 'node:stream';
import { encodeRecording } from '../../spec/protocol/encode-recording.ts';
import type { Command } from '../../spec/vocabulary/command.ts';
import type { Io } from './io.ts';
import { main } from './program.ts';
import { EmbeddedTarget } from '../targets/embedded.ts';

/** A stream that collects its output. */
export class Capture extends Writable {
  text = '';
  readonly isTTY: boolean;
  readonly columns = 120;
  /** Called after each write. */
  onText: (() => void) | undefined;

  constructor(isTTY = false) {
    super();
    this.isTTY = isTTY;
  }

  override _write(chunk: Buffer, _: BufferEncoding, done: () => void): void {
    this.text += chunk.toString();
    this.onText?.();
    done();
  }
}

/** The result of a command. */
interface Ended {
  readonly code: number;
  readonly out: string;
  readonly err: string;
}

/** A temporary folder in which commands are called as from a shell. */
export class Shell {
  readonly folder = mkdtempSync(join(tmpdir(), 'zdc-cli-'));

  async call(argv: readonly string[], changes: Partial<Io> = {}): Promise<Ended> {
    const stdout = new Capture();
    const stderr = new Capture();
    const { signal } = new AbortController();
    const world: Io = { stdout, stderr, stdin: () => Readable.from([]), env: {}, cwd: this.folder, signal };
    const code = await main(argv, { ...world, ...changes });
    return { code, out: stdout.text, err: stderr.text };
  }

  path(name: string): string {
    return join(this.folder, name);
  }

  remove(): void {
    rmSync(this.folder, { recursive: true, force: true });
  }
}

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
