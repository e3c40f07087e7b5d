import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { PROTOCOL_VERSION } from '../../../spec/protocol/wire.ts';
import { Malformed } from '../../../spec/protocol/malformed.ts';
import { type Failed, failed } from '../stdio-failure.ts';
import { type Greeting, readHello } from '../stdio-launch.ts';
import { type ReadLine, StdioProcess } from '../stdio-process.ts';
import { consoleSize, guestGone, readConsole } from './guest-failure.ts';
import { guestCommand, type GuestOptions } from './qemu.ts';

/** The size of the agent's response buffer, in bytes. */
const LONGEST_LINE = 32 * 1024 * 1024;

export type Booted = { readonly kind: 'up'; readonly guest: Guest; readonly greeting: Greeting } | Failed;

/** A running guest, which responds to each line with one line. Its console is kept until `end`. */
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

  /** Ends the current request. The console is kept until `end`. */
  stop(): void {
    void this.#process.kill();
  }

  /** The console of the kernel. */
  get console(): string {
    return readConsole(this.#consoleFile);
  }

  /** The size of the console, in bytes. */
  get consoleSize(): number {
    return consoleSize(this.#consoleFile);
  }

  /** The standard error of QEMU. */
  get qemu(): string {
    return this.#process.stderr;
  }

  async end(): Promise<void> {
    await this.#process.kill();
    rmSync(this.#folder, { recursive: true, force: true });
  }
}
