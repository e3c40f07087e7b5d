import { frameOf, isDeviceEntry } from '../spec/vocabulary/snapshot.ts';
import { eventInWords } from '../spec/vocabulary/words.ts';
import { define } from './define.ts';
import { hasWorked } from './race-answers.ts';
import { changesMapping, isDestination, mayCall, sidePermits } from './race-sides.ts';
import type { RaceStep, Side } from './race-step.ts';

/** Callbacks to the driver during two concurrent commands. */
export const raceCalls = define({
  id: 'race/calls',
  title:
    'In a race page_fault is called only for device pages that one of the two commands accesses, and whenever one migrates',
  requirements: ['race.page-fault-calls'],
  needs: ['race', 'callbacks', 'entries', 'every-step'],
  steps: (reading) => reading.races,
  check(step, reading) {
    const { before, events, faults, pairs } = step;
    if (before === undefined) return 0;
    for (const event of events) {
      if (event.event !== 'fault') continue;
      const cell = reading.cell(event.process, event.page);
      const isDue = pairs.some(
        ([side, other]) => mayCall(side) && side.cell === cell && isCallable(step, side, other, event.frame),
      );
      if (!isDue) return `a race had no reason for ${eventInWords(event)}`;
    }
    if (faults === 0 && pairs.some(([side, other]) => needsCall(step, side, other))) {
      return 'a page came back from the device, and its driver was not asked';
    }
    return faults;
  },
});

/** Whether the accessed page was on the device, on that frame if it is given, or may have moved there meanwhile. */
function isCallable(
  { before, pages }: RaceStep,
  side: Side,
  other: Side,
  frame: number | undefined,
): boolean {
  const isMappedAnew = changesMapping(other, side, pages);
  if (side.command.op !== 'protect' && !sidePermits(side) && !isMappedAnew) return false;
  const { op } = other.command;
  if (op === 'migrate-to-device' || op === 'device-store' || isDestination(other, side.cell, pages))
    return true;
  const entry = before?.[side.cell] ?? 0;
  return isDeviceEntry(entry) && (frame === undefined || frame === frameOf(entry));
}

/** The accesses that reach a page on a device only through page_fault. */
const ASKS: ReadonlySet<string> = new Set(['load', 'store', 'kernel-load', 'kernel-store', 'pin']);
/** The sides that migrate no page to system memory except through page_fault, and that empty none. */
const MIGRATES_NOTHING: ReadonlySet<string> = new Set([
  'fork',
  'load',
  'store',
  'kernel-load',
  'kernel-store',
  'pin',
  'make-exclusive',
  'migrate-to-device',
  'protect',
  'peek',
  'unpin',
  'close',
]);

/** Whether an access reached a page on the device that no concurrent command could have migrated to system memory. */
const needsCall = ({ before }: RaceStep, side: Side, other: Side): boolean =>
  ASKS.has(side.command.op) &&
  isDeviceEntry(before?.[side.cell] ?? 0) &&
  hasWorked(side) &&
  MIGRATES_NOTHING.has(other.command.op);
