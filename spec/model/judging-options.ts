import type { Profile } from '../profiles/profile.ts';
import { type Capability, capabilitiesIn } from '../vocabulary/capability.ts';

/** The terms on which a target is judged: its profile, and what its capabilities say of its behaviour and its sight. */
export interface JudgingOptions {
  readonly profile: Profile;
  readonly deviceCopyOnWrite: boolean;
  readonly oomResult: boolean;
  /** Whether the devices have one owner: each uses the pages of the other as its own. */
  readonly oneOwner: boolean;
  /** Whether each migrates pages as those of its owner only, and leaves those of others. */
  readonly ownersMatter: boolean;
  /** Whether a watch for stores holds also where no page is yet. */
  readonly watchesUnpopulated: boolean;
  readonly callbacks: boolean;
  readonly allocations: boolean;
}

/** The terms that follow from a target's capabilities. */
export const judgingOptionsFor = (
  profile: Profile,
  capabilities: ReadonlySet<Capability>,
): JudgingOptions => {
  const oneOwner = isIn('one-owner', profile, capabilities);
  return {
    profile,
    oneOwner,
    ownersMatter: profile.ownersMatter && !oneOwner,
    watchesUnpopulated: isIn('watch-unpopulated', profile, capabilities),
    deviceCopyOnWrite: capabilities.has('device-copy-on-write'),
    oomResult: capabilities.has('oom-result'),
    callbacks: capabilities.has('callbacks'),
    allocations: capabilities.has('allocations'),
  };
};

const isIn = (mode: Capability, { name }: Profile, capabilities: ReadonlySet<Capability>): boolean =>
  capabilities.has(mode) && capabilitiesIn(name, capabilities).has(mode);
