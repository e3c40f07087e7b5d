import { linux414 } from './linux-4.14.ts';
import { linux518 } from './linux-5.18.ts';
import { linux61 } from './linux-6.1.ts';
import { linux612 } from './linux-6.12.ts';
import { linux619 } from './linux-6.19.ts';
import { origin } from './origin.ts';
import type { Profile, ProfileName } from './profile.ts';

/** Every profile by its name. */
export const PROFILES: { readonly [N in ProfileName]: Profile } = {
  origin,
  'linux-4.14': linux414,
  'linux-5.18': linux518,
  'linux-6.1': linux61,
  'linux-6.12': linux612,
  'linux-6.19': linux619,
};
