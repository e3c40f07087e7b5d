import type { TransitionGraph } from './transition-graph.ts';
import type { ValueSymmetry } from './value-symmetry.ts';

/** Commands of a graph by number, which are executed one after the other. */
export type Word = readonly number[];

/** The reason why the choices of a target are not known as those of a deterministic machine. */
export type Unresolved =
  /** Some cases have no result, because they fail or the run ended. */
  | 'not-run'
  /** The observations do not show the state of the target. */
  | 'unclear'
  /** The target chose differently after the same commands. */
  | 'random'
  /** The choices depend on more hidden states than `MAX_HIDDEN` for each state of the specification. */
  | 'too-many';

const MAX_HIDDEN = 16;

const NOT_RUN = -1;
const UNCLEAR = -2;

/** The result of a word: the node to which it leads, and the results of longer words. */
class Result {
  node = NOT_RUN;
  readonly #longer = new Map<number, Result>();

  /** The result of this word with one more command. */
  after(command: number): Result {
    let longer = this.#longer.get(command);
    if (longer === undefined) this.#longer.set(command, (longer = new Result()));
    return longer;
  }

  /** The same, if it was asked for. */
  askedAfter(command: number): Result | undefined {
    return this.#longer.get(command);
  }
}

/** A state of the target: a state of the specification, and the choices that the target makes from there. */
export interface LearnedState {
  /** The state of the graph. */
  readonly id: number;
  /** The commands that first reached it, and whether they exchange its values. */
  readonly word: Word;
  readonly exchanged: number;
  /** By command, in the names of the state: the state to which it leads, and whether it exchanges values. */
  readonly next: ReadonlyMap<number, { readonly to: number; readonly exchanges: number }>;
}

/** A learned state whose commands are still being resolved. */
interface Learning extends LearnedState {
  readonly next: Map<number, { readonly to: number; readonly exchanges: number }>;
}

/**
 * Learns the choices of a target: where the specification allows several transitions, the one that the target takes may
 * depend on a state that no snapshot shows, such as the writable bit of an entry in system memory.
 *
 * Two words lead to the same state of the target if they lead to the same state of the specification and the target
 * makes the same choices after some suffixes. At first these are the single commands that have several transitions; a
 * case in which the target chooses otherwise than expected gives another suffix (Angluin's learning of automata, with
 * the counterexamples of Rivest and Schapire). States that differ only in their values are learned once.
 */
export class ChoiceLearner {
  readonly states: Learning[] = [];
  unresolved: Unresolved | undefined;
  readonly #graph: TransitionGraph;
  readonly #symmetry: ValueSymmetry;
  readonly #results = new Result();
  /** By state of the graph: the commands with several transitions. */
  readonly #free = new Map<number, readonly Word[]>();
  /** By status: the suffixes from counterexamples, in the names of the state. */
  readonly #suffixes = new Map<number, Word[]>();
  readonly #byKey = new Map<string, number>();
  /** Words at whose end the target chose otherwise than the learned states do. */
  #counterexamples: readonly Word[] = [];
  /** The word of the case that is followed. */
  #followed: Result | undefined = this.#results;

  constructor(graph: TransitionGraph, symmetry: ValueSymmetry) {
    this.#graph = graph;
    this.#symmetry = symmetry;
    this.#results.node = 0;
  }

  /** Follows a case from its beginning. */
  begin(): void {
    this.#followed = this.#results;
  }

  /** Records the node to which a command has led, if it was asked for; undefined if it is not known. */
  record(command: number, node: number | undefined): void {
    const result = this.#followed?.askedAfter(command);
    this.#followed = result;
    if (result === undefined) return;
    const found = node ?? UNCLEAR;
    if (result.node !== NOT_RUN && result.node !== found) this.unresolved ??= 'random';
    result.node = found;
  }

  /** Learns from words at whose end the target chose otherwise than the learned states do. */
  learnFrom(words: readonly Word[]): void {
    this.#counterexamples = words;
  }

  /** The words that are to be run next; none if everything is known. */
  questions(): readonly Word[] {
    if (this.#counterexamples.length > 0) {
      const explained = this.#counterexamples.map((word) => this.#explain(word));
      const asked = explained.flatMap((one) => one.asked);
      if (asked.length > 0) return asked;
      for (const { suffix } of explained) if (suffix !== undefined) this.#addSuffix(suffix.id, suffix.rest);
      this.#counterexamples = [];
      this.states.length = 0;
      this.#byKey.clear();
    }
    const asked: Word[] = [];
    if (this.states.length === 0) {
      const key = this.#keyOf(this.#results, [], asked);
      if (key !== undefined) this.#add([], 0, key);
    }
    for (const state of this.states) {
      this.#resolve(state, asked);
      if (this.states.length > MAX_HIDDEN * this.#graph.states) this.unresolved ??= 'too-many';
      if (this.unresolved !== undefined) return [];
    }
    return asked;
  }

  #add(word: Word, node: number, key: string): number {
    const number = this.states.push({ id: node >> 1, word, exchanged: node & 1, next: new Map() }) - 1;
    this.#byKey.set(key, number);
    return number;
  }

