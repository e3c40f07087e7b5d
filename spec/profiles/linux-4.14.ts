import { origin } from './origin.ts';
import type { Profile } from './profile.ts';

/** The origin's rules as Linux 4.14 follows them: nothing is ever poisoned, a failed fault may be tried again. */
export const linux414: Profile = {
  ...origin,
  name: 'linux-4.14',
  title: 'Linux 4.14, private memory as it was run',
  failedFaultPoisons: false,
  sameProtectionIsQuiet: true,
};
