import type { Case } from '../../spec/vocabulary/case.ts';

/**
 * What is known of cases without asking. A case tells of all that it begins with, too: had it failed there in the way
 * looked for, it would have failed there. So most of what a proof of minimality has to ask for is known already.
 */
export class Answers {
  readonly #failing = new Set<string>();
  /** How often each passed. */
  readonly #passing = new Map<string, number>();
  readonly #enough: number;

  /**
   * @param flaky whether a case that passed may yet fail: then one that passed tells nothing of others, and is asked for
   *   once more when another pass comes to it
   */
  constructor(flaky: boolean) {
    this.#enough = flaky ? 2 : 1;
  }

  /** Whether a case fails in the way looked for; undefined where that must be asked for. */
  of(testCase: Case): boolean | undefined {
    const key = keyOf(testCase, testCase.commands.length);
    if (this.#failing.has(key)) return true;
    // Nothing was done to the target: nothing can have failed.
    return testCase.commands.length === 0 || (this.#passing.get(key) ?? 0) >= this.#enough
      ? false
      : undefined;
  }

  /** @param step where it failed in the way looked for, if it did */
  learn(testCase: Case, step: number | undefined): void {
    const { length } = testCase.commands;
    const passes = step ?? length;
    const shortest = this.#enough > 1 ? length : 1;
    for (let end = shortest; end <= passes; end++) {
      const key = keyOf(testCase, end);
      this.#passing.set(key, (this.#passing.get(key) ?? 0) + 1);
    }
    if (step !== undefined) this.#failing.add(keyOf(testCase, step + 1));
  }
}

const keyOf = ({ profile, scope, observe, commands }: Case, end: number): string =>
  JSON.stringify([profile, scope, observe, commands.slice(0, end)]);
