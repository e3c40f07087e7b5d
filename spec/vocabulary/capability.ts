import { z } from 'zod';
import { profilesFrom, profilesWith, ProfileName } from '../profiles/profile.ts';

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
  'large-folios',
  'inject-no-large-frame',
  'inject-no-large-page',
  'evict-range',
  'collapse',
  'split',
  'inject-no-split',
  'race-blocks',
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
  'split-callbacks',
  // The form of its replies.
  'progress',
  'coverage',
]);
export type Capability = z.infer<typeof Capability>;

/** A short description of each capability. */
export const CAPABILITY_TEXTS: { readonly [C in Capability]: string } = {
  fork: 'the command fork',
  discard: 'the command discard',
  protect: 'the command protect',
  host: 'map of the kind host: memory that is not private',
  'device-load': 'the command device-load: the device reads',
  'device-store': 'the command device-store: the device writes',
  pin: 'the commands pin and unpin',
  evict: 'the command evict: the driver reclaims one frame',
  attach: 'the commands attach and detach',
  'swap-on': 'the command swap-on',
  'inject-sigbus': 'inject sigbus: the driver cannot migrate a page back',
  'inject-oom': 'inject oom: no free system page to migrate back to',
  'inject-no-frame': 'inject no-frame: no free frame for a migration to the device',
  'inject-no-copy': 'inject no-copy: the copy to the device fails',
  shared: 'map of the kind shared: memory of several processes',
  file: 'map of the kind file: a private mapping of a file',
  move: 'the command move: moves a mapping to another page',
  'move-keep': 'move with keep: the old mapping stays; from 5.18; needs move',
  populate: 'the command populate',
  lock: 'the commands lock and unlock',
  advise: 'the command advise',
  'kernel-access': 'the commands kernel-load and kernel-store',
  peek: 'the command peek: a no-fault kernel access',
  'watch-missing': 'watch missing: accesses to unpopulated pages are trapped',
  'watch-write': 'watch write-protect: stores are trapped; from 5.18',
  'soft-dirty': 'the commands clear-soft-dirty and soft-dirty',
  query: 'the commands page-map, residency and smaps',
  limit: 'the command limit: the maximum number of pages of a group',
  groups: 'the commands join and charge',
  'evict-all': 'the command evict-all: the driver empties the device',
  close: 'the commands close and open',
  'hot-add': 'the command hot-add',
  exclusive: 'make-exclusive and device-exchange; from 5.18',
  devices: 'a scope with two devices, and commands that name one',
  race: 'the command race: two commands at the same time',
  'surprise-removal': 'the command surprise-remove: the device disappears with its pages; needs attach',
  'pin-read': 'pin with access read; needs pin',
  inherit: 'the command inherit: the behavior of a mapping at fork',
  'race-extended': 'race with every other side; needs race',
  'large-folios':
    'a scope with blocks, commands with whole and compound, and whole and large in state; from 6.19; needs entries and frames',
  'inject-no-large-frame': 'inject no-large-frame: no free block of frames; needs large-folios',
  'inject-no-large-page': 'inject no-large-page: no free large system page; needs large-folios',
  'evict-range': 'the command evict-range: the driver reclaims a range of frames; needs large-folios',
  collapse: 'the command collapse: base pages become a large folio; needs large-folios',
  split: 'the command split: a large folio becomes base pages where it is; needs large-folios',
  'inject-no-split': 'inject no-split: the split of a large folio is refused; needs large-folios',
  'race-blocks': 'race in a scope with blocks; needs race and large-folios',
  'device-copy-on-write': 'a device store to a shared page works',
  'one-owner': "mode: both devices have the same owner, and access each other's pages in place",
  'watch-unpopulated': 'mode: a write-protect watch also applies to unpopulated pages',
  'oom-result': 'an access may return oom instead of retrying',
  callbacks: 'shows page_fault and page_free among the events',
  allocations: 'shows the frames that the driver allocates',
  entries: 'shows the page-table entries in state',
  frames: 'shows the counts of the frames in state; needs entries',
  'least-count': 'shows the minimum count since the last snapshot; needs frames',
  accounting: 'shows rss and charge in state',
  'every-step': 'shows the state after every command',
  'split-callbacks': 'shows the calls of folio_split among the events; needs large-folios and callbacks',
  progress: 'writes a line after each command, when asked',
  coverage: 'reports which points of its own code each case reached',
};

/** Capabilities that replace a rule instead of adding one: allowed variants that exclude the usual one. */
export const MODES: ReadonlySet<Capability> = new Set<Capability>(['one-owner', 'watch-unpopulated']);

/** All capabilities that concern the rules, without the modes. The coverage of a target's own code changes no verdict. */
export const USUAL_CAPABILITIES: readonly Capability[] = Capability.options.filter(
  (one) => !MODES.has(one) && one !== 'coverage',
);

const WITH_LARGE_FOLIOS = profilesWith(({ hasLargeFolios }) => hasLargeFolios);

/** The profiles in which a capability has a meaning; those that are not listed have one in all profiles. */
const PROFILES_OF: { readonly [C in Capability]?: readonly ProfileName[] } = {
  'move-keep': profilesFrom('linux-5.18'),
  'watch-write': profilesFrom('linux-5.18'),
  exclusive: profilesFrom('linux-5.18'),
  'large-folios': WITH_LARGE_FOLIOS,
  'inject-no-large-frame': WITH_LARGE_FOLIOS,
  'inject-no-large-page': WITH_LARGE_FOLIOS,
  'evict-range': WITH_LARGE_FOLIOS,
  collapse: WITH_LARGE_FOLIOS,
  split: WITH_LARGE_FOLIOS,
  'inject-no-split': WITH_LARGE_FOLIOS,
  'race-blocks': WITH_LARGE_FOLIOS,
  'split-callbacks': WITH_LARGE_FOLIOS,
  'one-owner': profilesWith(({ ownersMatter }) => ownersMatter),
  'watch-unpopulated': profilesWith(({ offersUnpopulatedWatch }) => offersUnpopulatedWatch),
};

const MEANINGLESS: ReadonlyMap<ProfileName, ReadonlySet<Capability>> = new Map(
  ProfileName.options.map((profile) => [
    profile,
    new Set(Capability.options.filter((one) => PROFILES_OF[one]?.includes(profile) === false)),
  ]),
);

/** Whether a capability has a meaning in a profile. */
export const isMeantIn = (profile: ProfileName, capability: Capability): boolean =>
  MEANINGLESS.get(profile)?.has(capability) !== true;

/** The capabilities of a target that have a meaning in a profile. */
export const capabilitiesIn = (
  profile: ProfileName,
  capabilities: ReadonlySet<Capability>,
): ReadonlySet<Capability> => new Set([...capabilities].filter((one) => isMeantIn(profile, one)));
