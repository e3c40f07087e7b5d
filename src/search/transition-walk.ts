import { setImmediate } from 'node:timers/promises';
import { Judge } from '../../spec/judge/judge.ts';
import { Tally } from '../../spec/judge/tally.ts';
import { judgingOptionsFor } from '../../spec/model/judging-options.ts';
import { State } from '../../spec/model/state.ts';
import { PROFILES } from '../../spec/profiles/profile.ts';
import type { Command } from '../../spec/vocabulary/command.ts';
import type { KernelMutation, EmbeddedWorld } from '../kernel/world.ts';
import { openWorld } from '../targets/embedded.ts';
import type { TransitionCoverage } from './transition-coverage.ts';
import type { TransitionGraph } from './transition-graph.ts';

/** The time between two reports of progress, in milliseconds. */
const BATCH_MS = 50;

/** The number of moves of a graph from which tours would take several times as long. */
export const MANY_MOVES = 500_000;

/** The number of failing moves after which the rest is left to tours: a violation takes far longer to judge. */
const MAX_FAILURES = 100;

/** The place of a move where there is none. */
const NONE = -1;

export interface WalkOptions {
  readonly coverage: TransitionCoverage;
  readonly mutation: KernelMutation | undefined;
  /** Checked between two batches; true ends the walk. */
  readonly stopped?: () => boolean;
  /** Called between two batches. */
  readonly onProgress?: (() => void) | undefined;
}

/**
 * Makes the moves of a graph on the embedded kernel without repeating any: each move that leaves a state is made on a
 * copy of the world in that state. A world is reached by the shortest path of transitions that the kernel took, which
 * is executed again for each state; that takes less time than keeping the worlds.
 *
 * Each observation is judged. A move that fails is not recorded as made, so a tour makes it again as part of a case.
 */
export async function walkTransitions(options: WalkOptions): Promise<void> {
  const walk = new Walk(options.coverage, options.mutation);
  while (walk.expandFor(BATCH_MS)) {
    options.onProgress?.();
    await setImmediate();
    if (options.stopped?.() === true) break;
  }
}

class Walk {
  readonly #graph: TransitionGraph;
  readonly #coverage: TransitionCoverage;
  readonly #judge: Judge;
  /** The world at the beginning of a case. */
  readonly #first: EmbeddedWorld;
  /** By state: the move by which it was first reached; whether its values were exchanged then; its cells in the model. */
  readonly #parents: Int32Array;
  readonly #exchanged: Uint8Array;
  readonly #cells: Int16Array;
  /** The states reached, in this order; the number of them that were expanded. */
  readonly #reached: number[] = [0];
  #expanded = 0;
  /** The state that is expanded, as the judge knows it. */
  readonly #state: State;
  #failures = 0;

  constructor(coverage: TransitionCoverage, mutation: KernelMutation | undefined) {
    const { graph } = coverage;
    const { scope, profile } = graph.region;
    this.#graph = graph;
    this.#coverage = coverage;
    this.#judge = new Judge(scope, judgingOptionsFor(PROFILES[profile], graph.capabilities), new Tally());
    this.#first = openWorld(PROFILES[profile].name, scope, mutation);
    this.#state = new State(scope);
    this.#parents = new Int32Array(graph.states).fill(NONE);
    this.#exchanged = new Uint8Array(graph.states);
    this.#cells = new Int16Array(graph.states * this.#state.cells.length);
    this.#cells.set(this.#state.cells);
  }

  /** Expands states for some time. Returns false when all that were reached are expanded. */
  expandFor(milliseconds: number): boolean {
    const began = performance.now();
    while (this.#failures < MAX_FAILURES) {
      const id = this.#reached[this.#expanded];
      if (id === undefined) return false;
      this.#expanded++;
      this.#expand(id);
      if (performance.now() - began > milliseconds) return true;
    }
    return false;
  }

  #expand(id: number): void {
    const graph = this.#graph;
    const { length } = this.#state.cells;
    let world = this.#worldOf(id);
    this.#state.cells.set(this.#cells.subarray(id * length, (id + 1) * length));
    const isExchanged = this.#exchanged[id] === 1;
    const end = graph.firstMove[id + 1] ?? 0;
    for (let move = graph.firstMove[id] ?? 0; move < end; move++) {
      const command = graph.command(move, isExchanged);
      // A move that can only stay in the state is made on the world itself.
      const only = graph.onlyTransition(move);
      const stays = only !== undefined && graph.target[only] === id && graph.exchanges[only] === 0;
      const after = this.#make(move, stays ? world : world.clone(), command);
      if (!stays) continue;
      if (after === undefined) world = this.#worldOf(id);
      else this.#state.copyFrom(after);
    }
  }

  /** Makes a move on a world in the state that is expanded. Returns the state after it, if it conforms and is known. */
  #make(move: number, world: EmbeddedWorld, command: Command): State | undefined {
    const coverage = this.#coverage;
    const judge = this.#judge;
    judge.resume([this.#state]);
    try {
      const observation = world.execute(command, true);
      if (judge.judge(0, command, observation).kind !== 'conforms') throw new MoveFailed();
    } catch {
      // A planted bug may throw anything; the tour that makes the move again reports it.
      this.#failures++;
      return undefined;
    }
    const from = this.#graph.sourceOf(move);
    coverage.onCopies++;
    coverage.resume(from, this.#exchanged[from] === 1);
    coverage.step(command, judge);
    const state = judge.onlyState;
    const { id } = coverage;
    if (state !== undefined && id !== undefined) this.#arrive(id, move, state);
    return state;
  }

  #arrive(id: number, move: number, state: State): void {
    if (id === 0 || this.#parents[id] !== NONE) return;
    this.#parents[id] = move;
    this.#exchanged[id] = this.#coverage.isExchanged ? 1 : 0;
    this.#cells.set(state.cells, id * state.cells.length);
    this.#reached.push(id);
  }

  /** A world in a state that was reached. */
  #worldOf(id: number): EmbeddedWorld {
    const graph = this.#graph;
    const path: Command[] = [];
    for (let at = id; at !== 0;) {
      const move = this.#parents[at] ?? 0;
      at = graph.sourceOf(move);
      path.push(graph.command(move, this.#exchanged[at] === 1));
    }
    const world = this.#first.clone();
    for (const command of path.toReversed()) world.execute(command);
    // As after a step with a snapshot: some counts are those since the last one.
    world.snapshot();
    return world;
  }
}

/** The observation of a move is not allowed. */
class MoveFailed extends Error {}
