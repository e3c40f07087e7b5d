import { AdmissionIn } from '../../spec/model/reachable.ts';
import { shownStatus } from '../../spec/model/shown-status.ts';
import { State } from '../../spec/model/state.ts';
import { VALUES } from './state-numbers.ts';
import type { TransitionGraph } from './transition-graph.ts';

/**
 * The states of a graph with their values as they are. A _node_ is twice the number of a state, plus one if it has the
 * values of that state exchanged; a state without values is only one node.
 */
export class ValueSymmetry {
  readonly graph: TransitionGraph;
  readonly #state: State;
  /** By state: 1 if it is the same with its values exchanged, 2 if not, 0 if that was not computed. */
  readonly #symmetric: Uint8Array;
  readonly #admission: AdmissionIn;
  readonly #statuses = new Map<string, number>();
  readonly #statusOf = new Map<number, number>();

  constructor(graph: TransitionGraph) {
    this.graph = graph;
    this.#state = new State(graph.region.scope);
    this.#symmetric = new Uint8Array(graph.states);
    this.#admission = new AdmissionIn(graph.region.scope, graph.region.profile);
  }

  /** Sets a state of the model to a node. */
  restore(node: number, to: State): void {
    this.graph.restore(node >> 1, to);
    if ((this.graph.find(to)?.exchanged === true) !== ((node & 1) === 1)) exchangeValues(to);
  }

  /** The node of a state, with its values exchanged or not. */
  nodeOf(id: number, exchanged: number): number {
    return this.#isSymmetric(id) ? 2 * id : 2 * id + exchanged;
  }

  /**
   * The number of the status of a node: the part of its state that a snapshot and the commands sent so far show. Nodes
   * with different statuses are distinguished without a command.
   */
  statusOf(node: number): number {
    const known = this.#statusOf.get(node);
    if (known !== undefined) return known;
    this.restore(node, this.#state);
    const { key } = this.#admission.at(this.#state);
    const text = `${key} ${shownStatus(this.#state, this.graph.capabilities)}`;
    const number = this.#statuses.get(text) ?? this.#statuses.size;
    this.#statuses.set(text, number);
    this.#statusOf.set(node, number);
    return number;
  }

  #isSymmetric(id: number): boolean {
    if (this.#symmetric[id] === 0) {
      const state = this.#state;
      this.graph.restore(id, state);
      const before = this.graph.find(state)?.exchanged;
      exchangeValues(state);
      this.#symmetric[id] = this.graph.find(state)?.exchanged === before ? 1 : 2;
    }
    return this.#symmetric[id] === 1;
  }
}

/** Exchanges the values that the stores of a slice write. */
function exchangeValues(state: State): void {
  const [one, two] = VALUES;
  for (const cells of [state.value, state.common]) {
    for (const [at, value] of cells.entries()) {
      if (value === one) cells[at] = two;
      else if (value === two) cells[at] = one;
    }
  }
}
