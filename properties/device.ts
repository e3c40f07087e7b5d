import {
  EXCLUSIVE_ENTRY,
  frameOf,
  isDeviceEntry,
  isWriteEntry,
  POISON,
  PRESENT,
  UNPOPULATED,
} from '../spec/vocabulary/snapshot.ts';
import { entryInWords, entryPredicate, eventInWords, resultInWords } from '../spec/vocabulary/words.ts';
import { define, defineRead, type PropertyResult } from './property.ts';
import { answersByRights, isWatchedFor, mayLackCharge, refusalOf } from './device-rights.ts';
import { isForeign, mayBeForeign } from './devices-apart.ts';
import { calls, changeInWords, changes, modified, recordChanges } from './stillness.ts';
import type { TraceStep } from './step.ts';
import type { DeviceAccess } from './step-lists.ts';
import type { Scope } from '../spec/vocabulary/scope.ts';
import { isFilePage, WRITTEN_BY_DEVICE } from './contents.ts';
import { PENDING_OOM } from './injected.ts';
import { isCommon } from './mapping-table.ts';

const loadValue = defineRead({
  id: 'device/load-value',
  title: 'A device load returns the value stored last, wherever the page is',
  requirements: ['device.load-value'],
  needs: ['device-load'],
  concerns: ({ command }) => command.op === 'device-load',
});

const loadQuiet = define({
  id: 'device/load-quiet',
  title: 'A device load calls no callback and changes nothing, except for a page on another device',
  requirements: ['device.load-no-callbacks'],
  needs: ['device-load'],
  steps: (reading) => reading.deviceAccesses,
  check(step, { scope }) {
    const { command, before, after, cell } = step;
    if (command.op !== 'device-load' || mayBeForeign(step, scope)) return 0;
    // The device may lose its exclusive access.
    if (before?.[cell] !== EXCLUSIVE_ENTRY || after?.[cell] !== PRESENT) return modified(step) ?? 1;
    return calls(step) ?? changes(step, cell) ?? recordChanges(step) ?? 1;
  },
});

const permission = define({
  id: 'device/permission',
  title:
    'A device access succeeds if the mapping permits it, and otherwise fails without a callback or a change',
  requirements: ['device.permission', 'failure.poison-lasts', 'unmap.access-faults'],
  needs: [],
  steps: (reading) => reading.deviceAccesses,
  check: (step, reading) => (step.usable ? answersByRights(step, reading) : 0),
});

const poison = define({
  id: 'device/poison',
  title: 'A device access to poison fails without a callback or a change',
  requirements: ['failure.poison-lasts'],
  profiles: ['origin'],
  needs: ['inject-sigbus'],
  steps: (reading) => reading.deviceAccesses,
  check(step) {
    if (!step.usable || step.code !== POISON) return 0;
    if (step.result === refusalOf(step)) return modified(step) ?? 1;
    return `a ${step.command.op} of poison returned ${resultInWords(step.result)}`;
  },
});

const detached = define({
  id: 'device/detached',
  title: 'An access by a detached device returns ENODEV and changes nothing',
  requirements: ['device.detached'],
  needs: ['attach'],
  steps: (reading) => reading.deviceAccesses,
  check: (step) => (step.attached ? 0 : answersNoDevice(step)),
});

const closed = define({
  id: 'device/closed',
  title: 'An access by a closed device returns ENODEV and changes nothing',
  requirements: ['device.closed'],
  needs: ['close'],
  steps: (reading) => reading.deviceAccesses,
  check: (step) => (step.usable || !step.attached ? 0 : answersNoDevice(step)),
});

function answersNoDevice(step: TraceStep<DeviceAccess>): PropertyResult {
  if (step.result === 'ENODEV') return modified(step) ?? 1;
  return `the device is detached or closed, but ${step.command.op} returned ${resultInWords(step.result)}`;
}

/** Properties of loads by the device, and of the permission of device accesses. */
export const deviceProperties = [loadValue, loadQuiet, permission, poison, detached, closed] as const;

const storeLands = defineRead({
  id: 'device/store-lands',
  title: 'CPU and device read the value that the device stored',
  requirements: ['device.store-visible', 'fault.last-value'],
  needs: ['device-store'],
  concerns: ({ traits }) => (traits & WRITTEN_BY_DEVICE) !== 0,
});

