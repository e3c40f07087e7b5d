import { setImmediate } from 'node:timers/promises';
import { perform } from '../../spec/model/commands.ts';
import { commandsOf, type Region } from '../../spec/model/families.ts';
import { judgingOptionsFor } from '../../spec/model/judging-options.ts';
import { AdmissionIn, ReportedKey } from '../../spec/model/reachable.ts';
import { forEachShownState, settleAsExpected } from '../../spec/model/settle-snapshot.ts';
import { State } from '../../spec/model/state.ts';
import { Step } from '../../spec/model/step.ts';
import { PROFILES } from '../../spec/profiles/profile.ts';
import { capabilitiesFor } from '../../spec/vocabulary/capabilities-for.ts';
import { type Capability, capabilitiesIn } from '../../spec/vocabulary/capability.ts';
import { type Command, isContender } from '../../spec/vocabulary/command.ts';
import { renamed, SAME } from '../../spec/vocabulary/rename.ts';

/** The values that stores of a region write. They have no meaning: a state with both exchanged is the same state. */
const VALUES = [1, 2] as const;

/** The value of a region that stands for any value of a store. */
export const sliceValue = (value: number): number => VALUES[value % 2 === 0 ? 1 : 0];

/** The time between two reports of progress, in milliseconds. */
const BATCH_MS = 50;

export interface GraphOptions {
  readonly region: Region;
  readonly capabilities: ReadonlySet<Capability>;
  /** The number of states after which the construction gives up. */
  readonly maxStates: number;
  /** Checked between two batches; true gives up. */
  readonly stopped?: () => boolean;
  /** Called between two batches with the number of states found, and of those expanded. */
  readonly onProgress?: (found: number, expanded: number) => void;
}

/**
 * The transitions of the specification in a region. A state is one that a snapshot shows, up to the names of objects,
 * frames and values (`ReportedKey`). A _move_ is a command in a state that admits it; a _transition_ is a move with one
 * of the states to which the specification allows it to lead.
 *
 * States, moves and transitions are numbered: states in the order of a breadth-first search from the beginning of a
 * case, the moves of one state consecutively, and the transitions of one move consecutively, the most likely one first.
 */
export class TransitionGraph {
  readonly region: Region;
  readonly capabilities: ReadonlySet<Capability>;
  readonly commands: readonly Command[];
  /** By state: its first move; one more at the end. Its inert moves come first. */
  readonly firstMove: Int32Array;
  /** By move: whether it most likely changes nothing at all, not even names. */
  readonly inert: Uint8Array;
  /** By move: its command, in the names of its state, and its first transition; one more at the end. */
  readonly commandOf: Uint16Array;
  readonly firstTransition: Int32Array;
  /** By transition: the state to which it leads. */
  readonly target: Int32Array;
  readonly #ids: ReadonlyMap<string, number>;
  readonly #key: ReportedKey;
  readonly #names: CommandNames;

  constructor(
    { region, capabilities }: GraphOptions,
    names: CommandNames,
    ids: ReadonlyMap<string, number>,
    lists: {
      readonly firstMove: Int32Array;
      readonly inert: Uint8Array;
      readonly commandOf: Uint16Array;
      readonly firstTransition: Int32Array;
      readonly target: Int32Array;
    },
  ) {
    this.region = region;
    this.capabilities = capabilities;
    this.commands = names.commands;
    this.firstMove = lists.firstMove;
    this.inert = lists.inert;
    this.commandOf = lists.commandOf;
    this.firstTransition = lists.firstTransition;
    this.target = lists.target;
    this.#ids = ids;
    this.#names = names;
    this.#key = keyFor(names.commands);
  }

  get states(): number {
    return this.firstMove.length - 1;
  }

  get moves(): number {
    return this.commandOf.length;
  }

  get transitions(): number {
    return this.target.length;
  }

