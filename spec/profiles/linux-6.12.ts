import { linux61 } from './linux-6.1.ts';
import type { Profile } from './profile.ts';

/** Linux 6.12: the page map no longer says of an entry that is not present that the process alone has the page. */
export const linux612: Profile = {
  ...linux61,
  name: 'linux-6.12',
  title: 'Linux 6.12, private memory of base pages',
  // Pages that could not be read back are page-table markers now, and need no type of their own.
  swapAreas: 23,
  tellsSoleMapper: false,
};
