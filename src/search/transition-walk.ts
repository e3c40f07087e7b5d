import { setImmediate } from 'node:timers/promises';
import { Judge } from '../../spec/judge/judge.ts';
import type { Tally } from '../../spec/judge/tally.ts';
import { judgingOptionsFor } from '../../spec/model/judging-options.ts';
import { State } from '../../spec/model/state.ts';
import { PROFILES } from '../../spec/profiles/profile.ts';
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
  /** Counts the requirements that the moves cover. */
  readonly tally: Tally;
  /** Checked between two batches; true ends the walk. */
  readonly stopped?: () => boolean;
  /** Called between two batches. */
  readonly onProgress?: (() => void) | undefined;
}

/**
 * Makes the moves of a graph on the embedded kernel without repeating any: each one on a copy of the world in its state,
 * because a move that stays in the state may change what no snapshot shows, such as a writable entry in system memory.
 * A world is reached by the shortest path of transitions that the kernel took, which is executed again; that takes less
 * time than keeping the worlds.
 *
 * Each observation is judged. A move that fails is not recorded as made, so a tour makes it again as part of a case.
 */
export async function walkTransitions(options: WalkOptions): Promise<void> {
  const walk = new Walk(options);
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
  /** A planted bug may have state that is not copied to an existing world. */
  readonly #mayReuse: boolean;
  /** The world in the state that is expanded, and in the state from which that was reached; and the copy for a move. */
  #world: EmbeddedWorld;
  #parentWorld: EmbeddedWorld;
  #copy: EmbeddedWorld;
  #parent = 0;
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

  constructor({ coverage, mutation, tally }: WalkOptions) {
    const { graph } = coverage;
    const { scope, profile } = graph.region;
    this.#graph = graph;
    this.#coverage = coverage;
    // A tour makes a move that does not follow a SHOULD, so that there is a case for the report.
    this.#judge = new Judge(scope, judgingOptionsFor(PROFILES[profile], graph.capabilities), tally, {
      strict: true,
    });
    this.#first = openWorld(PROFILES[profile].name, scope, mutation);
    this.#mayReuse = mutation === undefined;
    this.#world = this.#first.clone();
    this.#parentWorld = this.#first.clone();
    this.#copy = this.#first.clone();
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
    this.#enter(id);
    this.#state.cells.set(this.#cells.subarray(id * length, (id + 1) * length));
    const end = graph.firstMove[id + 1] ?? 0;
    for (let move = graph.firstMove[id] ?? 0; move < end; move++) this.#make(id, move);
  }

  /** Makes a move of the state that is expanded. */
  #make(id: number, move: number): void {
    const coverage = this.#coverage;
    const judge = this.#judge;
    const isExchanged = this.#exchanged[id] === 1;
    const command = this.#graph.command(move, isExchanged);
    judge.resume([this.#state]);
    this.#copy = this.#copied(this.#world, this.#copy);
    try {
      const observation = this.#copy.execute(command, true);
      if (judge.judge(0, command, observation).kind !== 'conforms') throw new MoveFailed();
    } catch {
      // A planted bug may throw anything; the tour that makes the move again reports it.
      this.#failures++;
      this.#copy = this.#first.clone();
      return;
    }
    coverage.onCopies++;
    coverage.resume(id, isExchanged);
    coverage.make(move, judge);
    const state = judge.onlyState;
    if (state !== undefined && coverage.id !== undefined) this.#arrive(coverage.id, move, state);
  }

  #arrive(id: number, move: number, state: State): void {
    if (id === 0 || this.#parents[id] !== NONE) return;
    this.#parents[id] = move;
    this.#exchanged[id] = this.#coverage.isExchanged ? 1 : 0;
    this.#cells.set(state.cells, id * state.cells.length);
    this.#reached.push(id);
  }

  /** Brings the world into a state that was reached. States that were reached from the same one follow each other. */
  #enter(id: number): void {
    const graph = this.#graph;
    if (id === 0) return;
    const last = this.#parents[id] ?? 0;
    const parent = graph.sourceOf(last);
    if (parent !== this.#parent) {
      this.#parentWorld = this.#copied(this.#first, this.#parentWorld);
      for (const move of this.#pathTo(parent)) this.#execute(move, this.#parentWorld);
      this.#parent = parent;
    }
    this.#world = this.#copied(this.#parentWorld, this.#world);
    this.#execute(last, this.#world);
    // As after a step with a snapshot: some counts are those since the last one.
    this.#world.snapshot();
  }

  #pathTo(id: number): readonly number[] {
    const path: number[] = [];
    for (let at = id; at !== 0; at = this.#graph.sourceOf(path.at(-1) ?? 0))
      path.push(this.#parents[at] ?? 0);
    return path.toReversed();
  }

  #execute(move: number, world: EmbeddedWorld): void {
    const isExchanged = this.#exchanged[this.#graph.sourceOf(move)] === 1;
    world.execute(this.#graph.command(move, isExchanged));
  }

  /** A copy of a world: another world, which is used again if that is possible. */
  #copied(from: EmbeddedWorld, to: EmbeddedWorld): EmbeddedWorld {
    if (!this.#mayReuse) return from.clone();
    to.copyFrom(from);
    return to;
  }
}

/** The observation of a move is not allowed. */
class MoveFailed extends Error {}
