import { z } from 'zod';
import { profilesFrom, type ProfileName } from '../profiles/profile.ts';
import { type Command, isBasicSide } from './command.ts';
import { partsOf, type Single } from './parts.ts';

/**
 * What a target can do and can show, declared in its `hello`. What is not declared is never sent and never
 * judged; it is reported as missing or not observable, never as passed. The protocol grows by adding names here:
 * a receiver ignores names that it does not know.
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
  // Ways to behave that the specification leaves open.
  'device-copy-on-write',
  'oom-result',
  // Modes: see MODES.
  'one-owner',
  'watch-unpopulated',
  // What it shows.
  'callbacks',
  'allocations',
  'entries',
  'frames',
  'least-count',
  'accounting',
  'every-step',
  // How it answers.
  'progress',
]);
export type Capability = z.infer<typeof Capability>;

/** Capabilities that change what is right, where the others add to it: lawful ways to be that exclude the usual one. */
export const MODES: ReadonlySet<Capability> = new Set<Capability>(['one-owner', 'watch-unpopulated']);

/** All capabilities but the modes. */
export const USUAL_CAPABILITIES: readonly Capability[] = Capability.options.filter((one) => !MODES.has(one));

/** Capabilities that came after the origin: the profiles in which they mean something. The others do in all. */
const PROFILES_OF: { readonly [C in Capability]?: readonly ProfileName[] } = {
  'move-keep': profilesFrom('linux-5.18'),
  'watch-write': profilesFrom('linux-5.18'),
  exclusive: profilesFrom('linux-5.18'),
  // Owners of page maps came with 5.7, this mode of userfaultfd with 6.4.
  'one-owner': profilesFrom('linux-5.18'),
  'watch-unpopulated': profilesFrom('linux-6.12'),
};

/** What of a target's capabilities means something in a profile. */
export function capabilitiesIn(
  profile: ProfileName,
  capabilities: ReadonlySet<Capability>,
): ReadonlySet<Capability> {
  const absent = [...capabilities].filter((one) => PROFILES_OF[one]?.includes(profile) === false);
  return absent.length === 0
    ? capabilities
    : new Set([...capabilities].filter((one) => !absent.includes(one)));
}

/**
 * The capabilities that a target must have declared before it is sent this command; none for the core. `heal` is
 * sent to a target that offers any injection; that is the caller's to ask.
 */
export function capabilitiesFor(command: Command): readonly Capability[] {
  if (command.op === 'race') {
    const isBasic = isBasicSide(command.left) && isBasicSide(command.right);
    const own = isBasic ? NEEDS.race : NEEDS['race-extended'];
    return [...new Set([...own, ...partsOf(command).flatMap(capabilitiesFor)])];
  }
  const needs = needsOf(command);
  if (!('device' in command) || (command.device ?? 0) === 0) return needs;
  return [...needs, 'devices'];
}

function needsOf(command: Single): readonly Capability[] {
  switch (command.op) {
    case 'map':
      return command.kind === 'private' ? NEEDS.core : NEEDS[command.kind];
    case 'inject':
      return command.kind === 'oom' && command.remaining === 'until-healed'
        ? NEEDS['inject-oom-until-healed']
        : NEEDS[`inject-${command.kind}`];
    case 'pin':
      return command.access === 'read' ? NEEDS['pin-read'] : NEEDS.pin;
    case 'unpin':
      return NEEDS.pin;
    case 'detach':
      return NEEDS.attach;
    case 'move':
      return command.keep ? NEEDS['move-keep'] : NEEDS.move;
    case 'unlock':
      return NEEDS.lock;
    case 'kernel-load':
    case 'kernel-store':
      return NEEDS['kernel-access'];
    case 'watch':
      return NEEDS[`watch-${command.watch}`];
    case 'clear-soft-dirty':
      return NEEDS['soft-dirty'];
    case 'page-map':
    case 'residency':
    case 'smaps':
      return NEEDS.query;
    case 'join':
    case 'charge':
      return NEEDS.groups;
    case 'open':
      return NEEDS.close;
    case 'make-exclusive':
    case 'device-exchange':
      return NEEDS.exclusive;
    case 'fork':
    case 'discard':
    case 'protect':
    case 'device-load':
    case 'device-store':
    case 'evict':
    case 'attach':
    case 'swap-on':
    case 'populate':
    case 'lock':
    case 'advise':
    case 'peek':
    case 'soft-dirty':
    case 'limit':
    case 'evict-all':
    case 'close':
    case 'hot-add':
    case 'surprise-remove':
    case 'inherit':
      return NEEDS[command.op];
    case 'spawn':
    case 'exit':
    case 'unmap':
    case 'load':
    case 'store':
    case 'migrate-to-device':
    case 'migrate-to-system':
    case 'heal':
    case 'inspect':
      return NEEDS.core;
  }
}

/** One array for each answer, so that asking allocates nothing. */
const NEEDS = {
  core: [],
  host: ['host'],
  shared: ['shared'],
  file: ['file'],
  fork: ['fork'],
  discard: ['discard'],
  protect: ['protect'],
  'device-load': ['device-load'],
  'device-store': ['device-store'],
  pin: ['pin'],
  evict: ['evict'],
  attach: ['attach'],
  'swap-on': ['swap-on'],
  'inject-sigbus': ['inject-sigbus'],
  'inject-oom': ['inject-oom'],
  'inject-oom-until-healed': ['inject-oom', 'oom-result'],
  'inject-no-frame': ['inject-no-frame'],
  'inject-no-copy': ['inject-no-copy'],
  move: ['move'],
  'move-keep': ['move', 'move-keep'],
  populate: ['populate'],
  lock: ['lock'],
  advise: ['advise'],
  'kernel-access': ['kernel-access'],
  peek: ['peek'],
  // Ending a watch is sent to whoever knows one; there is nothing to end otherwise.
  'watch-none': [],
  'watch-missing': ['watch-missing'],
  'watch-write-protect': ['watch-write'],
  'soft-dirty': ['soft-dirty'],
  query: ['query'],
  limit: ['limit'],
  groups: ['groups'],
  'evict-all': ['evict-all'],
  close: ['close'],
  'hot-add': ['hot-add'],
  exclusive: ['exclusive'],
  race: ['race'],
  // Whoever loses a device must be able to have it again.
  'surprise-remove': ['attach', 'surprise-removal'],
  'pin-read': ['pin', 'pin-read'],
  inherit: ['inherit'],
  'race-extended': ['race', 'race-extended'],
} as const satisfies Record<string, readonly Capability[]>;
