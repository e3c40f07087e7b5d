import fc from 'fast-check';
import type { KernelMutation } from '../../kernel/world.ts';
import type { PeerSearch } from './peer-search.ts';
import { processorSeconds, SliceWorld } from './slice.ts';
import type { Command } from '../../../spec/vocabulary/command.ts';
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

// The slice as a user of fast-check would model it with fc.commands. It shares nothing with spec/model.

const FRAMES = 2;
/** The maximum number of commands of a sequence, chosen by measurement among 10 (the default), 20, 50, 100 and 200. */
const LONGEST = 200;
/** The number of sequences of one `fc.check`: the default. */
const RUNS = 100;

interface Content {
  value: number;
  onDevice: boolean;
}

/** An entry of a page table. A page without content is a hole. */
interface Entry {
  readonly mayWrite: boolean;
  content: Content | undefined;
  writable: boolean;
}

interface Process {
  isAlive: boolean;
  readonly entries: (Entry | undefined)[];
  /** Whether each page was ever mapped. */
  readonly known: boolean[];
}

const newProcess = (isAlive: boolean): Process => ({
  isAlive,
  entries: [undefined, undefined],
  known: [false, false],
});

class Model {
  readonly processes: readonly Process[] = [newProcess(true), newProcess(false)];

  process(number: number): Process {
    const process = this.processes[number];
    if (process === undefined) throw new Error(`there is no process ${number}`);
    return process;
  }

  entry(process: number, page: number): Entry | undefined {
    return this.process(process).entries[page];
  }

  isKnown(process: number, page: number): boolean {
    return this.process(process).known[page] === true;
  }

  clear(number: number, isAlive: boolean): void {
    const process = this.process(number);
    process.isAlive = isAlive;
    process.entries.fill(undefined);
    process.known.fill(false);
  }

  fork(from: number, to: number): void {
    const parent = this.process(from);
    const child = this.process(to);
    child.isAlive = true;
    for (const [page, entry] of parent.entries.entries()) {
      if (entry !== undefined) entry.writable = false;
      child.entries[page] = entry === undefined ? undefined : { ...entry };
      child.known[page] = parent.known[page] === true;
    }
  }

  load(process: number, page: number): string {
    const entry = this.entry(process, page);
    if (entry === undefined) return 'SIGSEGV';
    if (entry.content === undefined) return '0';
    entry.content.onDevice = false;
    return String(entry.content.value);
  }

  store(process: number, page: number, value: number): string {
    const entry = this.entry(process, page);
    if (entry === undefined || !entry.mayWrite) return 'SIGSEGV';
    if (entry.content !== undefined) entry.content.onDevice = false;
    if (entry.content === undefined || this.sharers(entry.content) > 1) {
      entry.content = { value, onDevice: false };
    } else {
      entry.content.value = value;
    }
    entry.writable = true;
    return 'ok';
  }

  toDevice(process: number, page: number): string {
    const entry = this.entry(process, page);
    if (entry === undefined || entry.content?.onDevice === true || this.usedFrames() === FRAMES)
      return 'skipped';
    if (entry.content === undefined) {
      entry.content = { value: 0, onDevice: true };
      entry.writable = entry.mayWrite;
    } else {
      entry.content.onDevice = true;
    }
    return 'moved';
  }

  toSystem(process: number, page: number): string {
    const content = this.entry(process, page)?.content;
    if (content?.onDevice !== true) return 'skipped';
    content.onDevice = false;
    return 'moved';
  }

  /** The page tables in words; contents on the device are named by letters in the order in which they appear. */
  view(): string {
    const frames: Content[] = [];
    const words = this.allEntries().map((entry) => {
      if (entry === undefined) return 'unmapped';
      if (entry.content === undefined) return 'hole';
      if (!entry.content.onDevice) return 'present';
      if (!frames.includes(entry.content)) frames.push(entry.content);
      return `${entry.writable ? 'WRITE' : 'READ'}-${'AB'[frames.indexOf(entry.content)] ?? '?'}`;
    });
    return words.join(' ');
  }

  allEntries(): readonly (Entry | undefined)[] {
    return this.processes.flatMap(({ entries }) => entries);
  }

  sharers(content: Content): number {
    return this.allEntries().filter((entry) => entry?.content === content).length;
  }

  usedFrames(): number {
    const contents = this.allEntries().flatMap((entry) =>
      entry?.content?.onDevice === true ? [entry.content] : [],
    );
    return new Set(contents).size;
  }
}

/** A command: when it is valid, its effect on the model with the expected result, and its form for the kernel. */
class SliceStep implements fc.Command<Model, SliceWorld> {
  readonly #command: Command;
  readonly #isValid: (model: Model) => boolean;
  readonly #expected: (model: Model) => string;

  constructor(command: Command, isValid: (model: Model) => boolean, expected: (model: Model) => string) {
    this.#command = command;
    this.#isValid = isValid;
    this.#expected = expected;
  }

