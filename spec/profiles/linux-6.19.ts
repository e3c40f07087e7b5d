import { linux612 } from './linux-6.12.ts';
import type { Profile } from './profile.ts';

/** Linux 6.19: exclusive entries need one swap type, and charges no longer follow a process to another group. */
export const linux619: Profile = {
  ...linux612,
  name: 'linux-6.19',
  title: 'Linux 6.19, private memory of base pages',
  swapAreas: 24,
  joinMoves: 'nothing',
};
