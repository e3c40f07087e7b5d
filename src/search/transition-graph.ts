import { setImmediate } from 'node:timers/promises';
import { applyRule } from '../../spec/model/commands.ts';
import { commandsOf, type Region } from '../../spec/model/families.ts';
import { judgingOptionsFor } from '../../spec/model/judging-options.ts';
import { AdmissionIn } from '../../spec/model/reachable.ts';
import { forEachShownState } from '../../spec/model/settle-snapshot.ts';
import { State } from '../../spec/model/state.ts';
import { Step } from '../../spec/model/step.ts';
import { PROFILES } from '../../spec/profiles/profile.ts';
import { capabilitiesFor } from '../../spec/vocabulary/capabilities-for.ts';
import { type Capability, capabilitiesIn } from '../../spec/vocabulary/capability.ts';
import { type Command, isContender } from '../../spec/vocabulary/command.ts';
import { renamed, SAME } from '../../spec/vocabulary/rename.ts';
import { StateNumbers, VALUES } from './state-numbers.ts';

/** The value of a region that stands for any value of a store. */
export const sliceValue = (value: number): number => VALUES[value % 2 === 0 ? 1 : 0];

/** The time between two reports of progress, in milliseconds. */
const BATCH_MS = 50;

/** Of `exchanges`: the outcomes of a race may differ in nothing but the names of values. */
const EITHER = 2;

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
  /** By state: its first move; one more at the end. The moves that most likely stay in the state come first. */
  readonly firstMove: Int32Array;
  /** By move: its command, in the names of its state, and its first transition; one more at the end. */
  readonly commandOf: Uint16Array;
  readonly firstTransition: Int32Array;
  /** By transition: the state to which it leads, and whether it exchanges values in the names of the states: 0, 1 or EITHER. */
  readonly target: Int32Array;
  readonly exchanges: Uint8Array;
  readonly #numbers: StateNumbers;
  readonly #names: CommandNames;

  constructor(
    { region, capabilities }: GraphOptions,
    names: CommandNames,
    numbers: StateNumbers,
    lists: Pick<TransitionGraph, 'firstMove' | 'commandOf' | 'firstTransition' | 'target' | 'exchanges'>,
  ) {
    this.region = region;
    this.capabilities = capabilities;
    this.commands = names.commands;
    this.firstMove = lists.firstMove;
    this.commandOf = lists.commandOf;
    this.firstTransition = lists.firstTransition;
    this.target = lists.target;
    this.exchanges = lists.exchanges;
    this.#numbers = numbers;
    this.#names = names;
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
    const name = this.#numbers.find(state);
    return name === undefined ? undefined : { id: name >> 1, exchanged: (name & 1) === 1 };
  }

  /** Sets a state of the model to a state of the graph, in some names of its objects, frames and values. */
  restore(id: number, to: State): void {
    this.#numbers.restore(id, to);
  }

  /** The state to which a move most likely leads. */
  expected(move: number): number {
    return this.target[this.firstTransition[move] ?? 0] ?? 0;
  }

  /** The state that admits a move. */
  sourceOf(move: number): number {
    return lastNotAfter(this.firstMove, move);
  }

  /** The move that a transition belongs to. */
  moveOfTransition(transition: number): number {
    return lastNotAfter(this.firstTransition, transition);
  }

  /** The command of a move, for a state whose values are exchanged or not. */
  command(move: number, exchanged: boolean): Command {
    return this.#names.at(this.commandOf[move] ?? 0, exchanged);
  }

  /** The number of the command that is this one with its values exchanged. */
  exchangedCommand(number: number): number {
    return this.#names.inNamesOf(number, true);
  }

  /** The number of a command in the list of commands; undefined if it does not belong to the region. */
  numberOf(command: Command): number | undefined {
    return this.#names.find(command, false);
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

  /** The transition of a move that has only one, with certain names; undefined for any other move. */
  onlyTransition(move: number): number | undefined {
    const first = this.firstTransition[move] ?? 0;
    return this.firstTransition[move + 1] === first + 1 && this.exchanges[first] !== EITHER
      ? first
      : undefined;
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

/** A move of the state that is expanded: its command and its targets, the most likely one first. */
interface Expanded {
  readonly command: number;
  readonly targets: readonly number[];
}

class GraphBuilder {
  readonly #options: GraphOptions;
  readonly #names: CommandNames;
  readonly #step: Step;
  readonly #admission: AdmissionIn;
  /** The commands that are admitted, by the key of the admission. */
  readonly #admitted = new Map<string, readonly number[]>();
  readonly #from: State;
  readonly #numbers: StateNumbers;
  readonly #firstMove = new Growing(Int32Array);
  readonly #commandOf = new Growing(Uint16Array);
  readonly #firstTransition = new Growing(Int32Array);
  readonly #target = new Growing(Int32Array);
  readonly #exchanges = new Growing(Uint8Array);
  expanded = 0;

  constructor(options: GraphOptions) {
    const { region, capabilities } = options;
    this.#options = options;
    this.#names = new CommandNames(commandsFor(region, capabilities));
    this.#step = new Step(region.scope, judgingOptionsFor(PROFILES[region.profile], capabilities));
    this.#admission = new AdmissionIn(region.scope, region.profile);
    this.#from = new State(region.scope);
    this.#numbers = new StateNumbers(this.#from, new Set(this.#names.commands.map(({ op }) => op)));
  }

  get found(): number {
    return this.#numbers.size;
  }

  /** Expands states for some time. Returns false when all are expanded. */
  expandFor(milliseconds: number): boolean {
    const began = performance.now();
    while (this.expanded < this.found) {
      this.#expandNext();
      if (performance.now() - began > milliseconds) return true;
    }
    return false;
  }

  #expandNext(): void {
    const id = this.expanded++;
    this.#numbers.restore(id, this.#from);
    const name = this.#numbers.nameOf(this.#from);
    this.#firstMove.push(this.#commandOf.length);
    const leaving: Expanded[] = [];
    for (const command of this.#admittedNow()) {
      const targets = this.#targetsOf(command, name);
      const [likely] = targets;
      if (likely === undefined) continue;
      if (likely >> 2 === id) this.#addMove({ command, targets }, name);
      else leaving.push({ command, targets });
    }
    for (const move of leaving) this.#addMove(move, name);
  }

  #admittedNow(): readonly number[] {
    const admission = this.#admission.at(this.#from);
    const { key } = admission;
    const known = this.#admitted.get(key);
    if (known !== undefined) return known;
    const admitted = [...this.#names.commands.keys()].filter((number) => {
      const command = this.#names.commands[number];
      return command !== undefined && admission.refusal(command) === undefined;
    });
    this.#admitted.set(key, admitted);
    return admitted;
  }

  #addMove({ command, targets }: Expanded, from: number): void {
    this.#commandOf.push(this.#names.inNamesOf(command, (from & 1) === 1));
    this.#firstTransition.push(this.#target.length);
    const other = (from & 1) === 0 ? EXCHANGED : UNEXCHANGED;
    for (const target of targets) {
      const names = target & (UNEXCHANGED | EXCHANGED);
      this.#target.push(target >> 2);
      this.#exchanges.push(names === other ? 1 : names === (other ^ 3) ? 0 : EITHER);
    }
  }

  /** The targets of a command, the most likely one first. */
  #targetsOf(number: number, name: number): readonly number[] {
    const from = this.#from;
    const step = this.#step;
    const command = this.#names.at(number, false);
    const targets: number[] = [];
    const visit = (shown: State): void => {
      add(targets, this.#numbers.nameOf(shown));
    };
    step.begin(from, undefined, false);
    do {
      applyRule(step, command);
      if (step.ruledOut) continue;
      if (step.state.equals(from)) {
        add(targets, name);
        continue;
      }
      forEachShownState(step.state, visit);
    } while (step.next(from));
    return targets;
  }

  graph(): TransitionGraph {
    this.#firstMove.push(this.#commandOf.length);
    this.#firstTransition.push(this.#target.length);
    return new TransitionGraph(this.#options, this.#names, this.#numbers, {
      firstMove: this.#firstMove.whole(),
      commandOf: this.#commandOf.whole(),
      firstTransition: this.#firstTransition.whole(),
      target: this.#target.whole(),
      exchanges: this.#exchanges.whole(),
    });
  }
}

/** Adds the name of a state to a list of targets: each is four times a state, plus a bit for each of its two names. */
function add(targets: number[], name: number): void {
  const bit = (name & 1) === 0 ? UNEXCHANGED : EXCHANGED;
  for (const [at, target] of targets.entries()) {
    if (target >> 2 !== name >> 1) continue;
    targets[at] = target | bit;
    return;
  }
  targets.push(((name >> 1) << 2) | bit);
}

const UNEXCHANGED = 1;
const EXCHANGED = 2;

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
