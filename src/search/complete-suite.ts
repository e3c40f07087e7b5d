import type { Judge } from '../../spec/judge/judge.ts';
import type { Case } from '../../spec/vocabulary/case.ts';
import type { Command } from '../../spec/vocabulary/command.ts';
import type { Scope } from '../../spec/vocabulary/scope.ts';
import type { CasePlan } from './case-plan.ts';
import { ChoiceLearner, type Unresolved, type Word } from './choice-learner.ts';
import { HsiCases } from './hsi-cases.ts';
import { ResolvedMachine } from './resolved-machine.ts';
import { StreamedCases } from './streamed-cases.ts';
import { type SliceWatcher, TransitionCoverage, type TransitionsTaken } from './transition-coverage.ts';
import type { TransitionGraph } from './transition-graph.ts';
import { ValueSymmetry } from './value-symmetry.ts';

/** The number of cases that are still run after the target chose otherwise than expected: they may show more of that. */
const FURTHER_CASES = 1000;

/** How far the suite for a slice has come, and what follows from it. */
export interface Completeness {
  /** The requested number of extra states. */
  readonly extraStates: number;
  /** The states of the target that were found, and those of them that the cases tell apart; undefined before they are known. */
  readonly states?: { readonly of: number; readonly distinguishable: number };
  /** The cases of the suite, without those that learn the choices of the target. */
  readonly cases?: { readonly of: number; readonly run: number };
  /** The largest number of extra states for which every case was run; undefined if there is none. */
  readonly completeFor?: number;
  /** The reason why the choices of the target are not known. */
  readonly unresolved?: Unresolved;
}

/**
 * A complete test suite for a slice by the HSI method (harmonized state identifiers) of testing from finite state
 * machines.
 *
 * First the choices of the target are learned (`ChoiceLearner`). Each case of the suite then goes to a state by a
 * shortest path, executes up to one command more than there may be extra states, and identifies the state that should
 * be reached by words that tell it from all others. If the target chooses otherwise than it was learned to, it is
 * learned further, and the suite begins again. A case depends on the graph, its number, and the earlier choices of the
 * target.
 *
 * If the target is deterministic and has at most `extraStates` states more than the suite tells apart, any difference
 * between it and the machine that was learned shows in one of these cases; and that machine conforms. The cases for fewer
 * extra states come first.
 */
export class CompleteSuite implements CasePlan, SliceWatcher {
  readonly coverage: TransitionCoverage;
  readonly #graph: TransitionGraph;
  readonly #extraStates: number;
  readonly #learner: ChoiceLearner;
  readonly #symmetry: ValueSymmetry;
  readonly #cases = new StreamedCases(() => this.#next());
  /** The words of the cases that are planned. */
  #words: Iterator<Word, undefined> = [][Symbol.iterator]();
  #suite: HsiCases | undefined;
  /** The number of cases planned before those of the suite. */
  #learning = 0;
  #asked: ReadonlySet<string> = new Set();
  /** The node of the suite's machine after the case that is followed, and its commands; undefined if it is not followed. */
  #node: number | undefined;
  #word: number[] = [];
  /** Commands after which the target chose otherwise than the machine, by the last node and command. */
  readonly #deviations = new Map<string, Word>();
  /** The number of cases that are planned after the first deviation. */
  #further = FURTHER_CASES;

  constructor(graph: TransitionGraph, extraStates: number) {
    this.#graph = graph;
    this.coverage = new TransitionCoverage(graph);
    this.#extraStates = extraStates;
    this.#symmetry = new ValueSymmetry(graph);
    this.#learner = new ChoiceLearner(graph, this.#symmetry);
    this.extend();
  }

  /** The number of all cases, once it is known. */
  get size(): number | undefined {
    return this.#suite === undefined ? undefined : this.#learning + this.#suite.size;
  }

  /** The machine that the suite is for, once it is known. */
  get machine(): ResolvedMachine | undefined {
    return this.#suite?.machine;
  }

  has(index: number): boolean {
    return this.#cases.has(index);
  }

  at(index: number): Case {
    return this.#cases.at(index);
  }

  begin(scope: Scope): void {
    this.coverage.begin(scope);
    this.#learner.begin();
    this.#node = this.coverage.id;
    this.#word = [];
  }

  step(command: Command, judge: Judge): void {
    const { coverage } = this;
    coverage.step(command, judge);
    const number = this.#graph.numberOf(command);
    if (this.#node === undefined || number === undefined) {
      this.#node = undefined;
      return;
    }
    const { id, isExchanged } = coverage;
    const shown = id === undefined ? undefined : this.#symmetry.nodeOf(id, isExchanged ? 1 : 0);
    if (this.#suite === undefined) {
      this.#learner.record(number, shown);
      return;
    }
    this.#word.push(number);
    const from = this.#node;
    this.#node = this.#suite.machine.next(from, number);
    if (this.#node === undefined || this.#suite.machine.shownNode(this.#node) === shown) return;
    this.#node = undefined;
    const deviation = `${from} ${number}`;
    if (!this.#deviations.has(deviation)) this.#deviations.set(deviation, [...this.#word]);
  }

  takeNew(): TransitionsTaken {
    return this.coverage.takeNew();
  }

  add(transitions: TransitionsTaken): void {
    this.coverage.add(transitions);
  }

  /** Plans further cases. Returns false if there are none. */
  extend(): boolean {
    const learner = this.#learner;
    if (this.#suite !== undefined) {
      if (this.#deviations.size === 0) return false;
      learner.learnFrom([...this.#deviations.values()]);
      this.#deviations.clear();
      this.#suite = undefined;
    }
    const questions = learner.questions();
    if (learner.unresolved !== undefined) return false;
    if (questions.length === 0) {
      const machine = new ResolvedMachine(this.#symmetry, learner.states);
      this.#further = FURTHER_CASES;
      this.#suite = new HsiCases(machine, this.#extraStates);
      this.#learning = this.#cases.count;
      this.#words = this.#suite.words();
      return true;
    }
    const isAnswered = !questions.some((word) => this.#asked.has(word.join()));
    if (!isAnswered) learner.unresolved = 'not-run';
    this.#asked = new Set(questions.map((word) => word.join()));
    this.#words = [...questions][Symbol.iterator]();
    return isAnswered;
  }

  #next(): Case | undefined {
    if (this.#deviations.size > 0 && this.#further-- <= 0) return undefined;
    const { value: word } = this.#words.next();
    if (word === undefined) return undefined;
    const { region, commands } = this.#graph;
    return {
      profile: region.profile,
      scope: region.scope,
      observe: 'every-step',
      commands: word.flatMap((number) => commands[number] ?? []),
    };
  }

  /** @param run the number of cases that were run: the first ones */
  completeness(run: number): Completeness {
    const extraStates = this.#extraStates;
    const suite = this.#suite;
    if (suite === undefined) return { extraStates, unresolved: this.#learner.unresolved ?? 'not-run' };
    const done = Math.max(0, run - this.#learning);
    const completeFor = suite.ends.findLastIndex((end) => end <= done);
    return {
      extraStates,
      states: suite.states,
      cases: { of: suite.size, run: done },
      ...(completeFor >= 0 && this.#deviations.size === 0 && { completeFor }),
    };
  }
}
