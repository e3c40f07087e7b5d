import type { Case } from '../../spec/vocabulary/case.ts';
import type { Command, Op } from '../../spec/vocabulary/command.ts';
import type { GrowingPlan } from './case-plan.ts';
import { StreamedCases } from './streamed-cases.ts';
import { TransitionCoverage } from './transition-coverage.ts';
import type { TransitionGraph } from './transition-graph.ts';

/** The number of commands after which a tour ends, before its epilogue. Failing cases of this length shrink quickly. */
const MAX_COMMANDS = 200;

/** The number of states that a search for the nearest unfinished state expands before the tour ends instead. */
const MAX_SEARCHED = 500;

/** The number of attempts to reach a state along expected transitions before it is given up. */
const MAX_ATTEMPTS = 3;

/** The number of extensions in a row that make no further move, after which there is none. */
const MAX_VAIN = 8;

/** The place of a move where there is none. */
const NONE = -1;

/** The commands of the epilogue, in their order; the last ones are queries and accesses, and are executed even if they
 * change nothing. */
const EPILOGUE: readonly Op[] = ['heal', 'unpin', 'load', 'charge', 'exit'];
const ALWAYS: ReadonlySet<Op> = new Set<Op>(['load', 'charge', 'exit']);

/**
 * Tours through a graph that together make every move that is reachable by the expected transitions: those that are
 * most likely. A case depends on the graph and its number alone.
 *
 * Some moves are repeated so that every state is entered as often as it is left (`timesToMake`): a walk that makes every
 * move as often as planned gets stuck less often. A tour ends at `MAX_COMMANDS`, and the next one continues there; or
 * where no unfinished state is near, and the next one begins with the unfinished state that is nearest to the beginning.
 *
 * A target may take other transitions than the expected ones. `extend` then plans further tours with the transitions
 * that the target took.
 */
export class Tours implements GrowingPlan {
  readonly #graph: TransitionGraph;
  readonly #coverage: TransitionCoverage;
  /** By move: its expected transition. */
  readonly #expected: Int32Array;
  /** By move: how often it is still to be made. By state: the sum for its moves. */
  #due: Uint8Array;
  readonly #dueOf: Int32Array;
  /** By move: whether it was planned. By state: the number of its moves that were not. */
  readonly #planned: Uint8Array;
  readonly #unplanned: Int32Array;
  /** By state: its first move that may be due; the number of tours that began in order to reach it. */
  #first: Int32Array;
  readonly #attempts: Uint8Array;
  /** By state: the last move of a shortest path from the beginning; −1 for a state without one. */
  #parents: Int32Array;
  /** By state: the number of the last search that found it. */
  readonly #found: Int32Array;
  #searches = 0;
  /** All states before this one are finished. */
  #unfinished = 0;
  /** The state at which the last tour ended because of its length. */
  #cutAt: number | undefined;
  readonly #epilogue: readonly Command[];
  #commands: Command[] = [];
  #id = 0;
  #exchanged = false;
  readonly #cases = new StreamedCases(() => this.#next());
  /** The number of moves for which the last extension planned tours, and of the last extensions that did not help. */
  #extendedFor = Infinity;
  #vain = 0;

  /** @param coverage the moves that the target makes; those that it has made before are not planned */
  constructor(graph: TransitionGraph, coverage = new TransitionCoverage(graph)) {
    this.#graph = graph;
    this.#coverage = coverage;
    const { states, moves, commands } = graph;
    const isBegun = coverage.made > 0;
    this.#expected = graph.firstTransition.slice(0, moves);
    this.#due = isBegun ? new Uint8Array(moves) : timesToMake(graph);
    this.#dueOf = new Int32Array(states);
    this.#planned = new Uint8Array(moves);
    this.#unplanned = new Int32Array(states);
    this.#attempts = new Uint8Array(states);
    this.#found = new Int32Array(states);
    this.#first = graph.firstMove.slice(0, states);
    this.#parents = this.#expectedTree();
    this.#epilogue = EPILOGUE.flatMap((op) => commands.filter((command) => command.op === op));
    if (isBegun) this.extend();
    this.#countByState();
  }

  has(index: number): boolean {
    return this.#cases.has(index);
  }

  at(index: number): Case {
    return this.#cases.at(index);
  }

