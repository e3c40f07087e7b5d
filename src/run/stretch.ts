import type { ProfileName } from '../../spec/profiles/profile.ts';
import type { Case } from '../../spec/vocabulary/case.ts';
import { type Coverage, type Examined, Examiner } from '../judge/examiner.ts';
import type { Target } from '../targets/target.ts';
import type { ProfileCases, Shard } from './profile-cases.ts';
import { CaseCounts, type CaseTotals, Problems, type UnjudgedCases } from './profile-counts.ts';
import { WorkerPool } from './worker-pool.ts';

/** Totals over some cases of a profile, as plain data. */
interface StretchTotals {
  readonly counts: CaseTotals;
  readonly coverage: Coverage;
  readonly unjudged: UnjudgedCases;
}

/** A case that needs a decision: it fails, or model and properties disagree, or a SHOULD is not followed. */
export interface NotableCase {
  readonly place: number;
  readonly case: Case;
  readonly examined: Examined;
  /** The instance that ran it, in this process; it is idle until the next stretch is taken. */
  readonly target?: Target | undefined;
}

/**
 * The results of consecutive cases of one profile. A run is a sequence of stretches in the order of their places,
 * wherever their cases were run. At most the last case is notable.
 */
export interface Stretch {
  /** The place of the first case, and the place after the last one. */
  readonly from: number;
  readonly to: number;
  /** Includes the notable case. */
  readonly totals: StretchTotals;
  readonly notable?: NotableCase | undefined;
}

/** Stretches in the order of their places. */
export interface Stretches {
  /** The next stretch; undefined after the last one. */
  next(): Promise<Stretch | undefined>;
  /** Starts no more cases and waits for the running ones. */
  end(): Promise<void>;
}

/** Maximum duration of a stretch, in milliseconds, so that progress is reported and little is lost if a run is killed. */
const MAX_DURATION_MS = 100;

export interface LocalOptions {
  readonly targets: readonly [Target, ...Target[]];
  readonly profile: ProfileName;
  readonly cases: ProfileCases;
  /** The part of the cases to run. */
  readonly shard: Shard;
  readonly signal?: AbortSignal | undefined;
}

/** Runs and judges cases on one or more instances of a target in this process. */
export class LocalStretches implements Stretches {
  readonly #options: LocalOptions;
  readonly #examiner: Examiner;
  readonly #pool: WorkerPool;
  #withdrawn: Target | undefined;

  /**
   * @param from the first place
   * @param isWanted whether the case at a place is to be run; asked in the order of places
   */
  constructor(
    options: LocalOptions,
    from: number,
    isWanted: (place: number) => boolean,
    examiner: Examiner = examinerFor(options),
  ) {
    const { targets, cases, shard } = options;
    this.#options = options;
    this.#examiner = examiner;
    this.#pool = new WorkerPool(targets, (place) => cases.at(place), isWanted, {
      first: cases.nextOf(shard, from),
      after: (place) => cases.nextOf(shard, place + 1),
    });
  }

  async next(): Promise<Stretch | undefined> {
    if (this.#withdrawn !== undefined) this.#pool.giveBack(this.#withdrawn);
    this.#withdrawn = undefined;
    const { cases } = this.#options;
    const counts = new CaseCounts();
    const problems = new Problems();
    const began = performance.now();
    let from: number | undefined;
    let to = 0;
    let notable: NotableCase | undefined;
    do {
      const dealt = await this.#pool.take();
      if (dealt === undefined) break;
      const { index: place, case: testCase, run, target } = dealt;
      // A case that the end of the run interrupted counts as not run.
      if (run.kind === 'failure' && this.#options.signal?.aborted === true) continue;
      from ??= place;
      to = place + 1;
      counts.addCase(testCase);
      const examined = this.#examiner.examineRun(run);
      if (examined.kind === 'judged') {
        counts.addTrace(examined.trace);
        problems.addUnjudged(examined.verdict);
      }
      if (!isNotable(examined)) continue;
      await this.#pool.withdraw(target);
      this.#withdrawn = target;
      notable = { place, case: testCase, examined, target };
    } while (
      notable === undefined &&
      to !== cases.blockEnd(to - 1) &&
      performance.now() - began < MAX_DURATION_MS
    );
    if (from === undefined) return undefined;
    const totals = {
      counts: counts.totals,
      coverage: this.#examiner.takeCoverage(),
      unjudged: problems.unjudged,
    };
    return { from, to, totals, notable };
  }

  end(): Promise<void> {
    return this.#pool.end();
  }
}

/** An examiner for the cases of a profile; which of them comes first in the run is decided where stretches are added. */
const examinerFor = ({ targets: [target], profile }: LocalOptions): Examiner =>
  new Examiner(target, profile, { hasEarlier: true });

/** Whether a case needs a decision. Cases without a verdict are only counted. */
const isNotable = (examined: Examined): boolean =>
  examined.kind === 'failed' ||
  examined.verdict.kind === 'violates' ||
  examined.broken.length > 0 ||
  examined.notFollowed === true;
