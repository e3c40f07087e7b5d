import { frameOf, isDeviceEntry } from '../spec/vocabulary/snapshot.ts';
import { eventInWords } from '../spec/vocabulary/words.ts';
import { define } from './define.ts';
import { hasWorked } from './race-answers.ts';
import { changesMapping, isDestination, mayCall, sidePermits } from './race-sides.ts';
import type { RaceStep, Side } from './race-step.ts';

/** What the driver hears of two commands at once. */
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

/** Whether the touched page was there, on that frame if it is told; or may have been taken there meanwhile. */
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

/** The touches that get to a page on a device by page_fault alone. */
const ASKS: ReadonlySet<string> = new Set(['load', 'store', 'kernel-load', 'kernel-store', 'pin']);
/** The sides that bring no page back but by page_fault, and empty none. */
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

/** Whether a touch got through to what was on the device, and no command beside it could have brought that back. */
const needsCall = ({ before }: RaceStep, side: Side, other: Side): boolean =>
  ASKS.has(side.command.op) &&
  isDeviceEntry(before?.[side.cell] ?? 0) &&
  hasWorked(side) &&
  MIGRATES_NOTHING.has(other.command.op);
