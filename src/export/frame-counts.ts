import { PROFILES, referencesInFree, referencesOf } from '../../spec/profiles/profile.ts';
import type { Case } from '../../spec/vocabulary/case.ts';

/** What the counts of a frame must be, by a case's profile. */
export interface FrameCounts {
  /** The reference count of a frame that so many entries name: none, one, two, and so on. */
  readonly references: readonly number[];
  /** The reference count inside `page_free`. Where it is not 0, a count is never 0. */
  readonly inFree: number;
}

export function frameCountsOf({ profile, scope }: Case): FrameCounts {
  const most = scope.processes * scope.pages;
  const rules = PROFILES[profile];
  return {
    references: Array.from({ length: most + 1 }, (_, entries) => referencesOf(rules, entries)),
    inFree: referencesInFree(rules),
  };
}
