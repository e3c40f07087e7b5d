import type { Profile } from './profile.ts';

/** The rules as Linux 6.1 follows them: idle frames count zero, and a failed fault leaves everything as it was. */
export const linux61: Profile = {
  name: 'linux-6.1',
  title: 'Linux 6.1, private memory of base pages',
  idleCount: 0,
  failedFaultPoisons: false,
  sameProtectionIsQuiet: true,
  forkCopiesPinned: true,
  // 32 swap types, less 4 for device entries (two of them exclusive), 3 for migration entries, 1 for poisoned pages,
  // 1 for page-table markers and 1 for pages that could not be read back (from 6.2 on a marker, too).
  swapAreas: 22,
};
