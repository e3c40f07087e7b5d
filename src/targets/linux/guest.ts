import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { PROTOCOL_VERSION } from '../../../spec/protocol/wire.ts';
import { Malformed } from '../../../spec/protocol/malformed.ts';
import { type Failed, failed } from '../stdio-failure.ts';
import { type Greeting, type ProgramAndArguments, readHello } from '../stdio-launch.ts';
import { type ReadLine, StdioProcess } from '../stdio-process.ts';
import { consoleSize, guestGone, readConsole } from './guest-failure.ts';
import { emulatorAdvice, guestCommand, type GuestOptions } from './qemu.ts';

/** The size of the agent's response buffer, in bytes. */
const LONGEST_LINE = 32 * 1024 * 1024;

export type Booted = { readonly kind: 'up'; readonly guest: Guest; readonly greeting: Greeting } | Failed;

/** A machine with the kernel and the agent: a virtual one, or this one. */
export interface AgentMachine {
  /** In messages: the process that responds. */
  readonly name: 'guest' | 'agent';
  readonly command: ProgramAndArguments;
  /** What to do if the command cannot be started. */
  readonly remedy: string;
  /** The output of the kernel since the start of the machine. */
  readonly console: { readonly text: string; readonly size: number };
  /** True if the kernel has reported an error that the agent does not report. */
  complains(): boolean;
  /** Cleans up after the process has ended. */
  end(): Promise<void>;
}

/** A virtual machine, whose console is a file. */
export function virtualMachine(options: Omit<GuestOptions, 'console'>): AgentMachine {
  const folder = mkdtempSync(join(tmpdir(), 'zdc-guest-'));
  const file = join(folder, 'console');
  return {
    name: 'guest',
    command: guestCommand({ ...options, console: file }),
    remedy: emulatorAdvice(options.architecture),
    console: {
      get text() {
        return readConsole(file);
      },
      get size() {
        return consoleSize(file);
      },
    },
    complains: () => false,
    end: async () => {
      rmSync(folder, { recursive: true, force: true });
    },
  };
}

/** A running guest, which responds to each line with one line. Its console is kept until `end`. */
export class Guest {
  readonly #machine: AgentMachine;
  readonly #process: StdioProcess;

  constructor(machine: AgentMachine) {
    this.#machine = machine;
    this.#process = new StdioProcess(machine.command, LONGEST_LINE);
  }

  /** Starts a guest and exchanges hellos with it. */
  static async boot(machine: AgentMachine, suite: string, milliseconds: number): Promise<Booted> {
    const guest = new Guest(machine);
    const hello = JSON.stringify({ type: 'hello', protocol: PROTOCOL_VERSION, suite });
    const reply = await guest.ask(`${hello}\n`, milliseconds);
    if (reply.kind === 'end') {
      const gone = guestGone(reply.ending, 'hello', guest);
      await guest.end();
      return gone;
    }
    try {
      return { kind: 'up', guest, greeting: readHello(reply.line) };
    } catch (error) {
      await guest.end();
      if (!(error instanceof Malformed)) throw error;
      return failed('start', `The ${guest.name} answered hello with ${error.message}.`);
    }
  }

  ask(line: string, milliseconds: number): Promise<ReadLine> {
    return this.#process.ask(line, milliseconds);
  }

  /** Ends the current request. The console is kept until `end`. */
  stop(): void {
    void this.#process.kill();
  }

  get name(): AgentMachine['name'] {
    return this.#machine.name;
  }

  get remedy(): string {
    return this.#machine.remedy;
  }

  /** The console of the kernel. */
  get console(): string {
    return this.#machine.console.text;
  }

  /** The size of the console, in bytes. */
  get consoleSize(): number {
    return this.#machine.console.size;
  }

  /** True if the kernel has reported an error that the agent does not report. */
  complains(): boolean {
    return this.#machine.complains();
  }

  /** The standard error of the process: of QEMU, or of the agent on this machine. */
  get stderr(): string {
    return this.#process.stderr;
  }

  async end(): Promise<void> {
    await this.#process.close();
    await this.#machine.end();
  }
}