  /** The number of a state after a snapshot, and whether it has the values of that state exchanged. */
  find(state: State): { readonly id: number; readonly exchanged: boolean } | undefined {
    const id = this.#ids.get(this.#key.of(state));
    return id === undefined ? undefined : { id, exchanged: isExchanged(this.#key.values) };
  }

  /** The state to which a move most likely leads. */
  expected(move: number): number {
    return this.target[this.firstTransition[move] ?? 0] ?? 0;
  }

  /** The state that admits a move. */
  sourceOf(move: number): number {
    return lastNotAfter(this.firstMove, move);
  }

  /** The command of a move, for a state whose values are exchanged or not. */
  command(move: number, exchanged: boolean): Command {
    return this.#names.at(this.commandOf[move] ?? 0, exchanged);
  }

  /** Whether a command belongs to the region. */
  hasCommand(command: Command): boolean {
    return this.#names.find(command, false) !== undefined;
  }

  /** The move of a command; undefined if the region does not have it, or the state does not admit it. */
  moveOf(id: number, command: Command, exchanged: boolean): number | undefined {
    const index = this.#names.find(command, exchanged);
    if (index === undefined) return undefined;
    const end = this.firstMove[id + 1] ?? 0;
    for (let move = this.firstMove[id] ?? 0; move < end; move++) {
      if (this.commandOf[move] === index) return move;
    }
    return undefined;
  }

  /** The transition of a move to a state; undefined if there is none. */
  transitionTo(move: number, id: number): number | undefined {
    const end = this.firstTransition[move + 1] ?? 0;
    for (let transition = this.firstTransition[move] ?? 0; transition < end; transition++) {
      if (this.target[transition] === id) return transition;
    }
    return undefined;
  }
}

/** The index of the last item of an increasing list, without its end, that is not greater than a number. */
function lastNotAfter(list: Int32Array, number: number): number {
  let low = 0;
  let high = list.length - 2;
  while (low < high) {
    const middle = (low + high + 1) >> 1;
    if ((list[middle] ?? 0) <= number) low = middle;
    else high = middle - 1;
  }
  return low;
}

/** Whether the first value of a state that the stores of a region write is the second of these. */
const isExchanged = (values: readonly number[]): boolean => {
  for (const value of values) {
    if (value === VALUES[0]) return false;
    if (value === VALUES[1]) return true;
  }
  return false;
};

const keyFor = (commands: readonly Command[]): ReportedKey =>
  new ReportedKey(new Set(commands.map(({ op }) => op)));

/** The commands of a region by number, and each with its values exchanged. */
class CommandNames {
  readonly commands: readonly Command[];
  readonly #exchanged: readonly Command[];
  readonly #numbers = new Map<Command, number>();
  readonly #byText = new Map<string, number>();
  readonly #exchangedNumber: readonly number[];

  constructor(commands: readonly Command[]) {
    const [one, other] = VALUES;
    const value = (name: number): number => (name === one ? other : name === other ? one : name);
    this.commands = commands;
    for (const [number, command] of commands.entries()) {
      this.#byText.set(JSON.stringify(command), number);
      // A race and the race with its sides exchanged are one command.
      if (command.op === 'race' && isContender(command.left)) {
        const { left, right } = command;
        this.#byText.set(JSON.stringify({ ...command, left: right, right: left }), number);
      }
    }
    const exchanged = commands.map((command) => renamed(command, { ...SAME, value }));
    this.#exchangedNumber = exchanged.map((command) => this.#byText.get(JSON.stringify(command)) ?? 0);
    this.#exchanged = this.#exchangedNumber.map((number, at) => commands[number] ?? commands[at] ?? INSPECT);
    for (const [number, command] of commands.entries()) this.#numbers.set(command, number);
  }

  at(number: number, exchanged: boolean): Command {
    return (exchanged ? this.#exchanged : this.commands)[number] ?? INSPECT;
  }

  /** The number of a command in the names of a state whose values are exchanged or not. */
  find(command: Command, exchanged: boolean): number | undefined {
    const number = this.#numbers.get(command) ?? this.#byText.get(JSON.stringify(command));
    return number === undefined || !exchanged ? number : this.#exchangedNumber[number];
  }

  /** The number of a command of the list in the names of a state. */
  inNamesOf(number: number, exchanged: boolean): number {
    return exchanged ? (this.#exchangedNumber[number] ?? number) : number;
  }
}

const INSPECT: Command = { op: 'inspect' };

/** The commands of a region that a target executes. */
export function commandsFor(region: Region, capabilities: ReadonlySet<Capability>): readonly Command[] {
  const offered = capabilitiesIn(region.profile, capabilities);
  const all = commandsOf(region).filter((command) =>
    capabilitiesFor(command).every((needed) => offered.has(needed)),
  );
  const ops = new Set(all.map(({ op }) => op));
  // Without an injection there is nothing to heal, and without a watch nothing to end.
  return all.filter(
    (command) =>
      !(command.op === 'heal' && !ops.has('inject')) &&
      !(
        command.op === 'watch' &&
        command.watch === 'none' &&
        !all.some((other) => other.op === 'watch' && other.watch !== 'none')
      ),
  );
}

/** Constructs the graph of a region by breadth-first search; undefined if it was stopped or is too large. */
export async function transitionGraph(options: GraphOptions): Promise<TransitionGraph | undefined> {
  const builder = new GraphBuilder(options);
  while (builder.expandFor(BATCH_MS)) {
    options.onProgress?.(builder.found, builder.expanded);
    await setImmediate();
    if (options.stopped?.() === true || builder.found > options.maxStates) return undefined;
  }
  return builder.found > options.maxStates ? undefined : builder.graph();
}

class GraphBuilder {
  readonly #options: GraphOptions;
  readonly #names: CommandNames;
  readonly #step: Step;
  readonly #admission: AdmissionIn;
  readonly #key: ReportedKey;
  readonly #from: State;
  readonly #shown: State;
  readonly #ids = new Map<string, number>();
  /** The cells of every state, one after the other. */
  #cells: Int16Array;
  readonly #firstMove = new Growing(Int32Array);
  readonly #inert = new Growing(Uint8Array);
  readonly #commandOf = new Growing(Uint16Array);
  readonly #firstTransition = new Growing(Int32Array);
  readonly #target = new Growing(Int32Array);
  expanded = 0;
  /** Whether the first outcome of the last command left the state unchanged. */
  #isInert = false;

  constructor(options: GraphOptions) {
    const { region, capabilities } = options;
    this.#options = options;
    this.#names = new CommandNames(commandsFor(region, capabilities));
    this.#step = new Step(region.scope, judgingOptionsFor(PROFILES[region.profile], capabilities));
    this.#admission = new AdmissionIn(region.scope, region.profile);
    this.#key = keyFor(this.#names.commands);
    this.#from = new State(region.scope);
    this.#shown = new State(region.scope);
    this.#cells = new Int16Array(1024 * this.#from.cells.length);
    this.#idOf(this.#from);
  }

  get found(): number {
    return this.#ids.size;
  }

  /** Expands states for some time. Returns false when all are expanded. */
  expandFor(milliseconds: number): boolean {
    const began = performance.now();
    while (this.expanded < this.#ids.size) {
      this.#expandNext();
      if (performance.now() - began > milliseconds) return true;
    }
    return false;
  }

  #expandNext(): void {
    const id = this.expanded++;
    const from = this.#from;
    const { length } = from.cells;
    from.cells.set(this.#cells.subarray(id * length, (id + 1) * length));
    this.#firstMove.push(this.#commandOf.length);
    this.#key.of(from);
    const exchanged = isExchanged(this.#key.values);
    const admission = this.#admission.at(from);
    const changing: { readonly number: number; readonly targets: readonly number[] }[] = [];
    for (const [number, command] of this.#names.commands.entries()) {
      if (admission.refusal(command) !== undefined) continue;
      const targets = this.#targetsOf(command, id);
      const named = this.#names.inNamesOf(number, exchanged);
      if (this.#isInert) this.#addMove(named, targets);
      else if (targets.length > 0) changing.push({ number: named, targets });
    }
    for (const { number, targets } of changing) this.#addMove(number, targets, 0);
  }

  #addMove(number: number, targets: readonly number[], inert = 1): void {
    this.#inert.push(inert);
    this.#commandOf.push(number);
    this.#firstTransition.push(this.#target.length);
    for (const target of targets) this.#target.push(target);
  }

  /** The states to which a command leads, the most likely one first. */
  #targetsOf(command: Command, id: number): readonly number[] {
    const from = this.#from;
    const step = this.#step;
    const targets: number[] = [];
    this.#isInert = false;
    const visit = (shown: State): void => {
      const target = this.#idOf(shown);
      if (!targets.includes(target)) targets.push(target);
    };
    step.begin(from, undefined, false);
    do {
      perform(step, command);
      if (step.ruledOut) continue;
      if (step.state.equals(from)) {
        if (targets.length === 0) this.#isInert = true;
        if (!targets.includes(id)) targets.push(id);
        continue;
      }
      if (targets.length === 0) {
        this.#shown.copyFrom(step.state);
        settleAsExpected(this.#shown);
        visit(this.#shown);
      }
      forEachShownState(step.state, visit);
    } while (step.next(from));
    return targets;
  }

  #idOf(state: State): number {
    const key = this.#key.of(state);
    const known = this.#ids.get(key);
    if (known !== undefined) return known;
    const id = this.#ids.size;
    this.#ids.set(key, id);
    const { length } = state.cells;
    if ((id + 1) * length > this.#cells.length) {
      const larger = new Int16Array(2 * this.#cells.length);
      larger.set(this.#cells);
      this.#cells = larger;
    }
    this.#cells.set(state.cells, id * length);
    return id;
  }

  graph(): TransitionGraph {
    this.#firstMove.push(this.#commandOf.length);
    this.#firstTransition.push(this.#target.length);
    return new TransitionGraph(this.#options, this.#names, this.#ids, {
      firstMove: this.#firstMove.whole(),
      inert: this.#inert.whole(),
      commandOf: this.#commandOf.whole(),
      firstTransition: this.#firstTransition.whole(),
      target: this.#target.whole(),
    });
  }
}

type Integers = Int32Array | Uint16Array | Uint8Array;

/** A packed list of integers that grows. */
class Growing<A extends Integers> {
  readonly #make: new (length: number) => A;
  #list: A;
  length = 0;

  constructor(make: new (length: number) => A) {
    this.#make = make;
    this.#list = new make(4096);
  }

  push(item: number): void {
    if (this.length === this.#list.length) {
      const larger = new this.#make(2 * this.length);
      larger.set(this.#list);
      this.#list = larger;
    }
    this.#list[this.length++] = item;
  }

  whole(): A {
    const whole = new this.#make(this.length);
    for (let at = 0; at < this.length; at++) whole[at] = this.#list[at] ?? 0;
    return whole;
  }
}
