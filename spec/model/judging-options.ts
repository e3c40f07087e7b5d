import type { Profile } from '../profiles/profile.ts';
import type { Capability } from '../vocabulary/capability.ts';

/** The options for judging a target: its profile, and the behaviour and observations that its capabilities declare. */
export interface JudgingOptions {
  readonly profile: Profile;
  readonly deviceCopyOnWrite: boolean;
  readonly oomResult: boolean;
  /** Whether the devices have one owner: each accesses the pages of the others as its own. */
  readonly oneOwner: boolean;
  /** Whether a device migrates only pages of its owner and skips the pages of other owners. */
  readonly ownersMatter: boolean;
  /** Whether a watch for stores also covers unpopulated pages. */
  readonly watchesUnpopulated: boolean;
  readonly callbacks: boolean;
  readonly allocations: boolean;
  readonly splits: boolean;
}

/** The judging options that follow from a target's capabilities. */
export const judgingOptionsFor = (
  profile: Profile,
  capabilities: ReadonlySet<Capability>,
): JudgingOptions => {
  const oneOwner = profile.ownersMatter && capabilities.has('one-owner');
  return {
    profile,
    oneOwner,
    ownersMatter: profile.ownersMatter && !oneOwner,
    watchesUnpopulated: profile.offersUnpopulatedWatch && capabilities.has('watch-unpopulated'),
    deviceCopyOnWrite: capabilities.has('device-copy-on-write'),
    oomResult: capabilities.has('oom-result'),
    callbacks: capabilities.has('callbacks'),
    allocations: capabilities.has('allocations'),
    splits: capabilities.has('split-callbacks'),
  };
};
