import type { Case } from '../../spec/vocabulary/case.ts';

/**
 * Results that are known or follow from known ones. A case that ran past a prefix without the failure shows that the
 * prefix passes. Most questions of a proof of minimality are answered in this way.
 */
export class KnownResults {
  readonly #failing = new Set<string>();
  /** Number of passing runs of each case. */
  readonly #passing = new Map<string, number>();
  readonly #enough: number;

  /**
   * @param flaky whether the failure is flaky: then a passing case proves nothing about its prefixes, and is run once
   *   more if another pass proposes it
   */
  constructor(flaky: boolean) {
    this.#enough = flaky ? 2 : 1;
  }

  /** Whether a case fails with the failure goal; undefined if unknown. */
  of(testCase: Case): boolean | undefined {
    const key = keyOf(testCase, testCase.commands.length);
    if (this.#failing.has(key)) return true;
    // Nothing was done to the target: nothing can have failed.
    return testCase.commands.length === 0 || (this.#passing.get(key) ?? 0) >= this.#enough
      ? false
      : undefined;
  }

  /** @param step the step at which it failed with the failure goal, if it did */
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
