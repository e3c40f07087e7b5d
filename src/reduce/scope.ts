import type { Scope } from '../../spec/vocabulary/scope.ts';
import type { Pass } from './pass.ts';

/**
 * The smallest world in which the case still fails: what no command names any more goes, and frames go as far as they
 * can. Commands outside the scope are refused, so a scope that is too small simply does not fail.
 */
export const shrinkScope: Pass = function* (failing) {
  let current = failing;
  const smallest: { readonly [S in keyof Scope]: number } = { processes: 1, pages: 1, frames: 0, slots: 0 };
  for (const size of ['processes', 'pages', 'slots', 'frames'] as const) {
    for (let wanted = smallest[size]; wanted < current.scope[size]; wanted++) {
      const smaller = { ...current, scope: { ...current.scope, [size]: wanted } };
      if (yield smaller) {
        current = smaller;
        break;
      }
    }
  }
  return current;
};
