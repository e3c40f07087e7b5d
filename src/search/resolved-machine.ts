import { applyRule } from '../../spec/model/commands.ts';
import { judgingOptionsFor } from '../../spec/model/judging-options.ts';
import { forEachShownState } from '../../spec/model/settle-snapshot.ts';
import { State } from '../../spec/model/state.ts';
import { Step } from '../../spec/model/step.ts';
import { PROFILES } from '../../spec/profiles/profile.ts';
import type { Command } from '../../spec/vocabulary/command.ts';
import type { LearnedState } from './choice-learner.ts';
import type { TransitionGraph } from './transition-graph.ts';
import type { ValueSymmetry } from './value-symmetry.ts';

/** No node, and no output: the command is not admitted. */
const NONE = -1;

/**
 * The specification with its choices resolved as a target resolves them: a deterministic machine.
 *
 * A node of the machine is a learned state with its values as they are: twice the number of the state, plus one if it has
 * the values of the state of the graph exchanged. Nodes are those that are reached from node 0, the beginning of a case.
 */
export class ResolvedMachine {
  readonly graph: TransitionGraph;
  /** In the order of a breadth-first search from the beginning. */
  readonly nodes: readonly number[];
  readonly #learned: readonly LearnedState[];
  /** By node and command: the node to which it leads, and its output; NONE where it is not admitted. */
  readonly #next: Int32Array;
  readonly #output: Int32Array;
  /** By node: the command and the node before it on a shortest path from the beginning. */
  readonly #reachedBy = new Map<number, { readonly from: number; readonly command: number }>();
  readonly #outputs = new Outputs();
  readonly #symmetry: ValueSymmetry;

  constructor(symmetry: ValueSymmetry, learned: readonly LearnedState[]) {
    const { graph } = symmetry;
    this.graph = graph;
    this.#learned = learned;
    this.#symmetry = symmetry;
    const allowed = new AllowedResults(symmetry);
    const { length } = graph.commands;
    this.#next = new Int32Array(2 * learned.length * length).fill(NONE);
    this.#output = new Int32Array(2 * learned.length * length).fill(NONE);
    const nodes = [0];
    for (const node of nodes) {
      const exchanged = node & 1;
      for (const [named, { to: state, exchanges }] of learned[node >> 1]?.next ?? []) {
        const command = exchanged === 1 ? graph.exchangedCommand(named) : named;
        const id = learned[state]?.id ?? 0;
        const to = 2 * state + (symmetry.nodeOf(id, exchanged ^ exchanges) & 1);
        const at = node * length + command;
        this.#next[at] = to;
        const results = allowed.of(this.shownNode(node), command, this.shownNode(to));
        this.#output[at] = this.#outputs.number(results, this.statusOf(to));
        if (to === 0 || this.#reachedBy.has(to)) continue;
        this.#reachedBy.set(to, { from: node, command });
        nodes.push(to);
      }
    }
    this.nodes = nodes;
  }

  get commands(): readonly Command[] {
    return this.graph.commands;
  }

  /** The node of the graph, as numbered by `ValueSymmetry`. */
  shownNode(node: number): number {
    return 2 * (this.#learned[node >> 1]?.id ?? 0) + (node & 1);
  }

  /** The number of the status of a node (`ValueSymmetry`). */
  statusOf(node: number): number {
    return this.#symmetry.statusOf(this.shownNode(node));
  }

  /** The node to which a command leads; undefined where it is not admitted. */
  next(node: number, command: number): number | undefined {
    const to = this.#next[node * this.commands.length + command] ?? NONE;
    return to === NONE ? undefined : to;
  }

  /** Whether the outputs of a command in two nodes that admit it have nothing in common. */
  tellsApart(command: number, one: number, other: number): boolean {
    const { length } = this.commands;
    return this.#outputs.differ(
      this.#output[one * length + command] ?? NONE,
      this.#output[other * length + command] ?? NONE,
    );
  }

  /** Whether a path to a node ends with this command in that node. */
  isOnPath(from: number, command: number): boolean {
    const to = this.next(from, command);
    const by = to === undefined ? undefined : this.#reachedBy.get(to);
    return by?.from === from && by.command === command;
  }

  /** The commands of a shortest path from the beginning to a node, by number. */
  pathTo(node: number): readonly number[] {
    const path: number[] = [];
    for (let by = this.#reachedBy.get(node); by !== undefined; by = this.#reachedBy.get(by.from)) {
      path.push(by.command);
    }
    return path.toReversed();
  }
}

/** The results that the specification allows for commands in nodes of the graph. */
export class AllowedResults {
  readonly #graph: TransitionGraph;
  readonly #symmetry: ValueSymmetry;
  readonly #step: Step;
  readonly #state: State;
  /** The results of commands, by node and command, and then by the node after it. */
  readonly #results = new Map<string, ReadonlyMap<number, readonly string[]>>();

  constructor(symmetry: ValueSymmetry) {
    const { graph } = symmetry;
    const { scope, profile } = graph.region;
    this.#graph = graph;
    this.#symmetry = symmetry;
    this.#step = new Step(scope, judgingOptionsFor(PROFILES[profile], graph.capabilities));
    this.#state = new State(scope);
  }

  /** The results allowed for a command that leads from one node to another. */
  of(from: number, command: number, to: number): readonly string[] {
    const key = `${from} ${command}`;
    let results = this.#results.get(key);
    if (results === undefined) this.#results.set(key, (results = this.#allResults(from, command)));
    return results.get(to) ?? [];
  }

  #allResults(from: number, number: number): ReadonlyMap<number, readonly string[]> {
    const step = this.#step;
    const results = new Map<number, string[]>();
    const command = this.#graph.commands[number];
    if (command === undefined) return results;
    this.#symmetry.restore(from, this.#state);
    step.begin(this.#state, undefined, false);
    do {
      applyRule(step, command);
      if (step.ruledOut) continue;
      const { result, judging, atOnce, faults } = step;
      const calls = !judging.callbacks || atOnce !== undefined ? '' : faults;
      const text = `${JSON.stringify(result)} ${calls}`;
      forEachShownState(step.state, (shown) => {
        const found = this.#graph.find(shown);
        if (found === undefined) return;
        const to = 2 * found.id + (found.exchanged ? 1 : 0);
        const known = results.get(to);
        if (known === undefined) results.set(to, [text]);
        else if (!known.includes(text)) known.push(text);
      });
    } while (step.next(this.#state));
    return results;
  }
}

/** More than the number of outputs of any machine. */
const MAX_OUTPUTS = 2 ** 24;

/** Outputs by number: the allowed results of a command and the status after it. */
class Outputs {
  readonly #numbers = new Map<string, number>();
  readonly #outputs: { readonly results: readonly string[]; readonly status: number }[] = [];
  readonly #differ = new Map<number, boolean>();

  number(results: readonly string[], status: number): number {
    const text = `${status} ${results.toSorted().join('|')}`;
    const known = this.#numbers.get(text);
    if (known !== undefined) return known;
    this.#numbers.set(text, this.#outputs.length);
    return this.#outputs.push({ results, status }) - 1;
  }

  differ(one: number, other: number): boolean {
    if (one === other) return false;
    const pair = one * MAX_OUTPUTS + other;
    const known = this.#differ.get(pair);
    if (known !== undefined) return known;
    const [first, second] = [this.#outputs[one], this.#outputs[other]];
    const differ =
      first?.status !== second?.status ||
      first?.results.every((result) => second?.results.includes(result) !== true) === true;
    this.#differ.set(pair, differ);
    return differ;
  }
}
