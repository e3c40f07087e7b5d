import { linux518 } from './linux-5.18.ts';
import type { Profile } from './profile.ts';

/** Linux 6.1: idle frames count zero, and a device's access to another's page brings it back. */
export const linux61: Profile = {
  ...linux518,
  name: 'linux-6.1',
  title: 'Linux 6.1, private memory of base pages',
  idleCount: 0,
  entryTakesIdleReference: false,
  // 32 swap types, less 4 for device entries (two of them exclusive), 3 for migration entries, 1 for poisoned pages,
  // 1 for page-table markers and 1 for pages that could not be read back (from 6.2 on a marker, too).
  swapAreas: 22,
  foreignAccessFaults: true,
};
