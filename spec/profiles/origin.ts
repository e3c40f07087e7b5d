import type { Profile } from './profile.ts';

/** The rules as Linux commit 5042db43cc26 (v4.14) states them, read strictly: a failed fault poisons the entry. */
export const origin: Profile = {
  name: 'origin',
  title: 'Linux commit 5042db43cc26 (v4.14), as its text states the rules',
  idleCount: 1,
  entryTakesIdleReference: false,
  failedFaultPoisons: true,
  sameProtectionIsQuiet: false,
  forkCopiesPinned: false,
  // 32 swap types, less 2 for device entries, 2 for migration entries and 1 for poisoned pages.
  swapAreas: 27,
  ownersMatter: false,
  foreignAccessFaults: false,
  tracksThroughMigration: false,
  tellsSoleMapper: true,
  joinMoves: 'what-is-in-system-memory',
};
