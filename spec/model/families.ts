import { type Profile, ProfileName, PROFILES } from '../profiles/profile.ts';
import { capabilitiesFor } from '../vocabulary/capabilities-for.ts';
import { capabilitiesIn } from '../vocabulary/capability.ts';
import type { Command, InjectionKind, MappingKind, Op, PinAccess } from '../vocabulary/command.ts';
import { commandsIn } from '../vocabulary/commands-in.ts';
import { devicesIn, type Scope } from '../vocabulary/scope.ts';

/** Commands that belong together. Maps, pins and injections are limited to the listed kinds. */
interface Family {
  readonly ops: readonly Op[];
  readonly maps?: readonly MappingKind[];
  readonly pins?: readonly PinAccess[];
  readonly injects?: readonly InjectionKind[];
}

const inject = (kind: InjectionKind): Family => ({ ops: ['inject', 'heal'], injects: [kind] });
const map = (kind: MappingKind): Family => ({ ops: ['map'], maps: [kind] });

/** The whole vocabulary, divided so that each family can be searched together with the core. */
export const MODEL_REGIONS = {
  core: {
    ops: [
      ...(['spawn', 'fork', 'exit', 'map', 'unmap', 'discard', 'protect', 'load', 'store', 'evict'] as const),
      ...(['migrate-to-device', 'migrate-to-system', 'device-load', 'device-store'] as const),
    ],
    maps: ['private'],
  },
  host: map('host'),
  shared: map('shared'),
  file: map('file'),
  pin: { ops: ['pin', 'unpin'], pins: ['write'] },
  'pin read': { ops: ['pin', 'unpin'], pins: ['read'] },
  'inject sigbus': inject('sigbus'),
  'inject oom': inject('oom'),
  'inject no-frame': inject('no-frame'),
  'inject no-copy': inject('no-copy'),
  attach: { ops: ['attach', 'detach'] },
  'surprise-remove': { ops: ['surprise-remove', 'attach'] },
  'evict-all': { ops: ['evict-all'] },
  close: { ops: ['close', 'open'] },
  'hot-add': { ops: ['hot-add'] },
  'swap-on': { ops: ['swap-on'] },
  inherit: { ops: ['inherit'] },
  move: { ops: ['move'] },
  populate: { ops: ['populate', 'lock', 'unlock'] },
  advise: { ops: ['advise'] },
  kernel: { ops: ['kernel-load', 'kernel-store', 'peek'] },
  watch: { ops: ['watch'] },
  'soft-dirty': { ops: ['clear-soft-dirty', 'soft-dirty'] },
  query: { ops: ['page-map', 'residency', 'smaps'] },
  limit: { ops: ['limit'] },
  groups: { ops: ['join', 'charge'] },
  race: { ops: ['race'] },
  exclusive: { ops: ['make-exclusive', 'device-exchange'] },
  'evict-range': { ops: ['evict-range'] },
  collapse: { ops: ['collapse', 'split'] },
  'inject no-large-frame': inject('no-large-frame'),
  'inject no-large-page': inject('no-large-page'),
  'inject no-split': inject('no-split'),
} as const satisfies Record<string, Family>;

export type FamilyName = keyof typeof MODEL_REGIONS;

export const isFamilyName = (name: unknown): name is FamilyName =>
  typeof name === 'string' && Object.hasOwn(MODEL_REGIONS, name);

/** A part of the model that can be searched: a world size, a profile, and the commands of some families. */
export interface Region {
  readonly scope: Scope;
  readonly profile: ProfileName;
  readonly families: readonly FamilyName[];
}

/** The commands of a region that its profile has, simplest arguments first. */
export function commandsOf({ scope, profile, families }: Region): readonly Command[] {
  const parts = families.map((name): Family => MODEL_REGIONS[name]);
  const ops = new Set(parts.flatMap((family) => family.ops));
  const maps = new Set(parts.flatMap((family) => family.maps ?? []));
  const injects = new Set(parts.flatMap((family) => family.injects ?? []));
  const pins = new Set(parts.flatMap((family) => family.pins ?? []));
  return commandsIn(scope, { ops, values: [1, 2], readPins: true }).filter((command) => {
    if (command.op === 'map' && !maps.has(command.kind)) return false;
    if (command.op === 'pin' && !pins.has(command.access ?? 'write')) return false;
    if (command.op === 'inject' && !injects.has(command.kind)) return false;
    const needed = capabilitiesFor(command);
    return capabilitiesIn(profile, new Set(needed)).size === needed.length;
  });
}

type Switch = Exclude<keyof Profile, 'name' | 'title'>;

/**
 * The switches on which the reachable states of a family depend. Switches that affect only results and counts are not
 * included. `sameProtectionIsQuiet` is not included either, because a snapshot may show any entry as READ.
 */
const SWITCHES: { readonly [F in FamilyName]?: readonly Switch[] } = {
  'inject sigbus': ['failedFaultPoisons'],
  pin: ['forkCopiesPinned'],
  'pin read': ['forkCopiesPinned', 'readPinUnshares'],
  watch: ['tracksThroughMigration'],
  'soft-dirty': ['tracksThroughMigration'],
  groups: ['joinMoves'],
  'swap-on': ['swapAreas'],
};
const SWITCHES_OF_SEVERAL_DEVICES: readonly Switch[] = ['ownersMatter', 'foreignAccessFaults'];

/** Profiles in which a region has the same commands and the same states; the first one stands for all. */
export function standIns(region: Omit<Region, 'profile'>): readonly (readonly ProfileName[])[] {
  const switches = [
    ...region.families.flatMap((family) => SWITCHES[family] ?? []),
    ...(devicesIn(region.scope) > 1 ? SWITCHES_OF_SEVERAL_DEVICES : []),
  ];
  const groups = new Map<string, ProfileName[]>();
  for (const name of ProfileName.options) {
    const profile = PROFILES[name];
    const commands = commandsOf({ ...region, profile: name }).length;
    const signature = JSON.stringify([commands, ...switches.map((one) => profile[one])]);
    groups.set(signature, [...(groups.get(signature) ?? []), name]);
  }
  return [...groups.values()];
}
