import { closeSync, constants, existsSync, openSync, readFileSync, readSync } from 'node:fs';
import { release } from 'node:os';
import { join } from 'node:path';
import { build } from './build.ts';
import { outputOf, StepFailed } from './build-step.ts';
import type { AgentMachine } from './guest.ts';
import { headlineOf } from './guest-failure.ts';
import {
  guestFile,
  isReady,
  type LinuxKernel,
  type LinuxPlaces,
  lookAtBuilt,
  moduleFolder,
} from './kernel.ts';
import { agentOptions, type AgentOptions } from './qemu.ts';

type Here = Extract<LinuxKernel, { readonly kind: 'here' }>;

/**
 * Builds the module and the agent for the kernel of this machine, unless they are up to date. Returns the reason why they
 * cannot be used; undefined if they can.
 */
export async function prepareHere(
  places: LinuxPlaces,
  kernel: Here,
  acceptsTaint: boolean,
): Promise<string | undefined> {
  const problem = machineProblem(kernel, acceptsTaint);
  if (problem !== undefined || isReady(lookAtBuilt(places, kernel))) return problem;
  try {
    await build(places, kernel, { onProgress: () => undefined, signal: new AbortController().signal });
    return undefined;
  } catch (error) {
    if (!(error instanceof StepFailed)) throw error;
    return `${error.message}\nThe log: ${error.log}`;
  }
}

function machineProblem({ modules }: Here, acceptsTaint: boolean): string | undefined {
  if (process.getuid?.() !== 0) return 'linux:here loads a module into the running kernel: run it as root.';
  const built = textOf(join(modules, 'include/config/kernel.release'));
  if (built !== undefined && built !== release()) {
    return `${modules} is of Linux ${built}, and the running kernel is ${release()}: the module would not load.`;
  }
  const taints = taintsIn(Number(textOf('/proc/sys/kernel/tainted') ?? 0));
  return taints.length === 0 || acceptsTaint
    ? undefined
    : `The running kernel has reported errors since its start (${taints.join(', ')}), of which further errors may be ` +
        'consequences. Restart the machine, or accept that: linux:here,tainted=accepted';
}

function textOf(path: string): string | undefined {
  try {
    return readFileSync(path, 'utf8').trim();
  } catch {
    return undefined;
  }
}

/** The bits of /proc/sys/kernel/tainted after which a kernel may misbehave. */
const TAINTS = [
  [4, 'a machine check'],
  [5, 'a bad page'],
  [7, 'an oops'],
  [9, 'a warning'],
  [14, 'a soft lockup'],
] as const;

/** The errors that a kernel has had. Foreign modules and other taints do no harm here. */
export const taintsIn = (tainted: number): readonly string[] =>
  TAINTS.flatMap(([bit, name]) => ((tainted >>> bit) & 1 ? [name] : []));

/** This machine with the agent as a process, which loads the module and removes it at its end. */
export function thisMachine(places: LinuxPlaces, kernel: Here, options: AgentOptions): AgentMachine {
  const log = new KernelLog();
  return {
    name: 'agent',
    command: [
      guestFile(places, kernel),
      `zdc.module=${join(moduleFolder(places, kernel), 'zdc.ko')}`,
      ...agentOptions(options),
    ],
    remedy: 'Run "zdc linux build --here" again.',
    console: {
      get text() {
        return log.read();
      },
      // It does not grow without limit.
      size: 0,
    },
    complains: () => headlineOf(log.read()) !== undefined,
    end: async () => {
      log.close();
      // The agent removes the module unless it was killed together with its guard.
      if (existsSync('/sys/module/zdc'))
        await outputOf('rmmod', ['zdc'], AbortSignal.timeout(REMOVAL_TIMEOUT));
    },
  };
}

/** In milliseconds. */
const REMOVAL_TIMEOUT = 10_000;
/** In bytes: the longest record of the kernel log. */
const RECORD_ROOM = 8192;
/** In characters. */
const LOG_ROOM = 1024 * 1024;

/** The messages of the kernel since the log was opened, as a console shows them. */
class KernelLog {
  readonly #file: number | undefined;
  readonly #buffer = Buffer.alloc(RECORD_ROOM);
  #text = '';

  constructor() {
    try {
      this.#file = openSync('/dev/kmsg', constants.O_RDONLY | constants.O_NONBLOCK);
      this.read();
      this.#text = '';
    } catch {
      // Without the log, the agent still reports that the kernel has become tainted.
    }
  }

  read(): string {
    for (let record = this.#next(); record !== undefined; record = this.#next()) {
      this.#text = (this.#text + consoleLine(record)).slice(-LOG_ROOM);
    }
    return this.#text;
  }

  /** The next record; undefined if there is none yet. */
  #next(): string | undefined {
    if (this.#file === undefined) return undefined;
    for (;;) {
      try {
        return this.#buffer.toString('utf8', 0, readSync(this.#file, this.#buffer));
      } catch (error) {
        // Records were overwritten before they were read: the next read continues after the gap.
        if (error instanceof Error && 'code' in error && error.code === 'EPIPE') continue;
        return undefined;
      }
    }
  }

  close(): void {
    if (this.#file !== undefined) closeSync(this.#file);
  }
}

/** "priority,sequence,microseconds,flags;message", then lines with properties. */
const RECORD = /^(?<priority>\d+),\d+,(?<time>\d+),[^;]*;(?<message>.*)/;
const MICROSECONDS = 1_000_000;
/** Priorities from here on are of messages that processes have written. */
const FIRST_OF_PROCESSES = 8;

/** The line of a console for a record of /dev/kmsg; empty for a message that is not of the kernel. */
export function consoleLine(record: string): string {
  const groups = RECORD.exec(record)?.groups;
  if (groups === undefined || Number(groups['priority']) >= FIRST_OF_PROCESSES) return '';
  const seconds = (Number(groups['time']) / MICROSECONDS).toFixed(6);
  return `[${seconds.padStart(12)}] ${groups['message']}\n`;
}
