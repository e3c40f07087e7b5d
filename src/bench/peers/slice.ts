import { PROFILES } from '../../../spec/profiles/profile.ts';
import { Admission } from '../../../spec/vocabulary/admission.ts';
import type { Command } from '../../../spec/vocabulary/command.ts';
import type { Scope } from '../../../spec/vocabulary/scope.ts';
import {
  exit,
  fork,
  load,
  map,
  spawn,
  store,
  toDevice,
  toSystem,
  unmap,
} from '../../../spec/vocabulary/shorthand.ts';
import {
  frameOf,
  isDeviceEntry,
  isWriteEntry,
  PRESENT,
  UNMAPPED,
  UNPOPULATED,
} from '../../../spec/vocabulary/snapshot.ts';
import { buildWith, type KernelMutation, EmbeddedWorld } from '../../kernel/world.ts';
import { mutantById } from '../../planted-bugs/planted-bugs.ts';

// The system under test of the comparison with other tools: the embedded kernel, in a slice that a user of another tool
// can model in a day. Each reply shows the result of a command and the page tables after it.

export const SLICE_PROFILE = 'linux-6.12';
const PROFILE = PROFILES[SLICE_PROFILE];
const SCOPE: Scope = { processes: 2, pages: 2, frames: 2, slots: 0 };

/** A fault migrates back its own page alone, so that every command has exactly one correct reply. */
const OPTIONS = {
  oneOwner: false,
  watchesUnpopulated: false,
  chunk: 1,
  copiesOnWrite: false,
  answersOom: false,
};

const PROCESSES = [0, 1];
const PAGES = [0, 1];
const VALUES = [1, 2];

const everyPage = <T>(make: (process: number, page: number) => readonly T[]): readonly T[] =>
  PROCESSES.flatMap((process) => PAGES.flatMap((page) => make(process, page)));

/** The commands of the slice. */
export const SLICE_COMMANDS: readonly Command[] = [
  ...PROCESSES.map((process) => spawn(process)),
  ...PROCESSES.map((process) => fork(process, 1 - process)),
  ...PROCESSES.map((process) => exit(process)),
  ...everyPage((process, page) => [
    map(process, page, 'write'),
    map(process, page, 'read'),
    unmap(process, page),
    load(process, page),
    ...VALUES.map((value) => store(process, page, value)),
    toDevice(process, page),
    toSystem(process, page),
  ]),
];

/** A command as a line: its name and its arguments. The kind of a mapping and the length of a range are constant. */
const lineOf = (command: Command): string =>
  Object.entries(command)
    .flatMap(([name, value]) => (name === 'kind' || name === 'count' ? [] : [String(value)]))
    .join(' ');

const BY_LINE: ReadonlyMap<string, Command> = new Map(
  SLICE_COMMANDS.map((command) => [lineOf(command), command]),
);

/** The processor time of this process. Times are compared by it because the machine may be busy. */
export function processorSeconds(): number {
  const { user, system } = process.cpuUsage();
  return (user + system) / 1e6;
}

/** A world of the slice, as all tools see it. */
export class SliceWorld {
  readonly #world: EmbeddedWorld;
  readonly #admission: Admission;

  constructor(
    mutation: KernelMutation | undefined,
    from?: { readonly world: EmbeddedWorld; readonly admission: Admission },
  ) {
    this.#world = from?.world ?? new EmbeddedWorld(buildWith(OPTIONS, mutation), PROFILE, SCOPE);
    this.#admission = from?.admission ?? new Admission(SCOPE, PROFILE.name);
  }

  /** An independent world in the same state. */
  clone(mutation: KernelMutation | undefined): SliceWorld {
    return new SliceWorld(mutation, { world: this.#world.clone(), admission: this.#admission.clone() });
  }

  /** The state that can affect later replies. */
  get key(): string {
    return `${this.#admission.key} ${this.#world.digest()}`;
  }

  wouldAdmit(command: Command): boolean {
    return this.#admission.wouldAdmit(command);
  }

  /** The reply to one command: its result and all entries, or `crash` with the message of the kernel. */
  execute(command: Command): string {
    const refusal = this.#admission.admit(command);
    if (refusal !== undefined) return `refused ${lineOf(command)}`;
    try {
      const { result, state } = this.#world.execute(command, true);
      return `${String(result)} ${entriesInWords(state?.entries ?? [])}`;
    } catch (error) {
      return `crash ${error instanceof Error ? error.message : String(error)}`;
    }
  }
}

/** The entries of process 0, then those of process 1. Frames are named by letters in the order in which they appear. */
function entriesInWords(entries: readonly number[]): string {
  const frames: number[] = [];
  return entries.map((code) => entryInWords(code, frames)).join(' ');
}

function entryInWords(code: number, frames: number[]): string {
  if (code === UNMAPPED) return 'unmapped';
  if (code === UNPOPULATED) return 'hole';
  if (code === PRESENT) return 'present';
  if (!isDeviceEntry(code)) return `entry ${code}`;
  const frame = frameOf(code);
  if (!frames.includes(frame)) frames.push(frame);
  return `${isWriteEntry(code) ? 'WRITE' : 'READ'}-${'ABCD'[frames.indexOf(frame)] ?? '?'}`;
}

/**
 * Answers lines with lines: `reset BUG` (or `reset none`) with `ready`, `cpu` with the microseconds of processor time, a
 * command with its reply.
 */
export class SliceServer {
  #mutation: KernelMutation | undefined;
  #world = new SliceWorld(undefined);

  answer(line: string): string {
    const command = BY_LINE.get(line);
    if (command !== undefined) return this.#world.execute(command);
    if (line === 'cpu') return String(Math.round(processorSeconds() * 1e6));
    const [word, bug = ''] = line.split(' ');
    if (word !== 'reset') return `refused ${line}`;
    const mutant = mutantById(bug);
    if (mutant === undefined && bug !== 'none') return `refused: there is no planted bug ${bug}`;
    this.#mutation = mutant?.mutation;
    this.#world = new SliceWorld(this.#mutation);
    return 'ready';
  }
}
