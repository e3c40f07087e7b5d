import type { Judge } from '../../spec/judge/judge.ts';
import type { Command } from '../../spec/vocabulary/command.ts';
import { devicesIn, type Scope } from '../../spec/vocabulary/scope.ts';
import type { CaseWatcher } from '../examine/examiner.ts';
import type { TransitionGraph } from './transition-graph.ts';

/** How much of the specification a run has exercised in a region. */
export interface SpecificationCoverage {
  readonly scope: Scope;
  readonly families: readonly string[];
  readonly states: { readonly of: number; readonly reached: number };
  /** Commands in the states that admit them. */
  readonly moves: {
    readonly of: number;
    readonly made: number;
    /** Made on copies of the world (`walkTransitions`), not in cases. */
    readonly onCopies: number;
  };
  readonly transitions: {
    readonly of: number;
    readonly exercised: number;
    /** Perhaps exercised: the observations fit it and other transitions of the same command and state. */
    readonly unclear: number;
    /** Not exercised: the target took another transition each time that the command was executed in this state. */
    readonly declined: number;
    /** Not exercised: only transitions that the target declined lead to the state. */
    readonly beyond: number;
  };
}

/** The number of transitions that were not exercised although the target could still take them. */
export const remainingOf = ({ transitions }: SpecificationCoverage): number =>
  transitions.of - transitions.exercised - transitions.unclear - transitions.declined - transitions.beyond;

/** Follows the cases of a slice, and notes the transitions that they take. */
export interface SliceWatcher extends CaseWatcher {
  /**
   * Returns the transitions that were first taken, or first perhaps taken, since the last call. The first call begins to
   * note them and returns none.
   */
  takeNew(): TransitionsTaken;
  /**
   * Adds the transitions of cases that it has not followed.
   *
   * @throws RangeError if the slice has other transitions
   */
  add(transitions: TransitionsTaken): void;
}

/** No state of the graph. */
const UNKNOWN = -1;

/** A transition that was exercised, and one that was perhaps exercised. */
const TAKEN = 2;
const PERHAPS = 1;

/** Transitions of a graph by number, of all that it has: those that were taken, and those that were perhaps taken. */
export interface TransitionsTaken {
  readonly of: number;
  readonly taken: readonly number[];
  readonly perhaps: readonly number[];
}

/** Records the transitions of a graph that judged cases take. */
export class TransitionCoverage implements SliceWatcher {
  readonly graph: TransitionGraph;
  /** By transition: TAKEN, PERHAPS or 0. By move: whether it was made. */
  readonly #taken: Uint8Array;
  readonly #made: Uint8Array;
  /** The state of the case, while it is known. */
  #id = UNKNOWN;
  #exchanged = false;
  /** The transitions that were first taken, or first perhaps taken, since the last call of `takeNew`; undefined before it. */
  #new: Set<number> | undefined;
  /** Whether the case has left the region by a command that is not part of it. */
  #isOutside = false;
  exercised = 0;
  made = 0;
  onCopies = 0;

  constructor(graph: TransitionGraph) {
    this.graph = graph;
    this.#taken = new Uint8Array(graph.transitions);
    this.#made = new Uint8Array(graph.moves);
  }

  begin(scope: Scope): void {
    this.#isOutside = !isSameScope(scope, this.graph.region.scope);
    this.#id = 0;
    this.#exchanged = false;
  }

  /** Continues in a state of the graph. */
  resume(id: number, isExchanged: boolean): void {
    this.#isOutside = false;
    this.#id = id;
    this.#exchanged = isExchanged;
  }

  /** The state of the case, if it is known, and whether it has the values of that state exchanged. */
  get id(): number | undefined {
    return this.#isOutside || this.#id === UNKNOWN ? undefined : this.#id;
  }

  get isExchanged(): boolean {
    return this.#exchanged;
  }

