import type { Word } from './choice-learner.ts';
import type { ResolvedMachine } from './resolved-machine.ts';
import { StateIdentifiers } from './state-identifiers.ts';

/** The cases of a complete suite for one machine (`CompleteSuite`), as words. */
export class HsiCases {
  readonly machine: ResolvedMachine;
  readonly states: { readonly of: number; readonly distinguishable: number };
  /** By number of extra states: the number of cases up to the last one for it. */
  readonly ends: readonly number[];
  readonly #identifiers: StateIdentifiers;
  readonly #extraStates: number;
  /** A node of each state: the first one that a shortest path reaches. */
  readonly #cover: ReadonlySet<number>;

  constructor(machine: ResolvedMachine, extraStates: number) {
    this.machine = machine;
    this.#identifiers = new StateIdentifiers(machine);
    const first = new Map<number, number>();
    for (const node of machine.nodes) if (!first.has(node >> 1)) first.set(node >> 1, node);
    this.#cover = new Set(first.values());
    this.states = { of: first.size, distinguishable: this.#identifiers.distinguishable };
    this.ends = this.#countUpTo(extraStates);
    this.#extraStates = extraStates;
  }

  get size(): number {
    return this.ends.at(-1) ?? 0;
  }

  /** All cases as words. Those for fewer extra states come first. */
  *words(): Generator<Word, undefined> {
    for (let extra = 0; extra <= this.#extraStates; extra++) {
      for (const node of this.#cover) {
        const path = this.machine.pathTo(node);
        if (extra === 0) yield* this.#identified(node, path);
        for (const { command, to } of this.#leaving(node)) {
          yield* this.#continued(to, [...path, command], extra);
        }
      }
    }
    return undefined;
  }

  /** A word, continued by each sequence of some commands, and an identifier. */
  *#continued(node: number, word: Word, left: number): Generator<Word, undefined> {
    if (left === 0) return yield* this.#identified(node, word);
    for (const { command, to } of this.#successors(node)) {
      yield* this.#continued(to, [...word, command], left - 1);
    }
    return undefined;
  }

  *#identified(node: number, word: Word): Generator<Word, undefined> {
    const identifiers = this.#identifiers.of(node);
    if (identifiers.length === 0) yield word;
    for (const identifier of identifiers) yield [...word, ...identifier];
    return undefined;
  }

  *#successors(node: number): Generator<{ readonly command: number; readonly to: number }> {
    for (const command of this.machine.commands.keys()) {
      const to = this.machine.next(node, command);
      if (to !== undefined) yield { command, to };
    }
  }

  /** The commands by which a path leaves the cover: other words are those of the next node on their path. */
  *#leaving(node: number): Generator<{ readonly command: number; readonly to: number }> {
    for (const one of this.#successors(node)) {
      if (!this.#cover.has(one.to) || !this.machine.isOnPath(node, one.command)) yield one;
    }
  }

  #countUpTo(extraStates: number): readonly number[] {
    const { nodes } = this.machine;
    /** By node: the number of words that continue it by a number of commands. */
    let counts = new Map(nodes.map((node) => [node, Math.max(1, this.#identifiers.of(node).length)]));
    const sum = (all: Iterable<{ readonly to: number }>): number => {
      let total = 0;
      for (const { to } of all) total += counts.get(to) ?? 0;
      return total;
    };
    const ends: number[] = [];
    let end = [...this.#cover].reduce((total, node) => total + (counts.get(node) ?? 0), 0);
    for (let extra = 0; extra <= extraStates; extra++) {
      for (const node of this.#cover) end += sum(this.#leaving(node));
      ends.push(end);
      counts = new Map(nodes.map((node) => [node, sum(this.#successors(node))]));
    }
    return ends;
  }
}
