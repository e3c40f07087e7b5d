import { alloc, fault, free } from '../vocabulary/driver-events.fixture.ts';
import { type ProfileName, type Since, valueIn } from '../profiles/profile.ts';
import { type Capability, USUAL_CAPABILITIES } from '../vocabulary/capability.ts';
import type { Command } from '../vocabulary/command.ts';
import type { DriverEvent } from '../vocabulary/event.ts';
import { NO_EVENTS, type Observation } from '../vocabulary/observation.ts';
import type { Result } from '../vocabulary/result.ts';
import type { Scope } from '../vocabulary/scope.ts';
import {
  deviceEntry,
  EXCLUSIVE_ENTRY,
  frameOf,
  isDeviceEntry,
  PRESENT,
  type Snapshot,
  UNMAPPED,
  UNPOPULATED,
} from '../vocabulary/snapshot.ts';
import { judgeTrace } from './judge.ts';
import type { Tally } from './tally.ts';
import { fingerprintOf, type Verdict, type Violation } from './verdict.ts';
import { fork, map, store, toDevice } from '../vocabulary/shorthand.ts';

/** A command and its observation; undefined for a command that was not sent. */
export type ObservedStep = readonly [Command, Observation | undefined];

/** The observation settings of a test: everything is shown except the parts that are left out. */
interface Sight {
  readonly profile?: ProfileName;
  readonly scope?: Scope;
  readonly without?: readonly Capability[];
}

/** One process with two pages, and a device with two frames. */
export const SMALL: Scope = { processes: 1, pages: 2, frames: 2, slots: 1 };

/** The capabilities that a target lacks if it shows results only. */
export const BLIND: readonly Capability[] = [
  'callbacks',
  'allocations',
  'entries',
  'frames',
  'least-count',
  'accounting',
];

export const observationOf = (
  result: Result,
  events: readonly DriverEvent[] = NO_EVENTS,
  state?: Snapshot,
): Observation => ({ result, events, state });

/** The reference count of a frame that this many entries name, as the rules of each version state it. */
const REFERENCES: Since<(entries: number) => number> = {
  origin: (entries) => entries + 1,
  'linux-5.18': (entries) => (entries === 0 ? 1 : entries),
  'linux-6.1': (entries) => entries,
};

/**
 * The snapshot of a correct target with these entries and this many charged pages; of the profile origin unless another
 * is given.
 */
export function snapshotOf(
  entries: readonly number[],
  charged: number,
  {
    scope = SMALL,
    profile = 'origin',
    ...odd
  }: Partial<Snapshot> & { readonly scope?: Scope; readonly profile?: ProfileName } = {},
): Snapshot {
  const maps = Array.from(
    { length: scope.frames * (scope.devices ?? 1) },
    (_, frame) => entries.filter((code) => isDeviceEntry(code) && frameOf(code) === frame).length,
  );
  const references: (entries: number) => number = valueIn(REFERENCES, profile);
  const refs = maps.map(references);
  const rss = Array.from(
    { length: scope.processes },
    (_, process) =>
      entries
        .slice(process * scope.pages, (process + 1) * scope.pages)
        .filter((code) => code === PRESENT || code === EXCLUSIVE_ENTRY || isDeviceEntry(code)).length,
  );
  return { entries, refs, maps, least: maps.map(() => references(0)), rss, charged, ...odd };
}

/** The verdict of the judge on these steps. */
export function judged(
  steps: readonly ObservedStep[],
  { profile = 'origin', scope = SMALL, without = [] }: Sight = {},
  tally?: Tally,
): Verdict {
  return judgeTrace(
    {
      case: { profile, scope, observe: 'every-step', commands: steps.map(([command]) => command) },
      capabilities: new Set(USUAL_CAPABILITIES.filter((one) => !without.includes(one))),
      observations: steps.map(([, observation]) => observation),
    },
    tally,
  );
}

export const READ_0 = deviceEntry(0, false);
export const WRITE_0 = deviceEntry(0, true);
export const READ_1 = deviceEntry(1, false);
export const WRITE_1 = deviceEntry(1, true);

export const violationIn = (verdict: Verdict): Violation => {
  if (verdict.kind !== 'violates') throw new Error(`the verdict is ${verdict.kind}`);
  return verdict.violation;
};

/** The name of a violation in these tests. */
export const verdictName = (verdict: Verdict): string =>
  verdict.kind === 'violates' ? fingerprintOf(verdict.violation) : verdict.kind;

/** Page 0 holds 7 and migrates to frame 0; page 1 is unpopulated. */
export const opening: readonly ObservedStep[] = [
  [map(0, 0), observationOf('ok', [], snapshotOf([UNPOPULATED, UNMAPPED], 0))],
  [map(0, 1), observationOf('ok', [], snapshotOf([UNPOPULATED, UNPOPULATED], 0))],
  [store(0, 0, 7), observationOf('ok', [], snapshotOf([PRESENT, UNPOPULATED], 1))],
];
export const caseOnDevice: readonly ObservedStep[] = [
  ...opening,
  [toDevice(0, 0), observationOf(['moved'], [alloc(0)], snapshotOf([WRITE_0, UNPOPULATED], 1))],
];

/** Two processes of one page each map the page with value 7 on frame 0. */
export const PAIR: Scope = { processes: 2, pages: 1, frames: 2, slots: 1 };
export const pair = (entries: readonly number[], charged: number, odd: Partial<Snapshot> = {}): Snapshot =>
  snapshotOf(entries, charged, { scope: PAIR, ...odd });
export const shared: readonly ObservedStep[] = [
  [map(0, 0), observationOf('ok', [], pair([UNPOPULATED, UNMAPPED], 0))],
  [store(0, 0, 7), observationOf('ok', [], pair([PRESENT, UNMAPPED], 1))],
  [toDevice(0, 0), observationOf(['moved'], [alloc(0)], pair([WRITE_0, UNMAPPED], 1))],
  [fork(0, 1), observationOf('ok', [], pair([READ_0, READ_0], 1))],
];

/** The events of an access that migrates page 0 from frame 0 to system memory. */
export const broughtBack = [fault(0, 0, 0), free(0, 1)];
