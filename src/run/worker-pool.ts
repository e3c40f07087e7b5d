import { setImmediate } from 'node:timers/promises';
import type { Case } from '../../spec/vocabulary/case.ts';
import type { Run, Target } from '../targets/target.ts';

/** One case of a run, its result, and the instance of the target that ran it. */
export interface DealtCase {
  readonly index: number;
  readonly case: Case;
  readonly run: Run;
  readonly target: Target;
}

/**
 * Maximum number of cases, per instance, that may be run before their predecessors are taken. A predecessor may hang
 * for a long time.
 */
const AHEAD = 32;

/** Whether the case with this index is to be run. */
type Wanted = (index: number) => boolean;

/** The indexes to run, in increasing order. */
interface Indexes {
  readonly first: number;
  readonly after: (index: number) => number;
}

const ALL: Indexes = { first: 0, after: (index) => index + 1 };

/**
 * Ordered worker pool: an idle instance of the target gets the next case, and results are returned in the order of the
 * case numbers. The caller therefore cannot observe the number of instances.
 *
 * With one instance, no case is run ahead of its turn.
 */
export class WorkerPool {
  readonly #targets: readonly Target[];
  readonly #draw: (index: number) => Case;
  readonly #isWanted: Wanted;
  readonly #after: Indexes['after'];
  readonly #idle: Set<Target>;
  readonly #withdrawn = new Set<Target>();
  /** The case that each instance is running. */
  readonly #inProgress = new Map<Target, Promise<unknown>>();
  readonly #dealt = new Map<number, Promise<DealtCase>>();
  #taken: number;
  #next: number;
  #isOver = false;

  constructor(
    targets: readonly Target[],
    draw: (index: number) => Case,
    isWanted: Wanted,
    { first, after }: Indexes = ALL,
  ) {
    this.#targets = targets;
    this.#draw = draw;
    this.#isWanted = isWanted;
    this.#after = after;
    this.#taken = first;
    this.#next = first;
    this.#idle = new Set(targets);
  }

  /** The next case, when it is done; undefined if no more cases are wanted. */
  async take(): Promise<DealtCase | undefined> {
    const index = this.#taken;
    if (!this.#isWanted(index)) return undefined;
    const [only] = this.#targets;
    if (this.#targets.length === 1 && only !== undefined) {
      this.#taken = this.#after(index);
      return this.#run(index, only);
    }
    // If results are available already, only this yields to the event loop, so that other instances can deliver theirs.
    await setImmediate();
    this.#deal();
    const dealt = this.#dealt.get(index);
    this.#dealt.delete(index);
    this.#taken = this.#after(index);
    return dealt;
  }

  /** Withdraws an instance for exclusive use; resolves when its present case is finished. */
  async withdraw(target: Target): Promise<void> {
    this.#withdrawn.add(target);
    await this.#inProgress.get(target);
  }

  giveBack(target: Target): void {
    this.#withdrawn.delete(target);
  }

  /** Starts no more cases and waits for the running ones. */
  async end(): Promise<void> {
    this.#isOver = true;
    await Promise.allSettled(this.#inProgress.values());
  }

  #deal(): void {
    for (const target of this.#idle) {
      if (this.#withdrawn.has(target)) continue;
      const index = this.#next;
      const isFull = this.#dealt.size >= AHEAD * this.#targets.length;
      if (this.#isOver || isFull || !this.#isWanted(index)) return;
      this.#next = this.#after(index);
      this.#idle.delete(target);
      const dealt = this.#run(index, target);
      this.#dealt.set(index, dealt);
      const done = dealt.then(
        () => this.#rest(target),
        // `take` reports a rejection to its caller; without a caller the rejection is irrelevant.
        () => this.#rest(target),
      );
      this.#inProgress.set(target, done);
    }
  }

  #rest(target: Target): void {
    this.#inProgress.delete(target);
    this.#idle.add(target);
    this.#deal();
  }

  async #run(index: number, target: Target): Promise<DealtCase> {
    const testCase = this.#draw(index);
    return { index, case: testCase, run: await target.run(testCase), target };
  }
}
