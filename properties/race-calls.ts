import { frameOf, isDeviceEntry } from '../spec/vocabulary/snapshot.ts';
import { eventInWords } from '../spec/vocabulary/words.ts';
import { define } from './define.ts';
import { permits } from './race-answers.ts';
import type { RaceStep, Side } from './race-step.ts';

/** What the driver hears of two commands at once. */
export const raceCalls = define({
  id: 'race/calls',
  title:
    'In a race page_fault is called for what one of the two touches on a device, and cannot be done without',
  requirements: ['race.calls'],
  needs: ['race', 'callbacks', 'entries', 'every-step'],
  steps: (reading) => reading.races,
  check(step, reading) {
    const { before, events, faults, pairs } = step;
    if (before === undefined) return 0;
    for (const event of events) {
      if (event.event !== 'fault') continue;
      const cell = reading.cell(event.process, event.page);
      const mayCall = pairs.some(
        ([side, other]) =>
          isTouch(side) && side.cell === cell && isCallable(side, other, before, event.frame),
      );
      if (!mayCall) return `a race had no reason for ${eventInWords(event)}`;
    }
    if (faults === 0 && pairs.some(([side, other]) => needsCall(step, side, other))) {
      return 'a page came back from the device, and its driver was not asked';
    }
    return faults;
  },
});

const isTouch = ({ command }: Side): boolean => command.op === 'load' || command.op === 'store';

/** Whether the touched page was there, on that frame if it is told; or may have been taken there meanwhile. */
function isCallable(side: Side, other: Side, before: readonly number[], frame: number | undefined): boolean {
  if (!permits(side)) return false;
  if (other.command.op === 'migrate-to-device') return true;
  const entry = before[side.cell] ?? 0;
  return isDeviceEntry(entry) && (frame === undefined || frame === frameOf(entry));
}

/** Whether a touch got through to what was on the device, and no command beside it could have brought that back. */
function needsCall({ before }: RaceStep, side: Side, other: Side): boolean {
  if (!isTouch(side) || !isDeviceEntry(before?.[side.cell] ?? 0)) return false;
  const gotThrough = typeof side.answer === 'number' || side.answer === 'ok';
  const { op } = other.command;
  return gotThrough && (op === 'fork' || op === 'load' || op === 'store' || op === 'migrate-to-device');
}