const storeCalls = define({
  id: 'device/store-calls',
  title:
    'A device store calls page_fault at most once, for its own process and page; if it fails, it frees no frame',
  requirements: ['device.store-place', 'fault.no-needless-call'],
  needs: ['device-store', 'callbacks'],
  steps: (reading) => reading.deviceAccesses,
  check(step) {
    const { command, events, faults, before, cell } = step;
    if (command.op !== 'device-store' || refusalOf(step) !== undefined || !step.usable) return 0;
    // Where there is no memory, the driver may retry without a report.
    if (faults > 1 && (step.mayFailBy & PENDING_OOM) === 0)
      return `one device-store called page_fault ${faults} times`;
    const entry = before?.[cell];
    for (const event of events) {
      if (event.event !== 'fault') continue;
      const isOwn = event.process === command.process && event.page === command.page;
      if (!isOwn || (entry !== undefined && !isDeviceEntry(entry)))
        return `device-store called ${eventInWords(event)}`;
    }
    return 1;
  },
});

const storePlace = define({
  id: 'device/store-place',
  title: 'A device store is made in place, or gives its process a page of its own',
  requirements: ['device.store-place'],
  needs: ['device-store', 'entries', 'every-step'],
  steps: (reading) => reading.deviceAccesses,
  check(step, { capabilities, oneOwner, scope }) {
    const { before, after, cell, code, mapping } = step;
    if (step.command.op !== 'device-store' || before === undefined || after === undefined) return 0;
    if (step.result !== 'ok') return changesOnFailure(step, scope) ?? 1;
    const [was, is] = [before[cell] ?? 0, after[cell] ?? 0];
    if (isDeviceEntry(was)) {
      // A page on another device of the same owner may be used in place or migrated to system memory.
      const staysPut = !isForeign(step, scope) || (oneOwner && is === was);
      if (isWriteEntry(was) && staysPut) return changes(step) ?? 1;
      return endsAlone(step, is, capabilities.has('callbacks')) ?? sharersTogether(step) ?? 1;
    }
    if (was === EXCLUSIVE_ENTRY && is === PRESENT) return changes(step, cell) ?? 1;
    const isShared = code === UNPOPULATED || isFilePage(code) || step.sharersBefore > 1;
    if (isCommon(mapping) || !isShared) return changes(step) ?? 1;
    return endsAlone(step, is, false) ?? changes(step, cell) ?? 1;
  },
});

/**
 * A page that a store fails to access may have been migrated to system memory before the failure; otherwise nothing has
 * changed.
 */
function changesOnFailure(step: TraceStep<DeviceAccess>, scope: Scope): string | undefined {
  const { before, after, cell: named } = step;
  if (before === undefined || after === undefined) return undefined;
  // A page of another device is migrated to system memory before the store itself fails.
  const mayComeBack = isWatchedFor(step) || mayLackCharge(step) || isForeign(step, scope);
  for (let cell = 0; cell < after.length; cell++) {
    const [was, is] = [before[cell] ?? 0, after[cell] ?? 0];
    if (was === is) continue;
    const cameBack = is === PRESENT && mayComeBack && isDeviceEntry(was);
    const isTakenBack = is === PRESENT && was === EXCLUSIVE_ENTRY && cell === named;
    if (!cameBack && !isTakenBack) return changeInWords(step, cell);
  }
  return undefined;
}

/**
 * After the store, only the writer maps its frame, or the page is in system memory; the writer does not keep a shared
 * frame.
 */
function endsAlone(step: TraceStep<DeviceAccess>, is: number, showsFrees: boolean): string | undefined {
  const { before, cell, names } = step;
  if (is === PRESENT) return undefined;
  if (!isDeviceEntry(is)) return `after a device-store the entry is ${entryPredicate(is)}`;
  const frame = frameOf(is);
  if (names?.[frame] !== 1) return `after a device-store another entry names frame ${frame}, too`;
  const was = before?.[cell] ?? 0;
  const isSame = isDeviceEntry(was) && frameOf(was) === frame;
  if (isSame && showsFrees && step.count('free', frame) === 0) {
    return `device-store wrote to frame ${frame} through a READ entry`;
  }
  return undefined;
}

/** The other processes that named the writer's frame still name it, or all of them have their page in system memory. */
function sharersTogether({ before, after, cell }: TraceStep<DeviceAccess>): string | undefined {
  if (before === undefined || after === undefined) return undefined;
  const frame = frameOf(before[cell] ?? 0);
  let stayed = 0;
  let cameBack = 0;
  for (let other = 0; other < after.length; other++) {
    const was = before[other] ?? 0;
    if (other === cell || !isDeviceEntry(was) || frameOf(was) !== frame) continue;
    const is = after[other] ?? 0;
    if (is === was) stayed++;
    else if (is === PRESENT) cameBack++;
    else return `device-store changed the entry of a sharer from ${entryInWords(was)} to ${entryInWords(is)}`;
  }
  return stayed > 0 && cameBack > 0
    ? 'after a device-store some sharers are on the device and others in system memory'
    : undefined;
}

/** Properties of stores by the device. */
export const deviceStoreProperties = [storeLands, storeCalls, storePlace] as const;
