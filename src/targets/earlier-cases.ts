import type { Case } from '../../spec/vocabulary/case.ts';
import type { Hello, Run, Target } from './target.ts';
import type { Violation } from '../../spec/judge/verdict.ts';

/** Maximum number of recorded cases; at least half as many are kept. */
const MAX_KEPT = 20_000;

/** The cases of one start of a target, in order, and the number of cases before a given one. */
interface Position {
  readonly cases: readonly Case[];
  readonly count: number;
}

/**
 * A target that records the cases it has run since its start. If a case fails because of state left behind, the record
 * gives the cases before it.
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
    // The first run is recorded: a repeated case needs the cases before its first run, not before the repetition.
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

/** Wraps a target so that it records its cases; targets with a fresh world for each case are returned unchanged. */
export const withHistory = (target: Target): Target =>
  target.deterministic === true || target.restart === undefined || target instanceof TargetWithHistory
    ? target
    : new TargetWithHistory(target);

/** The cases that a target had run since its start when it first ran this one. */
export const earlierThan = (target: Target, testCase: Case): readonly Case[] =>
  target instanceof TargetWithHistory ? target.earlierThan(testCase) : [];

/** A target whose instances are elsewhere: consecutive cases may run on different ones. */
export interface DistantTarget extends Target {
  /** Restarts an instance, and runs the earlier cases and this one on it. */
  runAfter(earlier: readonly Case[], testCase: Case): Promise<Run>;
}

const isDistant = (target: Target): target is DistantTarget => 'runAfter' in target;

/** A target that is restarted for each case and runs the same earlier cases before it. */
export class AfterEarlier implements Target {
  readonly hello: Hello;
  readonly #target: Target;
  readonly #earlier: readonly Case[];

  constructor(target: Target, earlier: readonly Case[]) {
    this.hello = target.hello;
    this.#target = target;
    this.#earlier = earlier;
  }

  async run(testCase: Case): Promise<Run> {
    if (isDistant(this.#target)) return this.#target.runAfter(this.#earlier, testCase);
    await this.#target.restart?.();
    for (const earlier of this.#earlier) await this.#target.run(earlier);
    return this.#target.run(testCase);
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
}

/**
 * The violation of a case that fails only after other cases. The violated requirement is `robust.fresh-world`; the
 * requirement that the judge named remains among the breaches.
 */
export const notFresh = (violation: Violation): Violation => ({
  ...violation,
  requirement: 'robust.fresh-world',
  breaches: [
    {
      clause: violation.clause,
      requirement: violation.requirement,
      expected: violation.expected.join(', or '),
      observed: violation.observed,
    },
    ...violation.breaches.filter(
      ({ clause, requirement }) => clause !== violation.clause || requirement !== violation.requirement,
    ),
  ],
});
