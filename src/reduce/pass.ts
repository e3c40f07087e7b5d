import type { Violation } from '../../spec/judge/verdict.ts';
import type { Case } from '../../spec/vocabulary/case.ts';

/** What is known of the failure that is kept: which rule its last command breaks, and where that shows. */
export type Failure = Pick<Violation, 'requirement' | 'clause'>;

/**
 * A pass of the reducer: proposes smaller cases one after the other and is told of each whether it still fails in the
 * same way; returns the smallest that did. A pass is a coroutine so that one and the same code reduces against a
 * target in this process, which answers at once, and against one in another, which must be waited for.
 *
 * @example `const kept = yield smaller;` — `kept` is true when `smaller` fails with the same fingerprint
 */
export type Pass = (failing: Case, failure?: Failure) => Generator<Case, Case, boolean>;

/** The same case with other commands. */
export const withCommands = (testCase: Case, commands: Case['commands']): Case => ({ ...testCase, commands });
