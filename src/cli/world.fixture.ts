import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Readable, Writable } from 'node:stream';
import type { Io } from './io.ts';
import { main } from './program.ts';

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
