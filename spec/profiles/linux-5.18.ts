import { linux414 } from './linux-4.14.ts';
import type { Profile } from './profile.ts';

/** Linux 5.18: devices own their pages, tracking survives migration, a mapped frame has no reference beside its entries'. */
export const linux518: Profile = {
  ...linux414,
  name: 'linux-5.18',
  title: 'Linux 5.18, private memory of base pages',
  entryTakesIdleReference: true,
  forkCopiesPinned: true,
  // Exclusive entries took two more.
  swapAreas: 25,
  ownersMatter: true,
  tracksThroughMigration: true,
  joinMoves: 'all',
};
