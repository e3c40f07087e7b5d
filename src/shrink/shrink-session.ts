import { isOfShould } from '../../spec/judge/verdict.ts';
import type { Case } from '../../spec/vocabulary/case.ts';
import type { Target, TargetFailure } from '../targets/target.ts';
import { type Examined, Examiner, fingerprintOfExamined, isFinding } from '../examine/examiner.ts';
import type { Rate } from '../examine/repetition.ts';

/** Target duration of a shrink session, and its maximum for slow targets, in milliseconds. */
const AIM = 30_000;
const LONGEST = 120_000;
const MIN_ASKS = 500;
const MAX_RUNS_OF_SESSION = 100_000;

/**
 * Limits for shrinking one failure, by the cost of a case: half a minute, or up to two minutes if half a minute does
 * not suffice for the minimum number of candidates.
 */
export function shrinkBudget(cost: number): { readonly asks: number; readonly milliseconds: number } {
  const asks = Math.round(Math.min(MAX_RUNS_OF_SESSION, Math.max(MIN_ASKS, AIM / cost)));
  return { asks, milliseconds: Math.min(LONGEST, Math.max(AIM, asks * cost)) };
}

/** Number of timed runs of a case, and their time limit in milliseconds. */
const TIMINGS = 3;
const TIMING = 1000;
/** Time beyond the budget for the final measurement of a flaky failure, in milliseconds. */
const LAST_LOOK = 10_000;

/**
 * A case that takes longer than this, in milliseconds, is expensive: a run of one minute has time for a few hundred.
 */
export const EXPENSIVE = 200;

/** Limits of a shrink session, and its listeners. */
export interface ShrinkBudget {
  readonly asks: number;
  readonly milliseconds: number;
  /** Whether the measured cost of a case determines the limits, up to those above. */
  readonly byCost?: boolean;
  /** Cost of one run of the case, in milliseconds; undefined if it is to be measured. */
  readonly cost?: number | undefined;
  /** Time limit for an expensive case, in milliseconds. */
  readonly share?: number | undefined;
  readonly signal: AbortSignal | undefined;
  /** Called before each candidate, so that a long session can report progress and be stopped. */
  readonly onAsk: (() => Promise<void>) | undefined;
  /** Whether a second run of the case failed again; undefined if not tried. */
  readonly confirmed?: boolean | undefined;
  /** Whether the case failed on a fresh target; undefined if not tried. */
  readonly afresh?: boolean | undefined;
  /** The cases that the target had run since its start when the failure was found. */
  readonly earlier?: readonly Case[];
  /** Receives malformed replies, which are neither the failure goal nor ignored. */
  readonly onProtocolError?: (failure: TargetFailure) => void;
  /** Receives candidates that fail with another fingerprint. */
  readonly onOtherFailure?: (testCase: Case, examined: Examined) => void;
}

/**
 * When a session restarts its target before a candidate:
 *
 * - `never`: by default, because most targets keep no state between cases and a start may take seconds
 * - `after-failure`: if a case has failed since the start, because a failure may leave state in the target. A candidate
 *   that fails after others have passed is run again on a fresh target, whose result counts.
 * - `always`: because cases that pass leave state, too
 */
type Restarts = 'never' | 'after-failure' | 'always';

/** A shrink session: runs candidates on a target with one failure goal and within a budget. */
export class ShrinkSession {
  readonly #target: Target;
  readonly #examiner: Examiner;
  readonly #budget: ShrinkBudget;
  readonly #began = performance.now();
  #limits: { readonly asks: number; readonly milliseconds: number };
  /** The failure goal. */
  fingerprint: string;
  restarts: Restarts = 'never';
  /** The results of the cases that the target has run since its start, as far as known. */
  #sinceStart: 'none' | 'passed' | 'failed' = 'failed';

  constructor(target: Target, found: Case, budget: ShrinkBudget, fingerprint: string) {
    this.#target = target;
    // A SHOULD that is not followed is a violation only for a strict examiner.
    this.#examiner = new Examiner(target, found.profile, { strict: isOfShould(fingerprint) });
    this.#budget = budget;
    this.#limits = budget;
    this.fingerprint = fingerprint;
  }

