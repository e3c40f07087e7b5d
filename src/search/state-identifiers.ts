import type { Word } from './choice-learner.ts';
import type { ResolvedMachine } from './resolved-machine.ts';

/** The longest word that is tried, and the number of unfinished words that are kept of each length. */
const MAX_LENGTH = 8;
const MAX_UNFINISHED = 8;

/** Two members of a group, by their places in it. */
interface Pair {
  readonly one: number;
  readonly other: number;
}

/** A word, the nodes to which it leads from the members of a group, and the pairs that it does not tell apart. */
interface Tried {
  readonly word: Word;
  readonly nodes: readonly number[];
  readonly left: readonly Pair[];
}

/**
 * Harmonized state identifiers: for each node of a machine some words, so that any two nodes with the same status that
 * can be told apart have a common word, or beginning of a word, that tells them apart. Nodes with different statuses
 * need none.
 *
 * The words of a node and of the node with its values exchanged are the same but for the values. So the identifiers
 * also tell a node from the nodes of an implementation that has other values in the same places.
 */
export class StateIdentifiers {
  readonly #machine: ResolvedMachine;
  readonly #words = new Map<number, readonly Word[]>();
  /** The number of a class of nodes that no word tells apart, by node. */
  readonly #class = new Map<number, number>();

  constructor(machine: ResolvedMachine) {
    this.#machine = machine;
    const groups = new Map<number, number[]>();
    for (const node of machine.nodes) {
      const status = machine.statusOf(node);
      const group = groups.get(status);
      if (group === undefined) groups.set(status, [node]);
      else group.push(node);
    }
    for (const group of groups.values()) this.#identify(group);
  }

  /** The words that identify a node; none if its status does. */
  of(node: number): readonly Word[] {
    return this.#words.get(node) ?? [];
  }

  /** Whether some word tells two nodes apart, or their status does. */
  areDistinguishable(one: number, other: number): boolean {
    return this.#class.get(one) !== this.#class.get(other);
  }

  /** The number of states that can be told apart, where states that differ only in their values count once. */
  get distinguishable(): number {
    const classes = new Map<number, number>();
    for (const node of this.#machine.nodes) {
      const number = this.#class.get(node) ?? node;
      const mirrored = this.#class.get(node ^ 1);
      classes.set(Math.min(number, mirrored ?? number), number);
    }
    return classes.size;
  }

