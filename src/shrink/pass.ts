import type { Violation } from '../../spec/judge/verdict.ts';
import type { Case } from '../../spec/vocabulary/case.ts';

/** The requirement and clause of the failure goal. */
export type Failure = Pick<Violation, 'requirement' | 'clause'>;

/**
 * A shrink pass: yields smaller cases, receives for each whether it still fails with the same fingerprint, and returns
 * the smallest that did. It is a coroutine, so that one implementation serves targets that answer synchronously and
 * targets that must be awaited.
 *
 * @example `const kept = yield smaller;` — `kept` is true if `smaller` fails with the same fingerprint
 */
export type Pass = (failing: Case, failure?: Failure) => Generator<Case, Case, boolean>;

/** The same case with other commands. */
export const withCommands = (testCase: Case, commands: Case['commands']): Case => ({ ...testCase, commands });