  /** Runs a candidate, and reports a failure with another fingerprint. */
  readonly ask = async (testCase: Case): Promise<Examined> => {
    const examined = await this.look(testCase);
    const fingerprint = fingerprintOfExamined(examined);
    if (fingerprint !== undefined && fingerprint !== this.fingerprint) {
      this.#budget.onOtherFailure?.(testCase, examined);
    }
    return examined;
  };

  /** Restarts the target, so that the next case runs on a fresh target. */
  readonly restart = async (): Promise<void> => {
    await this.#target.restart?.();
    this.#sinceStart = 'none';
  };

  /** As `ask`, on a fresh target. */
  readonly askAfresh = async (testCase: Case): Promise<Examined> => {
    await this.restart();
    return this.ask(testCase);
  };

  /** Runs a case without reporting other fingerprints. */
  readonly look = async (testCase: Case): Promise<Examined> => {
    if (this.restarts === 'never') return this.#examine(testCase);
    if (this.restarts === 'always' || this.#sinceStart === 'failed') await this.restart();
    const isFresh = this.#sinceStart === 'none';
    const examined = await this.#examine(testCase);
    if (isFresh || this.#sinceStart === 'passed') return examined;
    await this.restart();
    return this.#examine(testCase);
  };

  /**
   * Whether the passing candidates since the start have not changed the target: a case that fails on a fresh target
   * fails after them, too. If it does not, the target is restarted before each candidate from now on.
   */
  async isUnchanged(failing: Case): Promise<boolean> {
    if (this.restarts !== 'after-failure' || this.#sinceStart !== 'passed') return true;
    if (this.fails(await this.#examine(failing)) || this.isAborted) return true;
    this.restarts = 'always';
    return false;
  }

  async #examine(testCase: Case): Promise<Examined> {
    await this.#budget.onAsk?.();
    const examined = await this.#examiner.examine(testCase);
    if (fingerprintOfExamined(examined) !== undefined) this.#sinceStart = 'failed';
    else if (this.#sinceStart === 'none') this.#sinceStart = 'passed';
    // A case that the end of the run interrupted has no result.
    if (examined.kind === 'failed' && !isFinding(examined.failure) && !this.isAborted) {
      this.#budget.onProtocolError?.(examined.failure);
    }
    return examined;
  }

  /**
   * Runs the found case again, to confirm it if `mustConfirm`, and to measure the cost of a case. The fastest run
   * counts, because the first may include the start of the target.
   */
  async again(found: Case, mustConfirm: boolean): Promise<Rate> {
    const { byCost = false, asks, milliseconds, cost, share = Infinity } = this.#budget;
    const times = cost !== undefined ? 0 : byCost ? TIMINGS : mustConfirm ? 1 : 0;
    const began = performance.now();
    let quickest = cost ?? Infinity;
    let failed = 0;
    let of = 0;
    while (of < times && (of === 0 || performance.now() - began < TIMING)) {
      const before = performance.now();
      const examined = await this.ask(found);
      if (this.isAborted) break;
      if (this.fails(examined)) failed++;
      quickest = Math.min(quickest, performance.now() - before);
      of++;
    }
    if (byCost) {
      const limits = shrinkBudget(quickest);
      this.#limits = {
        asks: Math.min(asks, limits.asks),
        milliseconds: Math.min(milliseconds, limits.milliseconds, quickest < EXPENSIVE ? Infinity : share),
      };
    }
    return { failed, of };
  }

  readonly fails = (examined: Examined): boolean => fingerprintOfExamined(examined) === this.fingerprint;

  readonly stopped = (): boolean => this.#isOver(0);

  /** As `stopped`, with additional time for the final measurement. */
  readonly stoppedLate = (): boolean => this.#isOver(LAST_LOOK);

  /** Whether the run was aborted; later replies do not count. */
  get isAborted(): boolean {
    return this.#budget.signal?.aborted === true;
  }

  #isOver(grace: number): boolean {
    if (this.isAborted) return true;
    return performance.now() - this.#began > this.#limits.milliseconds + grace;
  }

  /** Maximum number of candidates, if each is run this many times. */
  candidates(repetitions: number): number {
    return Math.floor(this.#limits.asks / repetitions);
  }
}