  check(model: Readonly<Model>): boolean {
    return this.#isValid(model);
  }

  run(model: Model, world: SliceWorld): void {
    const result = this.#expected(model);
    const expected = `${result} ${model.view()}`;
    const reply = world.execute(this.#command);
    if (reply !== expected) throw new Error(`expected ${expected}, got ${reply}`);
  }

  toString(): string {
    return JSON.stringify(this.#command);
  }
}

const number = fc.integer({ min: 0, max: 1 });
const place = { process: number, page: number };
const isMapped = (model: Model, process: number, page: number): boolean =>
  model.entry(process, page) !== undefined;

const done =
  (action: (model: Model) => void) =>
  (model: Model): string => {
    action(model);
    return 'ok';
  };

const STEPS: fc.Arbitrary<fc.Command<Model, SliceWorld>>[] = [
  number.map(
    (process) =>
      new SliceStep(
        spawn(process),
        (model) => !model.process(process).isAlive,
        done((model) => {
          model.clear(process, true);
        }),
      ),
  ),
  number.map(
    (process) =>
      new SliceStep(
        fork(process, 1 - process),
        (model) => model.process(process).isAlive && !model.process(1 - process).isAlive,
        done((model) => {
          model.fork(process, 1 - process);
        }),
      ),
  ),
  number.map(
    (process) =>
      new SliceStep(
        exit(process),
        (model) => model.process(process).isAlive,
        done((model) => {
          model.clear(process, false);
        }),
      ),
  ),
  fc.record({ ...place, mayWrite: fc.boolean() }).map(
    ({ process, page, mayWrite }) =>
      new SliceStep(
        map(process, page, mayWrite ? 'write' : 'read'),
        (model) => model.process(process).isAlive && !isMapped(model, process, page),
        done((model) => {
          model.process(process).entries[page] = { mayWrite, content: undefined, writable: false };
          model.process(process).known[page] = true;
        }),
      ),
  ),
  fc.record(place).map(
    ({ process, page }) =>
      new SliceStep(
        unmap(process, page),
        (model) => isMapped(model, process, page),
        done((model) => {
          model.process(process).entries[page] = undefined;
        }),
      ),
  ),
  fc.record(place).map(
    ({ process, page }) =>
      new SliceStep(
        load(process, page),
        (model) => model.isKnown(process, page),
        (model) => model.load(process, page),
      ),
  ),
  fc.record({ ...place, value: fc.integer({ min: 1, max: 2 }) }).map(
    ({ process, page, value }) =>
      new SliceStep(
        store(process, page, value),
        (model) => model.isKnown(process, page),
        (model) => model.store(process, page, value),
      ),
  ),
  fc.record(place).map(
    ({ process, page }) =>
      new SliceStep(
        toDevice(process, page),
        (model) => isMapped(model, process, page),
        (model) => model.toDevice(process, page),
      ),
  ),
  fc.record(place).map(
    ({ process, page }) =>
      new SliceStep(
        toSystem(process, page),
        (model) => isMapped(model, process, page),
        (model) => model.toSystem(process, page),
      ),
  ),
];

/** A world that counts its commands. */
class CountedWorld extends SliceWorld {
  readonly #onExecute: () => void;

  constructor(mutation: KernelMutation | undefined, onExecute: () => void) {
    super(mutation);
    this.#onExecute = onExecute;
  }

  override execute(command: Command): string {
    this.#onExecute();
    return super.execute(command);
  }
}

/** Searches for a bug with fc.commands, and lets fast-check shrink the first failure. */
export function searchWithFcCommands(
  mutation: KernelMutation | undefined,
  seed: number,
  maxCommands: number,
  isShrunk: boolean,
): PeerSearch {
  const began = processorSeconds();
  let commands = 0;
  let found: Pick<PeerSearch, 'commands' | 'seconds'> | undefined;
  let length: number | undefined;
  const sequences = fc.commands(STEPS, { maxCommands: LONGEST, size: 'max' });
  const property = fc.property(sequences, (sequence) => {
    const before = commands;
    const setup = (): { model: Model; real: SliceWorld } => ({
      model: new Model(),
      real: new CountedWorld(mutation, () => {
        commands++;
      }),
    });
    try {
      fc.modelRun(setup, sequence);
    } catch (error) {
      found ??= { commands, seconds: processorSeconds() - began };
      length = commands - before;
      throw error;
    }
  });
  for (let round = 0; ; round++) {
    fc.check(property, { seed: seed + round * 1000, numRuns: RUNS, endOnFailure: !isShrunk });
    if (found !== undefined || commands >= maxCommands) break;
  }
  const allSeconds = processorSeconds() - began;
  return {
    isFound: found !== undefined,
    commands: found?.commands ?? commands,
    seconds: found?.seconds ?? allSeconds,
    allCommands: commands,
    allSeconds,
    length: isShrunk && length !== undefined ? length : null,
  };
}
