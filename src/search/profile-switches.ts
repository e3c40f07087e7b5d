import type { Profile } from '../../spec/profiles/profile.ts';
import type { Capability } from '../../spec/vocabulary/capability.ts';
import type { Op } from '../../spec/vocabulary/command.ts';

/** The switches in which versions of the rules differ. */
export type Switch = Exclude<keyof Profile, 'name' | 'title'>;

/** The meaning of a switch, and the commands that show it. */
interface AboutSwitch {
  readonly what: string;
  /** The commands that show it, in addition to those that put a page on a device. */
  readonly ops: readonly Op[];
  /** Whether a second device is necessary. */
  readonly twoDevices?: true;
  /** The mode of a target in which alone it shows. */
  readonly mode?: Capability;
  /** The switch on which the meaning of this one depends. */
  readonly goesWith?: Switch;
}

const SWITCHES: { readonly [S in Switch]: AboutSwitch } = {
  idleCount: { what: 'the reference count of a frame that holds nothing', ops: [] },
  entryAllocatesIdleReference: {
    what: 'whether the first entry that names a frame takes the idle reference over',
    ops: ['fork', 'exit'],
    goesWith: 'idleCount',
  },
  failedFaultPoisons: {
    what: 'whether a page_fault that ends in SIGBUS leaves poison behind',
    ops: ['inject', 'fork', 'discard', 'unmap', 'exit', 'migrate-to-system'],
  },
  sameProtectionIsQuiet: {
    what: 'whether a protection that is no other leaves entries alone',
    ops: ['protect'],
  },
  forkCopiesPinned: { what: 'whether a fork copies a pinned page at once', ops: ['fork', 'pin', 'unpin'] },
  readPinUnshares: {
    what: 'whether a pin for reading breaks the sharing of its page',
    ops: ['fork', 'pin', 'unpin'],
  },
  swapAreas: { what: 'how many swap areas there may be', ops: ['swap-on'] },
  ownersMatter: {
    what: 'whether a migration passes over pages of another device',
    ops: ['migrate-to-system'],
    twoDevices: true,
  },
  foreignAccessFaults: {
    what: "whether a device's access to a page on another device brings it back",
    ops: ['device-load', 'device-store', 'inject'],
    twoDevices: true,
  },
  tracksThroughMigration: {
    what: 'whether soft-dirty and the watch for stores survive migration',
    ops: ['clear-soft-dirty', 'soft-dirty', 'watch', 'migrate-to-system'],
  },
  tellsSoleMapper: {
    what: 'whether the page map says that no other process has a page on a device',
    ops: ['page-map', 'fork'],
  },
  offersUnpopulatedWatch: {
    what: 'whether write protection by userfaultfd may hold on an unpopulated page',
    ops: ['watch'],
    mode: 'watch-unpopulated',
  },
  joinMoves: {
    what: "what of a process's pages is charged to its new control group",
    ops: ['join', 'charge', 'fork'],
  },
};

/** In the order in which profiles list them. */
const SWITCH_NAMES: readonly Switch[] = Object.keys(SWITCHES).filter(isSwitch);

function isSwitch(name: string): name is Switch {
  return Object.hasOwn(SWITCHES, name);
}

export const aboutSwitch = (name: Switch): AboutSwitch => SWITCHES[name];

/** The switches in which two profiles differ; dependent switches are listed together. */
export function differingSwitches(one: Profile, other: Profile): readonly (readonly Switch[])[] {
  const differing = SWITCH_NAMES.filter((name) => one[name] !== other[name]);
  const leads = [...new Set(differing.map((name) => SWITCHES[name].goesWith ?? name))];
  return leads.map((lead) => differing.filter((name) => (SWITCHES[name].goesWith ?? name) === lead));
}

/** A profile with some switches taken from another profile. */
export const withSwitches = (profile: Profile, names: readonly Switch[], other: Profile): Profile => ({
  ...profile,
  ...Object.fromEntries(names.map((name) => [name, other[name]])),
});