  #resolve(state: Learning, asked: Word[]): void {
    const graph = this.#graph;
    const result = this.#resultOf(state.word);
    const end = graph.firstMove[state.id + 1] ?? 0;
    for (let move = graph.firstMove[state.id] ?? 0; move < end; move++) {
      const named = graph.commandOf[move] ?? 0;
      if (state.next.has(named)) continue;
      const command = this.#exchangedIf(named, state.exchanged);
      const word = [...state.word, command];
      const after = result.after(command);
      const key = this.#isKnown(after, word, asked) ? this.#keyOf(after, word, asked) : undefined;
      if (key === undefined) continue;
      const to = this.#byKey.get(key) ?? this.#add(word, after.node, key);
      const exchanges = this.#symmetry.nodeOf(after.node >> 1, (after.node & 1) ^ state.exchanged) & 1;
      state.next.set(named, { to, exchanges });
    }
  }

  #isKnown({ node }: Result, word: Word, asked: Word[]): boolean {
    if (node === NOT_RUN) asked.push(word);
    if (node === UNCLEAR) this.unresolved ??= 'unclear';
    return node >= 0;
  }

  /** The state of the specification after a word, and the choices from there; undefined if they are not known yet. */
  #keyOf(result: Result, word: Word, asked: Word[]): string | undefined {
    const { node } = result;
    let key: string | undefined = `${node >> 1} `;
    for (const suffix of this.#suffixesOf(node >> 1)) {
      const commands = suffix.map((command) => this.#exchangedIf(command, node & 1));
      let after = result;
      const nodes: number[] = [];
      for (const command of commands) {
        after = after.after(command);
        nodes.push(this.#named(after.node, node & 1));
      }
      if (!this.#isKnown(after, [...word, ...commands], asked)) key = undefined;
      else if (key !== undefined) key += `${nodes.join()};`;
    }
    return key;
  }

  /** A node in the names of a state whose values are exchanged or not. */
  #named(node: number, exchanged: number): number {
    return node < 0 ? node : this.#symmetry.nodeOf(node >> 1, (node & 1) ^ exchanged);
  }

  #exchangedIf(command: number, exchanged: number): number {
    return exchanged === 1 ? this.#graph.exchangedCommand(command) : command;
  }

  /** The suffixes after which choices are compared, in the names of the state. */
  #suffixesOf(id: number): readonly Word[] {
    let free = this.#free.get(id);
    if (free === undefined) {
      const graph = this.#graph;
      const moves = Array.from(
        { length: (graph.firstMove[id + 1] ?? 0) - (graph.firstMove[id] ?? 0) },
        (_, at) => (graph.firstMove[id] ?? 0) + at,
      );
      free = moves
        .filter((move) => graph.onlyTransition(move) === undefined)
        .map((move) => [graph.commandOf[move] ?? 0]);
      this.#free.set(id, free);
    }
    return [...free, ...(this.#suffixes.get(this.#symmetry.statusOf(2 * id)) ?? [])];
  }

  /** Adds a suffix for a state. It is compared in all states with its status, where it is likely to matter as well. */
  #addSuffix(id: number, suffix: Word): void {
    const status = this.#symmetry.statusOf(2 * id);
    const known = this.#suffixes.get(status) ?? [];
    if (known.some((one) => one.join() === suffix.join())) return;
    this.#suffixes.set(status, [...known, suffix]);
  }

  #resultOf(word: Word): Result {
    return word.reduce((result, command) => result.after(command), this.#results);
  }

  /**
   * Replaces ever longer beginnings of a counterexample by the words that first reached the learned states after them.
   * Between the last replacement after which the target still chooses as in the counterexample and the next one, two
   * words were taken for the same state that the rest of the counterexample tells apart: it becomes a suffix.
   *
   * @returns the words that are to be run first, or the suffix
   */
  #explain(counterexample: Word): { readonly asked: readonly Word[]; readonly suffix: Suffix | undefined } {
    const asked: Word[] = [];
    const chosen: number[] = [];
    const suffixes: Suffix[] = [];
    let at = 0;
    let exchanged = 0;
    for (const [index, command] of counterexample.entries()) {
      const state = this.states[at];
      const step = state?.next.get(this.#exchangedIf(command, exchanged));
      if (state === undefined || step === undefined) break;
      const rest = counterexample.slice(index).map((one) => this.#exchangedIf(one, exchanged));
      suffixes.push({ id: state.id, rest });
      const word = [...state.word, ...rest.map((one) => this.#exchangedIf(one, state.exchanged))];
      const result = this.#resultOf(word);
      if (this.#isKnown(result, word, asked)) {
        chosen.push(this.#named(result.node, state.exchanged ^ exchanged));
      }
      ({ to: at } = step);
      exchanged = this.#symmetry.nodeOf(this.states[at]?.id ?? 0, exchanged ^ step.exchanges) & 1;
    }
    if (asked.length > 0) return { asked, suffix: undefined };
    const suffix = suffixes[chosen.findIndex((node) => node !== chosen[0])];
    // The target did not choose as before when the same commands were repeated.
    if (suffix === undefined) this.unresolved ??= 'random';
    return { asked, suffix };
  }
}

/** Commands after which the choices of a target are compared, in the names of a state. */
interface Suffix {
  readonly id: number;
  readonly rest: Word;
}
