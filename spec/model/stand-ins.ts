import { type Profile, ProfileName, PROFILES } from '../profiles/profile.ts';
import { devicesIn } from '../vocabulary/scope.ts';
import { commandsOf, type FamilyName, type Region } from './families.ts';

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