  #identify(group: readonly number[]): void {
    const pairs: Pair[] = [];
    for (let one = 0; one < group.length; one++) {
      this.#class.set(group[one] ?? 0, group[one] ?? 0);
      for (let other = 0; other < one; other++) pairs.push({ one, other });
    }
    const { words, equal } = this.#separate(group, pairs);
    for (const { one, other } of equal) this.#merge(group[one] ?? 0, group[other] ?? 0, group);
    const lengths = this.#neededLengths(group, pairs, words);
    for (const [at, node] of group.entries()) {
      const needed = words.map((word, number) => word.slice(0, lengths[at]?.[number] ?? 0));
      this.#words.set(node, withoutBeginnings(needed.filter(({ length }) => length > 0)));
    }
  }

  #merge(one: number, other: number, group: readonly number[]): void {
    const [kept, merged] = [this.#class.get(one) ?? one, this.#class.get(other) ?? other];
    for (const node of group) if (this.#class.get(node) === merged) this.#class.set(node, kept);
  }

  /** Words that together tell all pairs apart, except those that no word does. */
  #separate(
    group: readonly number[],
    pairs: readonly Pair[],
  ): { readonly words: readonly Word[]; readonly equal: readonly Pair[] } {
    const words: Word[] = [];
    const equal: Pair[] = [];
    let left = pairs;
    const add = (word: Word): void => {
      const mirrored = word.map((command) => this.#machine.graph.exchangedCommand(command));
      const isOwnMirror = mirrored.every((command, at) => command === word[at]);
      for (const one of isOwnMirror ? [word] : [word, mirrored]) {
        words.push(one);
        left = left.filter((pair) => this.#separatedAt(group, pair, one) === undefined);
      }
    };
    while (left.length > 0) {
      const word = this.#bestWord(group, left);
      if (word !== undefined) {
        add(word);
        continue;
      }
      // Stores of values may tell apart what other commands do not; few pairs need them.
      const [pair] = left;
      if (pair === undefined) break;
      const shortest = this.#shortestWord(group[pair.one] ?? 0, group[pair.other] ?? 0);
      if (shortest === undefined) {
        equal.push(pair);
        left = left.slice(1);
      } else {
        add(shortest);
      }
    }
    return { words, equal };
  }

  /** A word without values that tells many pairs apart; undefined if none was found that tells any. */
  #bestWord(group: readonly number[], pairs: readonly Pair[]): Word | undefined {
    let best: Tried = { word: [], nodes: group, left: pairs };
    let unfinished: readonly Tried[] = [best];
    const seen = new Set<string>();
    for (let length = 1; length <= MAX_LENGTH && best.left.length > 0; length++) {
      const longer: Tried[] = [];
      for (const tried of unfinished) {
        for (const extended of this.#extensions(tried)) {
          const key = `${extended.nodes.join()} ${extended.left.length}`;
          if (seen.has(key)) continue;
          seen.add(key);
          longer.push(extended);
        }
      }
      unfinished = longer
        .toSorted((one, other) => one.left.length - other.left.length)
        .slice(0, MAX_UNFINISHED);
      const [first] = unfinished;
      if (first === undefined) break;
      if (first.left.length < best.left.length) best = first;
    }
    return best.word.length === 0 ? undefined : best.word;
  }

  *#extensions({ word, nodes, left }: Tried): Generator<Tried> {
    const machine = this.#machine;
    for (const command of machine.commands.keys()) {
      if (machine.graph.exchangedCommand(command) !== command) continue;
      const after: number[] = [];
      for (const node of nodes) {
        const to = machine.next(node, command);
        if (to === undefined) break;
        after.push(to);
      }
      if (after.length < nodes.length) continue;
      yield {
        word: [...word, command],
        nodes: after,
        left: left.filter(
          ({ one, other }) => !machine.tellsApart(command, nodes[one] ?? 0, nodes[other] ?? 0),
        ),
      };
    }
  }

  /** The shortest word that tells two nodes apart; undefined if there is none. */
  #shortestWord(one: number, other: number): Word | undefined {
    const machine = this.#machine;
    const seen = new Set<string>([`${one} ${other}`]);
    const queue: { readonly one: number; readonly other: number; readonly word: Word }[] = [
      { one, other, word: [] },
    ];
    for (const at of queue) {
      for (const command of machine.commands.keys()) {
        const [first, second] = [machine.next(at.one, command), machine.next(at.other, command)];
        if (first === undefined || second === undefined) continue;
        if (machine.tellsApart(command, at.one, at.other)) return [...at.word, command];
        const key = `${first} ${second}`;
        if (first === second || seen.has(key)) continue;
        seen.add(key);
        queue.push({ one: first, other: second, word: [...at.word, command] });
      }
    }
    return undefined;
  }

  /** The length of the beginning of a word that tells a pair apart; undefined if the word does not. */
  #separatedAt(group: readonly number[], pair: Pair, word: Word): number | undefined {
    const machine = this.#machine;
    let one = group[pair.one] ?? 0;
    let other = group[pair.other] ?? 0;
    for (const [at, command] of word.entries()) {
      const [first, second] = [machine.next(one, command), machine.next(other, command)];
      if (first === undefined || second === undefined) return undefined;
      if (machine.tellsApart(command, one, other)) return at + 1;
      [one, other] = [first, second];
    }
    return undefined;
  }

  /** By member of a group and word: the length of the beginning of the word that its pairs need. */
  #neededLengths(
    group: readonly number[],
    pairs: readonly Pair[],
    words: readonly Word[],
  ): readonly (readonly number[])[] {
    const lengths = group.map(() => words.map(() => 0));
    for (const pair of pairs) {
      for (const [number, word] of words.entries()) {
        const length = this.#separatedAt(group, pair, word);
        if (length === undefined) continue;
        for (const member of [pair.one, pair.other]) {
          for (const needed of this.#mirrors(words, number)) {
            const of = lengths[member];
            if (of !== undefined) of[needed] = Math.max(of[needed] ?? 0, length);
          }
        }
        break;
      }
    }
    return lengths;
  }

  /** A word and the one that is its mirror: both are needed if one is. */
  #mirrors(words: readonly Word[], number: number): readonly number[] {
    const mirrored = words[number]?.map((command) => this.#machine.graph.exchangedCommand(command)).join();
    return words.flatMap((word, at) => (at === number || word.join() === mirrored ? [at] : []));
  }
}

/** The words that are not the beginning of another one. */
const withoutBeginnings = (words: readonly Word[]): readonly Word[] =>
  words.filter(
    (word, at) =>
      !words.some(
        (other, place) =>
          place !== at &&
          (other.length > word.length || (other.length === word.length && place < at)) &&
          word.every((command, index) => other[index] === command),
      ),
  );
