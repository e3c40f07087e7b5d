import { isOfShould } from '../../spec/judge/verdict.ts';
import type { Case } from '../../spec/vocabulary/case.ts';
import { simplifyArguments } from '../reduce/arguments.ts';
import { deleteCommands } from '../reduce/delete.ts';
import type { Pass } from '../reduce/pass.ts';
import { shrinkScope } from '../reduce/scope.ts';
import type { Target } from '../targets/target.ts';
import { AfterEarlier } from './after-earlier.ts';
import { Examiner, fingerprintOfExamined } from './examiner.ts';

/**
 * The runs that must show what a failure depends on, each on a target just started: with the earlier cases it must fail,
 * without them it must not. The order is irregular, or a failure that shows every second time would fit. One that shows in
 * half of all runs fits less than once in a thousand times, as these runs are made after the search and after the reduction.
 */
const WITH_EARLIER: readonly boolean[] = [true, false, false, true, true, false];

/** How long the search for earlier cases may take, in milliseconds. */
const MAX_SEARCH = 60_000;

/** What makes an earlier case shorter: that its last command fails is no part of it, so the model has no say. */
const PASSES: readonly Pass[] = [deleteCommands, simplifyArguments, shrinkScope];

/** A failure that is looked for after earlier cases, always on a target that was just started. */
export class EarlierCases {
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

  /** Whether it depends on the earlier cases that the case fails, and on nothing else. */
  async isDue(earlier: readonly Case[], testCase: Case): Promise<boolean> {
    for (const isWith of WITH_EARLIER) {
      if ((await this.fails(isWith ? earlier : [], testCase)) !== isWith) return false;
    }
    return true;
  }

  /**
   * The earlier cases after which the case fails each time: the case itself, or the latest of those that came before it, as
   * few as it takes to a power of two; undefined where it fails after none of them, or alone as well.
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

  /** Leaves out each of the earlier cases that is not needed: many at once first, then one by one. */
  async reduceList(all: readonly Case[], testCase: Case): Promise<readonly Case[]> {
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

  /** Makes each of the earlier cases as short as the failure allows. */
  async reduceEach(all: readonly Case[], testCase: Case): Promise<readonly Case[]> {
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
