import type { Profile } from '../profiles/profile.ts';
import type { Capability } from '../vocabulary/capability.ts';

/** The terms on which a target is judged: its profile, and what its capabilities say of its behaviour and its sight. */
export interface Terms {
  readonly profile: Profile;
  readonly deviceCopyOnWrite: boolean;
  readonly oomResult: boolean;
  readonly callbacks: boolean;
  readonly allocations: boolean;
}

/** The terms that follow from a target's capabilities. */
export const termsFor = (profile: Profile, capabilities: ReadonlySet<Capability>): Terms => ({
  profile,
  deviceCopyOnWrite: capabilities.has('device-copy-on-write'),
  oomResult: capabilities.has('oom-result'),
  callbacks: capabilities.has('callbacks'),
  allocations: capabilities.has('allocations'),
});
