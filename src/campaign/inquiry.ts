import { isOfShould } from '../../spec/judge/verdict.ts';
import type { Case } from '../../spec/vocabulary/case.ts';
import type { Target, TargetFailure } from '../targets/target.ts';
import { type Examined, Examiner, fingerprintOfExamined, isFinding } from './examiner.ts';
import { reductionBudget } from './reduction-budget.ts';
import type { Rate } from './repetition.ts';

/** How often a case is timed, and how long that may take, in milliseconds. */
const TIMINGS = 3;
const TIMING = 1000;
/** How much longer than its budget an inquiry may take to measure what it came to, in milliseconds. */
const LAST_LOOK = 10_000;

/** From when on a run of a case is expensive, in milliseconds: a run of a minute has time for some hundreds. */
export const EXPENSIVE = 200;

/** How much the reducer may spend, and who wants to hear of it. */
export interface ReductionBudget {
  readonly asks: number;
  readonly milliseconds: number;
  /** Whether what a case costs decides how much may be spent, up to the above. */
  readonly byCost?: boolean;
  /** What a run of the case is known to cost, in milliseconds; undefined where that is to be measured. */
  readonly cost?: number | undefined;
  /** The most that may be spent where a case is expensive, in milliseconds. */
  readonly share?: number | undefined;
  readonly signal: AbortSignal | undefined;
  /** Called now and then, so that a long reduction can be watched and stopped. */
  readonly onAsk: (() => Promise<void>) | undefined;
  /** Whether the failure was seen again when the case was run once more; undefined where that was not tried. */
  readonly confirmed?: boolean | undefined;
  /** Whether it was seen to fail on a target that was just started; undefined where that was not tried. */
  readonly afresh?: boolean | undefined;
  /** The cases that the target had run since it was started when the failure was found. */
  readonly earlier?: readonly Case[];
  /** Told of answers that were no answers: they are not the failure that is reduced, and not to be lost either. */
  readonly onProtocolError?: (failure: TargetFailure) => void;
  /** Told of cases that fail in another way than the one that is reduced. */
  readonly onOtherFailure?: (testCase: Case, examined: Examined) => void;
}

/** Asks a target for one case after the other in pursuit of one failure, within a budget. */
export class Inquiry {
  readonly #target: Target;
  readonly #examiner: Examiner;
  readonly #budget: ReductionBudget;
  readonly #began = performance.now();
  #limits: { readonly asks: number; readonly milliseconds: number };
  /** The failure that is pursued: all others are told of. */
  fingerprint: string;

  constructor(target: Target, found: Case, budget: ReductionBudget, fingerprint: string) {
    this.#target = target;
    // What breaks no more than a SHOULD is a failure only for who asks for that.
    this.#examiner = new Examiner(target, found.profile, { strict: isOfShould(fingerprint) });
    this.#budget = budget;
    this.#limits = budget;
    this.fingerprint = fingerprint;
  }

  /** Runs a case, and tells of it if it fails in another way than the one that is pursued. */
  readonly ask = async (testCase: Case): Promise<Examined> => {
    const examined = await this.look(testCase);
    const fingerprint = fingerprintOfExamined(examined);
    if (fingerprint !== undefined && fingerprint !== this.fingerprint) {
      this.#budget.onOtherFailure?.(testCase, examined);
    }
    return examined;
  };

  /** Makes the next case run on a target that was just started. */
  readonly restart = async (): Promise<void> => {
    await this.#target.restart?.();
  };

  /** Runs a case as `ask` does, on a target that was just started. */
  readonly askAfresh = async (testCase: Case): Promise<Examined> => {
    await this.restart();
    return this.ask(testCase);
  };

  /** Runs a case in which the failure may have another name. */
  readonly look = async (testCase: Case): Promise<Examined> => {
    await this.#budget.onAsk?.();
    const examined = await this.#examiner.examine(testCase);
    // Cases that the end of the run broke off say nothing.
    if (examined.kind === 'failed' && !isFinding(examined.failure) && !this.isAborted) {
      this.#budget.onProtocolError?.(examined.failure);
    }
    return examined;
  };

  /**
   * Runs the case that was found once more at the least, if it must be confirmed, and as often as it takes to tell what
   * a case costs. The quickest run counts, for the first may have to start the target.
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
      const limits = reductionBudget(quickest);
      this.#limits = {
        asks: Math.min(asks, limits.asks),
        milliseconds: Math.min(milliseconds, limits.milliseconds, quickest < EXPENSIVE ? Infinity : share),
      };
    }
    return { failed, of };
  }

  readonly fails = (examined: Examined): boolean => fingerprintOfExamined(examined) === this.fingerprint;

  readonly stopped = (): boolean => this.#isOver(0);

  /** As `stopped`, for the last look at what came of it. */
  readonly stoppedLate = (): boolean => this.#isOver(LAST_LOOK);

  /** Whether the run was ended: from then on nothing that the target answers counts. */
  get isAborted(): boolean {
    return this.#budget.signal?.aborted === true;
  }

  #isOver(grace: number): boolean {
    if (this.isAborted) return true;
    return performance.now() - this.#began > this.#limits.milliseconds + grace;
  }

  /** How many candidates may be asked for, if each is asked for so many times. */
  candidates(repetitions: number): number {
    return Math.floor(this.#limits.asks / repetitions);
  }
}
