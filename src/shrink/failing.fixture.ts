import type { Case } from '../../spec/vocabulary/case.ts';
import { type Failure, withCommands } from './pass.ts';
import { type FailedAt, shrinkNow, type Shrunk, type ShrinkSettings } from './shrink.ts';

/** A target that fails where a case has become one of these: at the first step up to which it is one. */
export const failsWhere =
  (fails: (smaller: Case) => boolean) =>
  (smaller: Case): FailedAt => {
    const { commands } = smaller;
    const step = commands.findIndex((_, index) => fails(withCommands(smaller, commands.slice(0, index + 1))));
    return step < 0 ? undefined : step;
  };

/** Reduces a case that fails at its last step. */
export const shrinkAt = (
  failing: Case,
  fails: (smaller: Case) => boolean,
  options: Partial<ShrinkSettings> & { readonly failure?: Failure } = {},
): Shrunk =>
  shrinkNow(failing, { most: 10_000, step: failing.commands.length - 1, ...options }, failsWhere(fails));
