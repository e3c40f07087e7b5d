import type { ProfileName } from '../../spec/profiles/profile.ts';
import { type CaseWatcher, type Examined, Examiner } from '../examine/examiner.ts';
import type { Target } from '../targets/target.ts';
import { CaseCounts, Problems } from './profile-counts.ts';
import type { NotableCase, Stretch, Stretches, StretchRequest } from './stretch.ts';
import { WorkerPool } from './worker-pool.ts';

/** Maximum duration of a stretch, in milliseconds, so that progress is reported and little is lost if a run is killed. */
const MAX_DURATION_MS = 100;

/** Runs and judges cases on one or more instances of a target in this process. */
export class LocalStretches implements Stretches {
  readonly #request: StretchRequest;
  readonly #examiner: Examiner;
  readonly #pool: WorkerPool;
  #withdrawn: Target | undefined;

  /** @param examiner counts nothing else; one that was used before need not build its judges again */
  constructor(targets: readonly [Target, ...Target[]], request: StretchRequest, examiner?: Examiner) {
    const { cases, shard, from, isWanted, profile, watcher } = request;
    this.#request = request;
    watcher?.takeNew();
    this.#examiner = examiner ?? examinerFor(targets[0], profile, watcher);
    this.#pool = new WorkerPool(targets, (place) => cases.at(place), isWanted, {
      first: cases.nextOf(shard, from),
      after: (place) => cases.nextOf(shard, place + 1),
    });
  }

  async next(): Promise<Stretch | undefined> {
    if (this.#withdrawn !== undefined) this.#pool.giveBack(this.#withdrawn);
    this.#withdrawn = undefined;
    const { cases, signal, watcher } = this.#request;
    const counts = new CaseCounts();
    const problems = new Problems();
    const reached = new Set<number>();
    let reportsCoverage = false;
    const began = performance.now();
    let from: number | undefined;
    let to = 0;
    let notable: NotableCase | undefined;
    do {
      const dealt = await this.#pool.take();
      if (dealt === undefined) break;
      const { index: place, case: testCase, run, target } = dealt;
      // A case that the end of the run interrupted counts as not run.
      if (run.kind === 'failure' && signal?.aborted === true) continue;
      from ??= place;
      to = place + 1;
      counts.addCase(testCase);
      if (run.kind === 'trace' && run.coverage !== undefined) {
        reportsCoverage = true;
        for (const point of run.coverage) reached.add(point);
      }
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
      ...(reportsCoverage ? { targetCoverage: [...reached] } : {}),
      ...(watcher === undefined ? {} : { transitions: watcher.takeNew() }),
    };
    return { from, to, totals, notable };
  }

  end(): Promise<void> {
    return this.#pool.end();
  }
}

/** An examiner for the cases of a profile; which of them comes first in the run is decided where stretches are added. */
export const examinerFor = (target: Target, profile: ProfileName, watcher?: CaseWatcher): Examiner =>
  new Examiner(target, profile, { hasEarlier: true, watcher });

/** Whether a case needs a decision. Cases without a verdict are only counted. */
const isNotable = (examined: Examined): boolean =>
  examined.kind === 'failed' ||
  examined.verdict.kind === 'violates' ||
  examined.broken.length > 0 ||
  examined.notFollowed === true;
