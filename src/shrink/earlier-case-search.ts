import { isOfShould } from '../../spec/judge/verdict.ts';
import type { Case } from '../../spec/vocabulary/case.ts';
import { simplifyArguments } from './passes/simplify-arguments.ts';
import { deleteCommands } from './passes/delete.ts';
import type { Pass } from './pass.ts';
import { shrinkScope } from './passes/merge-names.ts';
import type { Target } from '../targets/target.ts';
import { AfterEarlier } from '../targets/earlier-cases.ts';
import { Examiner, fingerprintOfExamined } from '../examine/examiner.ts';

/**
 * The runs that establish the dependence on earlier cases, each on a fresh target: with the earlier cases the case must
 * fail, without them it must pass. The order is irregular, so that a failure in every second run does not fit. A
 * failure in half of all runs fits with a probability below 1/1000, because these runs are made after the search and
 * again after shrinking.
 */
const WITH_EARLIER: readonly boolean[] = [true, false, false, true, true, false];

/** Time limit of the search for earlier cases, in milliseconds. */
const MAX_SEARCH = 60_000;

/**
 * Passes that shrink an earlier case. The model is not asked, because it is not the last command of that case that
 * fails.
 */
const PASSES: readonly Pass[] = [deleteCommands, simplifyArguments, shrinkScope];

/** Searches for the earlier cases on which a failure depends. Every run is made on a fresh target. */
export class EarlierCaseSearch {
  readonly #target: Target;
  readonly #fingerprint: string;
  readonly #stopped: () => boolean;
  readonly #onAsk: (() => Promise<void>) | undefined;

  constructor(
    target: Target,
    fingerprint: string,
    stopped: () => boolean,
    onAsk: (() => Promise<void>) | undefined,
  ) {
    this.#target = target;
    this.#fingerprint = fingerprint;
    this.#stopped = stopped;
    this.#onAsk = onAsk;
  }

  async fails(earlier: readonly Case[], testCase: Case): Promise<boolean> {
    await this.#onAsk?.();
    const examiner = new Examiner(new AfterEarlier(this.#target, earlier), testCase.profile, {
      strict: isOfShould(this.#fingerprint),
    });
    return fingerprintOfExamined(await examiner.examine(testCase)) === this.#fingerprint;
  }

  /** Whether the failure depends on the earlier cases and on nothing else. */
  async isDue(earlier: readonly Case[], testCase: Case): Promise<boolean> {
    for (const isWith of WITH_EARLIER) {
      if ((await this.fails(isWith ? earlier : [], testCase)) !== isWith) return false;
    }
    return true;
  }

  /**
   * The earlier cases after which the case always fails: the case itself, or the latest 1, 2, 4 … cases before it.
   * Undefined if it fails after none of them, or fails alone.
   */
  async find(testCase: Case, history: readonly Case[]): Promise<readonly Case[] | undefined> {
    const began = performance.now();
    const stopped = (): boolean => this.#stopped() || performance.now() - began > MAX_SEARCH;
    for (const earlier of candidates(testCase, history)) {
      if (stopped()) return undefined;
      if (await this.fails(earlier, testCase)) {
        return (await this.isDue(earlier, testCase)) ? earlier : undefined;
      }
    }
    return undefined;
  }

  /** Removes unnecessary earlier cases: large blocks first, then single ones. */
  async shrinkList(all: readonly Case[], testCase: Case): Promise<readonly Case[]> {
    let earlier = all;
    for (let size = all.length >> 1; size >= 1; size >>= 1) {
      for (let end = earlier.length; end > 0 && earlier.length > 1; end -= size) {
        if (this.#stopped()) return earlier;
        const rest = earlier.toSpliced(Math.max(0, end - size), Math.min(size, end));
        if (await this.fails(rest, testCase)) earlier = rest;
      }
    }
    return earlier;
  }

  /** Shrinks each earlier case as far as the failure allows. */
  async shrinkEach(all: readonly Case[], testCase: Case): Promise<readonly Case[]> {
    let earlier = all;
    for (const at of all.keys()) {
      for (const pass of PASSES) {
        const one = earlier[at];
        if (one === undefined) break;
        const smaller = await this.#passed(pass, one, (candidate) =>
          this.fails(earlier.with(at, candidate), testCase),
        );
        earlier = earlier.with(at, smaller);
      }
    }
    return earlier;
  }

  async #passed(pass: Pass, testCase: Case, fails: (smaller: Case) => Promise<boolean>): Promise<Case> {
    const proposals = pass(testCase);
    let next = proposals.next();
    while (next.done !== true) next = proposals.next(!this.#stopped() && (await fails(next.value)));
    return next.value;
  }
}

function* candidates(testCase: Case, history: readonly Case[]): Generator<readonly Case[]> {
  yield [testCase];
  for (let length = 1; ; length *= 2) {
    if (history.length > 0) yield history.slice(-length);
    if (length >= history.length) return;
  }
}
