import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { PROTOCOL_VERSION } from '../../../spec/protocol/wire.ts';
import { Malformed } from '../../../spec/protocol/malformed.ts';
import { type Failed, failed } from '../stdio-failure.ts';
import { type Greeting, readHello } from '../stdio-hello.ts';
import { type ReadLine, StdioProcess } from '../stdio-process.ts';
import { consoleSize, readConsole } from './console.ts';
import { guestGone } from './guest-failure.ts';
import { guestCommand, type GuestOptions } from './qemu.ts';

/** Our answers may be long, but not longer than the agent's room for them. */
const LONGEST_LINE = 32 * 1024 * 1024;

export type Booted = { readonly kind: 'up'; readonly guest: Guest; readonly greeting: Greeting } | Failed;

/** A running guest, of which one line is asked for one line. Its console is kept until it is ended. */
export class Guest {
  readonly #folder: string;
  readonly #process: StdioProcess;

  constructor(options: Omit<GuestOptions, 'console'>) {
    this.#folder = mkdtempSync(join(tmpdir(), 'zdc-guest-'));
    this.#process = new StdioProcess(guestCommand({ ...options, console: this.#consoleFile }), LONGEST_LINE);
  }

  get #consoleFile(): string {
    return join(this.#folder, 'console');
  }

  /** Starts a guest and exchanges hellos with it. */
  static async boot(
    options: Omit<GuestOptions, 'console'>,
    suite: string,
    milliseconds: number,
  ): Promise<Booted> {
    const guest = new Guest(options);
    const hello = JSON.stringify({ type: 'hello', protocol: PROTOCOL_VERSION, suite });
    const reply = await guest.ask(`${hello}\n`, milliseconds);
    if (reply.kind === 'end') {
      const gone = guestGone(reply.ending, 'hello', guest.console, guest.qemu);
      await guest.end();
      return gone;
    }
    try {
      return { kind: 'up', guest, greeting: readHello(reply.line) };
    } catch (error) {
      await guest.end();
      if (!(error instanceof Malformed)) throw error;
      return failed('start', `The guest answered hello with ${error.message}.`);
    }
  }

  ask(line: string, milliseconds: number): Promise<ReadLine> {
    return this.#process.ask(line, milliseconds);
  }

  /** Ends the question under way. What the guest has written stays until `end`. */
  stop(): void {
    void this.#process.kill();
  }

  /** What the kernel has written so far. */
  get console(): string {
    return readConsole(this.#consoleFile);
  }

  /** How much that is, in bytes. */
  get consoleSize(): number {
    return consoleSize(this.#consoleFile);
  }

  /** What QEMU itself has complained of. */
  get qemu(): string {
    return this.#process.stderr;
  }

  async end(): Promise<void> {
    await this.#process.kill();
    rmSync(this.#folder, { recursive: true, force: true });
  }
}
