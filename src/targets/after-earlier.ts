import type { Violation } from '../../spec/judge/verdict.ts';
import type { Case } from '../../spec/vocabulary/case.ts';
import type { Hello, Run, Target } from './target.ts';

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
