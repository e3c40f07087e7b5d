import { fork, map, store, toDevice } from '../vocabulary/shorthand.ts';
import type { Scope } from '../vocabulary/scope.ts';
import { deviceEntry, UNPOPULATED, PRESENT, type Snapshot, UNMAPPED } from '../vocabulary/snapshot.ts';
import { alloc, fault, free, look, type Seen, seen } from './observations.fixture.ts';
import { fingerprintOf, type Verdict, type Violation } from './verdict.ts';

export const READ_0 = deviceEntry(0, false);
export const WRITE_0 = deviceEntry(0, true);
export const READ_1 = deviceEntry(1, false);
export const WRITE_1 = deviceEntry(1, true);

export const violationIn = (verdict: Verdict): Violation => {
  if (verdict.kind !== 'violates') throw new Error(`the verdict is ${verdict.kind}`);
  return verdict.violation;
};

/** The name of a violation in these tests. */
export const named = (verdict: Verdict): string =>
  verdict.kind === 'violates' ? fingerprintOf(verdict.violation) : verdict.kind;

/** Page 0 holds 7 and migrates to frame 0; page 1 is unpopulated. */
export const opening: readonly Seen[] = [
  [map(0, 0), seen('ok', [], look([UNPOPULATED, UNMAPPED], 0))],
  [map(0, 1), seen('ok', [], look([UNPOPULATED, UNPOPULATED], 0))],
  [store(0, 0, 7), seen('ok', [], look([PRESENT, UNPOPULATED], 1))],
];
export const caseOnDevice: readonly Seen[] = [
  ...opening,
  [toDevice(0, 0), seen(['moved'], [alloc(0)], look([WRITE_0, UNPOPULATED], 1))],
];

/** Two processes of one page each map the page with value 7 on frame 0. */
export const PAIR: Scope = { processes: 2, pages: 1, frames: 2, slots: 1 };
export const pair = (entries: readonly number[], charged: number, odd: Partial<Snapshot> = {}): Snapshot =>
  look(entries, charged, { scope: PAIR, ...odd });
export const shared: readonly Seen[] = [
  [map(0, 0), seen('ok', [], pair([UNPOPULATED, UNMAPPED], 0))],
  [store(0, 0, 7), seen('ok', [], pair([PRESENT, UNMAPPED], 1))],
  [toDevice(0, 0), seen(['moved'], [alloc(0)], pair([WRITE_0, UNMAPPED], 1))],
  [fork(0, 1), seen('ok', [], pair([READ_0, READ_0], 1))],
];

/** The events of an access that migrates page 0 from frame 0 to system memory. */
export const broughtBack = [fault(0, 0, 0), free(0)];
