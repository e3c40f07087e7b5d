import type { Case } from '../../spec/vocabulary/case.ts';
import type { Hello, Run, Target } from '../targets/target.ts';

/** How many of the latest cases are kept; half as many at the least once there are more. */
const MAX_KEPT = 20_000;

/** The cases of one start of a target in their order, and how many of them had run when a case began. */
interface Position {
  readonly cases: readonly Case[];
  readonly count: number;
}

/**
 * A target that remembers which cases it has run since it was started. Each case should begin in a fresh world; where
 * one fails because of what an earlier one left behind, this tells which cases came before it.
 */
class TargetWithHistory implements Target {
  readonly hello: Hello;
  readonly #target: Target;
  readonly #positions = new WeakMap<Case, Position>();
  #cases: Case[] = [];
  #starts: number | undefined;

  constructor(target: Target) {
    this.hello = target.hello;
    this.#target = target;
    this.#starts = target.starts;
  }

  get starts(): number | undefined {
    return this.#target.starts;
  }

  async run(testCase: Case): Promise<Run> {
    const run = await this.#target.run(testCase);
    if (this.#starts !== this.#target.starts) this.#forget();
    if (this.#cases.length >= MAX_KEPT) this.#cases = this.#cases.slice(-MAX_KEPT / 2);
    // The first run counts: whoever runs a case again asks what came before the case, not before the repetition.
    if (!this.#positions.has(testCase)) {
      this.#positions.set(testCase, { cases: this.#cases, count: this.#cases.length });
    }
    this.#cases.push(testCase);
    return run;
  }

  async restart(): Promise<void> {
    await this.#target.restart?.();
    this.#forget();
  }

  hurry(isHurried: boolean): void {
    this.#target.hurry?.(isHurried);
  }

  interrupt(): void {
    this.#target.interrupt?.();
  }

  close(): Promise<void> {
    return this.#target.close();
  }

  earlierThan(testCase: Case): readonly Case[] {
    const position = this.#positions.get(testCase);
    return position === undefined ? [] : position.cases.slice(0, position.count);
  }

  #forget(): void {
    this.#starts = this.#target.starts;
    this.#cases = [];
  }
}

/** The target with a memory of the cases that it runs; itself where it has a world of its own for each case. */
export const withHistory = (target: Target): Target =>
  target.deterministic === true || target.restart === undefined || target instanceof TargetWithHistory
    ? target
    : new TargetWithHistory(target);

/** The cases that a target had run since it was started when it ran this one first. */
export const earlierThan = (target: Target, testCase: Case): readonly Case[] =>
  target instanceof TargetWithHistory ? target.earlierThan(testCase) : [];