  /**
   * Plans further tours for the moves that were not made and that the target may still reach. Returns false if there are
   * none, or if the last extension did not help.
   */
  extend(): boolean {
    const graph = this.#graph;
    const coverage = this.#coverage;
    const attainable = coverage.attainable();
    let missing = 0;
    this.#planned.fill(1);
    this.#due.fill(0);
    for (let id = 0; id < graph.states; id++) {
      const end = graph.firstMove[id + 1] ?? 0;
      for (let move = graph.firstMove[id] ?? 0; move < end; move++) {
        if (coverage.isMade(move)) {
          this.#expected[move] = this.#takenOf(move);
        } else if (attainable[id] === 1) {
          missing++;
          this.#planned[move] = 0;
          this.#due[move] = 1;
        }
      }
    }
    this.#vain = missing < this.#extendedFor ? 0 : this.#vain + 1;
    if (missing === 0 || this.#vain > MAX_VAIN) return false;
    this.#extendedFor = missing;
    this.#first = graph.firstMove.slice(0, graph.states);
    this.#attempts.fill(0);
    this.#parents = this.#expectedTree();
    this.#unfinished = 0;
    this.#cutAt = undefined;
    this.#countByState();
    return true;
  }

  /**
   * The transition that is expected of a move: the first one that the target has taken. A target that has taken several
   * decides by a state that no snapshot shows, so after an extension that did not help, another one may be expected.
   */
  #takenOf(move: number): number {
    const taken: number[] = [];
    const end = this.#graph.firstTransition[move + 1] ?? 0;
    for (let one = this.#graph.firstTransition[move] ?? 0; one < end; one++) {
      if (this.#coverage.isTaken(one)) taken.push(one);
    }
    const mixed = this.#vain === 0 ? 0 : Math.imul(move + this.#vain, 0x9e37_79b1) >>> 16;
    return taken[mixed % taken.length] ?? this.#expected[move] ?? 0;
  }

  #countByState(): void {
    const { states, firstMove } = this.#graph;
    this.#dueOf.fill(0);
    this.#unplanned.fill(0);
    for (let id = 0; id < states; id++) {
      const end = firstMove[id + 1] ?? 0;
      for (let move = firstMove[id] ?? 0; move < end; move++) {
        this.#dueOf[id] = (this.#dueOf[id] ?? 0) + (this.#due[move] ?? 0);
        if (this.#planned[move] === 0) this.#unplanned[id] = (this.#unplanned[id] ?? 0) + 1;
      }
    }
  }

  /** The next tour; undefined when every move that can be reached is planned. */
  #next(): Case | undefined {
    const first = this.#cutAt ?? this.#nextUnfinished();
    if (first === undefined) return undefined;
    this.#commands = [];
    this.#id = 0;
    this.#exchanged = false;
    this.#attempts[first] = Math.min(MAX_ATTEMPTS, (this.#attempts[first] ?? 0) + 1);
    this.#follow(this.#pathFromStart(first));
    while (this.#commands.length < MAX_COMMANDS) {
      if ((this.#dueOf[this.#id] ?? 0) > 0) {
        this.#make(this.#chooseMove());
      } else {
        const path = this.#pathToUnfinished();
        if (path === undefined) break;
        this.#follow(path);
      }
    }
    const isReachable = this.#id === 0 || (this.#parents[this.#id] ?? NONE) !== NONE;
    this.#cutAt = (this.#unplanned[this.#id] ?? 0) > 0 && isReachable ? this.#id : undefined;
    this.#addEpilogue();
    const { profile, scope } = this.#graph.region;
    return { profile, scope, observe: 'every-step', commands: this.#commands };
  }

  /** Heals the device, unpins every slot, loads every mapped page and ends every process. */
  #addEpilogue(): void {
    for (const command of this.#epilogue) {
      const move = this.#graph.moveOf(this.#id, command, this.#exchanged);
      if (move !== undefined && (ALWAYS.has(command.op) || this.#leadsTo(move) !== this.#id))
        this.#make(move);
    }
  }

  /** The state to which a move is expected to lead. */
  #leadsTo(move: number): number {
    return this.#graph.target[this.#expected[move] ?? 0] ?? 0;
  }

  /** The unfinished state that is nearest to the beginning and was not attempted too often. */
  #nextUnfinished(): number | undefined {
    const { states } = this.#graph;
    while (this.#unfinished < states) {
      const id = this.#unfinished;
      const isDone = (this.#unplanned[id] ?? 0) === 0 || (this.#attempts[id] ?? 0) >= MAX_ATTEMPTS;
      if (!isDone && (id === 0 || (this.#parents[id] ?? NONE) !== NONE)) return id;
      this.#unfinished++;
    }
    return undefined;
  }

  /** The next move of the present state that is due: those that change nothing come first. */
  #chooseMove(): number {
    const id = this.#id;
    let move = this.#first[id] ?? 0;
    while (this.#due[move] === 0) move++;
    this.#first[id] = move;
    return move;
  }

  #make(move: number): void {
    const graph = this.#graph;
    const id = this.#id;
    this.#commands.push(graph.command(move, this.#exchanged));
    if (this.#planned[move] === 0) {
      this.#planned[move] = 1;
      this.#unplanned[id] = (this.#unplanned[id] ?? 0) - 1;
    }
    const due = this.#due[move] ?? 0;
    if (due > 0) {
      this.#due[move] = due - 1;
      this.#dueOf[id] = (this.#dueOf[id] ?? 0) - 1;
    }
    const transition = this.#expected[move] ?? 0;
    this.#id = graph.target[transition] ?? 0;
    if (graph.exchanges[transition] === 1) this.#exchanged = !this.#exchanged;
  }

  #follow(path: readonly number[]): void {
    for (const move of path) this.#make(move);
  }

  #pathFromStart(to: number): readonly number[] {
    const path: number[] = [];
    for (let id = to; id !== 0; id = this.#graph.sourceOf(path.at(-1) ?? 0))
      path.push(this.#parents[id] ?? 0);
    return path.toReversed();
  }

  #pathToUnfinished(): readonly number[] | undefined {
    const { firstMove } = this.#graph;
    const search = ++this.#searches;
    const from = this.#id;
    this.#found[from] = search;
    const queue: number[] = [from];
    const by: number[] = [-1];
    const source: number[] = [-1];
    for (let at = 0; at < queue.length && at < MAX_SEARCHED; at++) {
      const id = queue[at] ?? 0;
      const end = firstMove[id + 1] ?? 0;
      for (let move = firstMove[id] ?? 0; move < end; move++) {
        const to = this.#leadsTo(move);
        if (this.#found[to] === search) continue;
        this.#found[to] = search;
        queue.push(to);
        by.push(move);
        source.push(at);
        if ((this.#unplanned[to] ?? 0) === 0) continue;
        const path: number[] = [];
        for (let place = queue.length - 1; place > 0; place = source[place] ?? 0) path.push(by[place] ?? 0);
        return path.toReversed();
      }
    }
    return undefined;
  }

  /** By state: the last move of a shortest path of expected transitions; −1 for a state without one. */
  #expectedTree(): Int32Array {
    const { states, firstMove } = this.#graph;
    const parents = new Int32Array(states).fill(NONE);
    const queue = [0];
    for (const id of queue) {
      const end = firstMove[id + 1] ?? 0;
      for (let move = firstMove[id] ?? 0; move < end; move++) {
        const to = this.#leadsTo(move);
        if (to === 0 || parents[to] !== NONE) continue;
        parents[to] = move;
        queue.push(to);
      }
    }
    return parents;
  }
}

const MAX_TIMES = 255;
/** Maximum number of passes in which repetitions are planned; the last ones add little. */
const MAX_PASSES = 40;

/**
 * By move, how often the tours make it: once, and again on shortest paths from states that are entered more often than
 * left to states that are left more often than entered.
 */
function timesToMake(graph: TransitionGraph): Uint8Array {
  const { states, moves, firstMove } = graph;
  const times = new Uint8Array(moves).fill(1);
  /** By state: the number of times that it is entered minus the number of times that it is left. */
  const surplus = new Int32Array(states);
  const entering = new Int32Array(states + 1);
  for (let id = 0; id < states; id++) {
    const end = firstMove[id + 1] ?? 0;
    for (let move = firstMove[id] ?? 0; move < end; move++) {
      const to = graph.expected(move);
      if (to === id) continue;
      surplus[to] = (surplus[to] ?? 0) + 1;
      surplus[id] = (surplus[id] ?? 0) - 1;
      entering[to] = (entering[to] ?? 0) + 1;
    }
  }
  // By state, the moves that enter it.
  let sum = 0;
  for (let id = 0; id <= states; id++) {
    sum += entering[id] ?? 0;
    entering[id] = sum;
  }
  const enteringMoves = new Int32Array(sum);
  const sources = new Int32Array(sum);
  for (let id = 0; id < states; id++) {
    const end = firstMove[id + 1] ?? 0;
    for (let move = firstMove[id] ?? 0; move < end; move++) {
      const to = graph.expected(move);
      if (to === id) continue;
      const at = (entering[to] ?? 0) - 1;
      entering[to] = at;
      enteringMoves[at] = move;
      sources[at] = id;
    }
  }
  const next = new Int32Array(states);
  const queue = new Int32Array(states);
  for (let pass = 0; pass < MAX_PASSES; pass++) {
    // Breadth first, against the moves, from all states that are left more often than entered.
    next.fill(-2);
    let count = 0;
    for (let id = 0; id < states; id++) {
      if ((surplus[id] ?? 0) >= 0) continue;
      next[id] = -1;
      queue[count++] = id;
    }
    for (let at = 0; at < count; at++) {
      const id = queue[at] ?? 0;
      const end = entering[id + 1] ?? 0;
      for (let place = entering[id] ?? 0; place < end; place++) {
        const source = sources[place] ?? 0;
        if (next[source] !== -2) continue;
        next[source] = enteringMoves[place] ?? 0;
        queue[count++] = source;
      }
    }
    let isChanged = false;
    for (let at = 0; at < count; at++) {
      const from = queue[at] ?? 0;
      while ((surplus[from] ?? 0) > 0) {
        let to = from;
        while ((next[to] ?? -1) >= 0) to = graph.expected(next[to] ?? 0);
        if ((surplus[to] ?? 0) >= 0) break;
        for (let id = from; id !== to;) {
          const move = next[id] ?? 0;
          times[move] = Math.min(MAX_TIMES, (times[move] ?? 0) + 1);
          id = graph.expected(move);
        }
        surplus[from] = (surplus[from] ?? 0) - 1;
        surplus[to] = (surplus[to] ?? 0) + 1;
        isChanged = true;
      }
    }
    if (!isChanged) break;
  }
  return times;
}