  step(command: Command, judge: Judge): void {
    if (this.#isOutside) return;
    const { graph } = this;
    const move = this.#id === UNKNOWN ? undefined : graph.moveOf(this.#id, command, this.#exchanged);
    if (move !== undefined) this.make(move, judge);
    else if (command.op !== 'inspect' && graph.numberOf(command) === undefined) this.#isOutside = true;
    else if (command.op !== 'inspect' || this.#id === UNKNOWN) this.#find(judge);
  }

  /** Notes a move of the present state, which the judge has allowed. */
  make(move: number, judge: Judge): void {
    const { graph } = this;
    const only = graph.onlyTransition(move);
    if (only !== undefined) {
      this.#take(move, only);
      this.#id = graph.target[only] ?? UNKNOWN;
      if (graph.exchanges[only] === 1) this.#exchanged = !this.#exchanged;
      return;
    }
    this.#find(judge);
    if (this.#id !== UNKNOWN) this.#takeTo(move, this.#id);
    else {
      for (const possible of judge.states) {
        const to = graph.find(possible)?.id;
        if (to !== undefined) this.#takeTo(move, to, PERHAPS);
      }
    }
  }

  /** Determines the state from the one that the judge knows. */
  #find(judge: Judge): void {
    const state = judge.onlyState;
    const found = state === undefined ? undefined : this.graph.find(state);
    this.#id = found?.id ?? UNKNOWN;
    this.#exchanged = found?.exchanged ?? false;
  }

  #takeTo(move: number, to: number, taken = TAKEN): void {
    const transition = this.graph.transitionTo(move, to);
    if (transition !== undefined) this.#take(move, transition, taken);
  }

  #take(move: number, transition: number, taken = TAKEN): void {
    if ((this.#taken[transition] ?? 0) >= taken) return;
    this.#taken[transition] = taken;
    this.#new?.add(transition);
    if (taken === TAKEN) this.exercised++;
    if (this.#made[move] === 1) return;
    this.#made[move] = 1;
    this.made++;
  }

  takeNew(): TransitionsTaken {
    const all = [...(this.#new ?? [])];
    this.#new = new Set();
    return {
      of: this.graph.transitions,
      taken: all.filter((transition) => this.#taken[transition] === TAKEN),
      perhaps: all.filter((transition) => this.#taken[transition] === PERHAPS),
    };
  }

  add({ of, taken, perhaps }: TransitionsTaken): void {
    const { graph } = this;
    if (of !== graph.transitions || [...taken, ...perhaps].some((transition) => transition >= of)) {
      throw new RangeError('its slice of the specification has other transitions');
    }
    for (const [transitions, kind] of [
      [taken, TAKEN],
      [perhaps, PERHAPS],
    ] as const) {
      for (const transition of transitions) {
        this.#take(graph.moveOfTransition(transition), transition, kind);
      }
    }
    this.#new?.clear();
  }

  isMade(move: number): boolean {
    return this.#made[move] === 1;
  }

  /** Whether the target has taken, or perhaps taken, a transition. */
  isTaken(transition: number): boolean {
    return this.#taken[transition] !== 0;
  }

  /** By state: whether transitions lead to it that the target has taken or may still take. */
  attainable(): Uint8Array {
    const { graph } = this;
    const attainable = new Uint8Array(graph.states);
    attainable[0] = 1;
    const queue = [0];
    for (const id of queue) {
      const end = graph.firstMove[id + 1] ?? 0;
      for (let move = graph.firstMove[id] ?? 0; move < end; move++) {
        const last = graph.firstTransition[move + 1] ?? 0;
        for (let transition = graph.firstTransition[move] ?? 0; transition < last; transition++) {
          const to = graph.target[transition] ?? 0;
          if (attainable[to] === 1 || (this.#made[move] === 1 && this.#taken[transition] === 0)) continue;
          attainable[to] = 1;
          queue.push(to);
        }
      }
    }
    return attainable;
  }

  summary(): SpecificationCoverage {
    const { graph } = this;
    const attainable = this.attainable();
    const reached = new Uint8Array(graph.states);
    reached[0] = 1;
    let unclear = 0;
    let declined = 0;
    let beyond = 0;
    for (let id = 0; id < graph.states; id++) {
      const end = graph.firstMove[id + 1] ?? 0;
      for (let move = graph.firstMove[id] ?? 0; move < end; move++) {
        const last = graph.firstTransition[move + 1] ?? 0;
        for (let transition = graph.firstTransition[move] ?? 0; transition < last; transition++) {
          if (this.#taken[transition] === TAKEN) reached[graph.target[transition] ?? 0] = 1;
          else if (this.#taken[transition] === PERHAPS) unclear++;
          else if (this.#made[move] === 1) declined++;
          else if (attainable[id] === 0) beyond++;
        }
      }
    }
    const { scope, families } = graph.region;
    return {
      scope,
      families,
      states: { of: graph.states, reached: reached.reduce((sum, one) => sum + one, 0) },
      moves: { of: graph.moves, made: this.made, onCopies: this.onCopies },
      transitions: { of: graph.transitions, exercised: this.exercised, unclear, declined, beyond },
    };
  }
}

const isSameScope = (one: Scope, other: Scope): boolean =>
  one.processes === other.processes &&
  one.pages === other.pages &&
  one.frames === other.frames &&
  one.slots === other.slots &&
  devicesIn(one) === devicesIn(other);
