import { linux61 } from './linux-6.1.ts';
import { origin } from './origin.ts';
import type { Profile, ProfileName } from './profile.ts';

/** Every profile by its name. */
export const PROFILES: { readonly [N in ProfileName]: Profile } = {
  origin,
  'linux-6.1': linux61,
};
