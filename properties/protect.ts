import { profilesWith } from '../spec/profiles/profile.ts';
import type { Capability } from '../spec/vocabulary/capability.ts';
import type { CommandOf } from '../spec/vocabulary/command.ts';
import type { DriverEvent } from '../spec/vocabulary/event.ts';
import {
  deviceEntry,
  EXCLUSIVE_ENTRY,
  frameOf,
  isDeviceEntry,
  isWriteEntry,
  POISON,
  PRESENT,
} from '../spec/vocabulary/snapshot.ts';
import { entryPredicate, eventInWords } from '../spec/vocabulary/words.ts';
import { define } from './property.ts';
import { answersByRights } from './device-rights.ts';
import { differs, isReprotected, mayPopulate } from './mapping-table.ts';
import { NO_CELL, type TraceStep } from './step.ts';
import { recordChanges, calls, changeInWords, changes } from './stillness.ts';
import { endsAsItMay, findsSlotBusy, isPermitted, isRefusedQuietly } from './access-outcome.ts';

const downgrades = define({
  id: 'protect/downgrades',
  title: 'A change of protection leaves no WRITE entry',
  requirements: ['protect.downgrades'],
  needs: ['protect', 'entries'],
  steps: (reading) => reading.protections,
  check({ command, mapping, before, after, cell }) {
    const entry = after?.[cell] ?? 0;
    if (!isDeviceEntry(entry) || !differs(mapping, command.protection)) return 0;
    if (isWriteEntry(entry))
      return `after a change to ${command.protection} the entry is ${entryPredicate(entry)}`;
    return before === undefined || isWriteEntry(before[cell] ?? 0) ? 1 : 0;
  },
});

const neverUpgrades = define({
  id: 'protect/never-upgrades',
  title: 'No READ entry becomes WRITE while the page stays on its frame',
  requirements: ['protect.never-upgrades', 'device.store-place'],
  needs: ['entries', 'every-step'],
  steps: (reading) => reading.compared,
  check(step, { capabilities }) {
    const { before, after } = step;
    if (before === undefined || after === undefined) return 0;
    let stayed = 0;
    for (let cell = 0; cell < after.length; cell++) {
      const was = before[cell] ?? 0;
      if (!isDeviceEntry(was) || isWriteEntry(was)) continue;
      const is = after[cell] ?? 0;
      if (is === deviceEntry(frameOf(was), true) && !mayHaveLeft(step, frameOf(was), capabilities)) {
        return changeInWords(step, cell);
      }
      if (is === was) stayed++;
    }
    return stayed;
  },
});

/**
 * The writer of a device store, and a page of a race, may release a frame and allocate it again: only page_free reports
 * it.
 */
function mayHaveLeft(step: TraceStep, frame: number, capabilities: ReadonlySet<Capability>): boolean {
  if (step.command.op !== 'device-store' && step.command.op !== 'race') return false;
  return !capabilities.has('callbacks') || step.count('free', frame) > 0;
}

const quiet = define({
  id: 'protect/quiet',
  title:
    'Protect calls no callback, moves nothing and changes no count, unless it makes a locked page writable',
  requirements: ['protect.no-callbacks', 'failure.poison-inert'],
  needs: ['protect'],
  steps: (reading) => reading.protections,
  check(step) {
    const { before, after, cell } = step;
    if (mayPopulate(step.mapping, step.command.protection)) return 0;
    const markModified = calls(step) ?? changes(step, cell) ?? recordChanges(step);
    if (markModified !== undefined) return markModified;
    const [was, is] = [before?.[cell] ?? 0, after?.[cell] ?? 0];
    if (before === undefined || after === undefined || is === was) return 1;
    const downgraded = isDeviceEntry(was) && is === deviceEntry(frameOf(was), false);
    return downgraded || isTakenBack(was, is) ? 1 : changeInWords(step, cell);
  },
});

const populatesLocked = define({
  id: 'protect/populates-locked',
  title: 'Protect that makes a locked page writable may populate it, and has no other effect',
  requirements: ['protect.no-callbacks', 'fault.calls-once'],
  needs: ['protect', 'lock'],
  steps: (reading) => reading.protections,
  check(step) {
    const { before, after, cell } = step;
    if (!mayPopulate(step.mapping, step.command.protection)) return 0;
    const wrong = step.events.find((event) => !mayBeCalled(step, event));
    if (wrong !== undefined) return `protect of a locked page: ${eventInWords(wrong)}`;
    const was = before?.[cell];
    if (was === undefined || after === undefined) return 1;
    return mayBecome(was, after[cell] ?? 0) ? 1 : changeInWords(step, cell);
  },
});

/** Whether a populate of the page may make this callback. */
function mayBeCalled(
  { command, before, cell }: TraceStep<CommandOf<'protect'>>,
  event: DriverEvent,
): boolean {
  if (event.event !== 'fault') return event.event === 'free';
  const isOnDevice = before === undefined || isDeviceEntry(before[cell] ?? 0);
  return isOnDevice && event.process === command.process && event.page === command.page;
}

/** Whether a populate may change the entry from `was` to `is`. */
function mayBecome(was: number, is: number): boolean {
  if (is === was || (is === PRESENT && was !== POISON)) return true;
  return isDeviceEntry(was) && (is === POISON || is === deviceEntry(frameOf(was), false));
}

/** A device may lose its exclusive access. */
const isTakenBack = (was: number, is: number): boolean => was === EXCLUSIVE_ENTRY && is === PRESENT;

const sameIsQuiet = define({
  id: 'protect/same-is-quiet',
  title: 'Setting the same protection again leaves every entry unchanged',
  requirements: ['protect.no-callbacks'],
  profiles: profilesWith(({ sameProtectionIsQuiet }) => sameProtectionIsQuiet),
  needs: ['protect', 'entries', 'every-step'],
  steps: (reading) => reading.protections,
  check(step) {
    const { before, after, cell } = step;
    if (step.changed < 0 || differs(step.mapping, step.command.protection)) return 0;
    const isBack = isTakenBack(before?.[cell] ?? 0, after?.[cell] ?? 0);
    return changes(step, isBack ? cell : NO_CELL) ?? (isDeviceEntry(before?.[cell] ?? 0) ? 1 : 0);
  },
});

const enforced = define({
  id: 'protect/enforced',
  title: 'After a change of protection the CPU may make exactly the accesses that the new one permits',
  requirements: ['protect.enforced'],
  needs: ['protect'],
  steps: (reading) => reading.accesses,
  check(step) {
    if (!isReprotected(step.mapping) || findsSlotBusy(step)) return 0;
    return isPermitted(step) ? (endsAsItMay(step) ?? 1) : isRefusedQuietly(step);
  },
});

const enforcedOnDevice = define({
  id: 'protect/enforced-on-device',
  title: 'After a change of protection the device may make exactly the accesses that the new one permits',
  requirements: ['protect.enforced', 'device.permission'],
  needs: ['protect'],
  steps: (reading) => reading.deviceAccesses,
  check: (step, reading) => (isReprotected(step.mapping) && step.usable ? answersByRights(step, reading) : 0),
});

/** Properties of a change of protection. */
export const protectProperties = [
  downgrades,
  neverUpgrades,
  quiet,
  populatesLocked,
  sameIsQuiet,
  enforced,
  enforcedOnDevice,
] as const;
