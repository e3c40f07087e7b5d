import { z } from 'zod';
import { profilesFrom, profilesWith, type ProfileName } from '../profiles/profile.ts';

/**
 * The declared abilities of a target, in its `hello`: the commands that it executes and the state that it shows.
 * Commands and state that are not declared are never sent and never judged; they are reported as missing or not
 * observable, never as passed. The protocol grows by adding names here: a receiver ignores names that it does not know.
 */
export const Capability = z.enum([
  // Commands. Those without a capability here (spawn, exit, map private, unmap, load, store, migrate-to-device,
  // migrate-to-system, inspect) are the core, which every target has.
  'fork',
  'discard',
  'protect',
  'host',
  'device-load',
  'device-store',
  'pin',
  'evict',
  'attach',
  'swap-on',
  'inject-sigbus',
  'inject-oom',
  'inject-no-frame',
  'inject-no-copy',
  'shared',
  'file',
  'move',
  'move-keep',
  'populate',
  'lock',
  'advise',
  'kernel-access',
  'peek',
  'watch-missing',
  'watch-write',
  'soft-dirty',
  'query',
  'limit',
  'groups',
  'evict-all',
  'close',
  'hot-add',
  'exclusive',
  'devices',
  'race',
  'surprise-removal',
  'pin-read',
  'inherit',
  'race-extended',
  // Variants of behaviour that the specification leaves open.
  'device-copy-on-write',
  'oom-result',
  // Modes: see MODES.
  'one-owner',
  'watch-unpopulated',
  // The state that it shows.
  'callbacks',
  'allocations',
  'entries',
  'frames',
  'least-count',
  'accounting',
  'every-step',
  // The form of its replies.
  'progress',
]);
export type Capability = z.infer<typeof Capability>;

/** Capabilities that replace a rule instead of adding one: allowed variants that exclude the usual one. */
export const MODES: ReadonlySet<Capability> = new Set<Capability>(['one-owner', 'watch-unpopulated']);

/** All capabilities but the modes. */
export const USUAL_CAPABILITIES: readonly Capability[] = Capability.options.filter((one) => !MODES.has(one));

/** The profiles in which a capability has a meaning; those that are not listed have one in all profiles. */
const PROFILES_OF: { readonly [C in Capability]?: readonly ProfileName[] } = {
  'move-keep': profilesFrom('linux-5.18'),
  'watch-write': profilesFrom('linux-5.18'),
  exclusive: profilesFrom('linux-5.18'),
  'one-owner': profilesWith(({ ownersMatter }) => ownersMatter),
  'watch-unpopulated': profilesWith(({ offersUnpopulatedWatch }) => offersUnpopulatedWatch),
};

/** The capabilities of a target that have a meaning in a profile. */
export function capabilitiesIn(
  profile: ProfileName,
  capabilities: ReadonlySet<Capability>,
): ReadonlySet<Capability> {
  const absent = [...capabilities].filter((one) => PROFILES_OF[one]?.includes(profile) === false);
  return absent.length === 0
    ? capabilities
    : new Set([...capabilities].filter((one) => !absent.includes(one)));
}
