import { profilesWith } from '../spec/profiles/profile.ts';
import type { Command, Op } from '../spec/vocabulary/command.ts';
import { partsOf } from '../spec/vocabulary/parts.ts';
import { devicesIn } from '../spec/vocabulary/scope.ts';
import { isFrameEvent } from '../spec/vocabulary/event.ts';
import { frameOf, isDeviceEntry } from '../spec/vocabulary/snapshot.ts';
import { eventInWords, resultInWords } from '../spec/vocabulary/words.ts';
import { BELOW_LIMIT } from './charges.ts';
import { define, defineRead } from './property.ts';
import { answersByRights, isWatchedFor, refusalOf, worked } from './device-rights.ts';
import { deviceOf, homeBefore, isForeign, isOn, ownerOf } from './devices-apart.ts';
import { PENDING_OOM, PENDING_SIGBUS } from './injected.ts';
import { recordChanges, changeInWords, changes } from './stillness.ts';
import { homeOf } from './contents.ts';
import { isVector } from '../spec/vocabulary/result.ts';

const ownerCalled = define({
  id: 'devices/owner-called',
  title: 'page_fault is called in the driver of the device that holds the page, for a frame of that device',
  requirements: ['devices.owner-called'],
  needs: ['devices', 'callbacks'],
  steps: (reading) => reading.eventful,
  check({ command, events, before }, reading) {
    let called = 0;
    for (const event of events) {
      if (event.event !== 'fault' || event.device === undefined) continue;
      const entry = before?.[reading.cell(event.process, event.page)] ?? 0;
      const isThere = isDeviceEntry(entry);
      const home = isThere ? deviceOf(entry, reading.scope) : event.device;
      if (home !== event.device && !mayReach(command, event.device)) {
        return `${eventInWords(event)}: the page is on device ${home}`;
      }
      if (event.frame !== undefined && ownerOf(event.frame, reading.scope) !== event.device) {
        return `${eventInWords(event)}: the frame belongs to device ${ownerOf(event.frame, reading.scope)}`;
      }
      if (isThere || event.frame !== undefined) called++;
    }
    return called;
  },
});

/** Commands that put pages on the device that they name. */
const TO_DEVICE: ReadonlySet<Op> = new Set<Op>(['migrate-to-device', 'device-store']);

/** Whether a page may have reached this device during the command: only a concurrent command can observe it there. */
const mayReach = (command: Command, device: number): boolean =>
  command.op === 'race' &&
  partsOf(command).some(
    (part) => TO_DEVICE.has(part.op) && ('device' in part ? (part.device ?? 0) : 0) === device,
  );

const ownFrames = define({
  id: 'devices/own-frames',
  title: 'A page that migrates to a device is on a frame of that device',
  requirements: ['devices.isolated', 'migrate.result-per-page'],
  needs: ['devices', 'entries'],
  steps: (reading) => reading.migrations,
  check({ command, result, after, cell, device }, { scope }) {
    if (command.op !== 'migrate-to-device' || after === undefined || !isVector(result)) return 0;
    let moved = 0;
    for (let i = 0; i < result.length; i++) {
      const entry = after[cell + i] ?? 0;
      if (result[i] !== 'moved' || !isDeviceEntry(entry)) continue;
      if (deviceOf(entry, scope) !== device) {
        return `page ${command.page + i} moved to device ${device}, but is on device ${deviceOf(entry, scope)}`;
      }
      moved++;
    }
    return moved;
  },
});

const foreignSkipped = define({
  id: 'devices/foreign-skipped',
  title: 'A migration by one device skips pages on another device',
  requirements: ['devices.foreign-skipped'],
  profiles: profilesWith(({ ownersMatter }) => ownersMatter),
  needs: ['devices'],
  unless: ['one-owner'],
  steps: (reading) => reading.migrations,
  check({ command, result, before, cell, device, traits }, { scope }) {
    if (!isVector(result) || command.op === 'evict') return 0;
    // Where entries are not shown, results tell where the first page was sent. It may have been migrated to system
    // memory since, so it may move to another device, but it cannot be migrated to system memory from there.
    const sentTo = command.op === 'migrate-to-system' ? homeOf(traits) : undefined;
    let foreign = 0;
    for (let i = 0; i < result.length; i++) {
      const entry = before?.[cell + i];
      const shown = entry !== undefined && isDeviceEntry(entry) ? deviceOf(entry, scope) : undefined;
      const home = before === undefined && i === 0 ? sentTo : shown;
      if (home === undefined || home === device) continue;
      if (result[i] === 'moved') return `${command.op} of device ${device} moved a page of device ${home}`;
      foreign++;
    }
    return foreign;
  },
});

const foreignAccess = define({
  id: 'devices/foreign-access',
  title:
    'A page on another device migrates by one page_fault before it is accessed; if that fails, nothing changes',
  requirements: ['devices.foreign-access'],
  profiles: profilesWith(({ foreignAccessFaults }) => foreignAccessFaults),
  needs: ['devices', 'device-load', 'callbacks', 'entries', 'every-step'],
  unless: ['one-owner'],
  steps: (reading) => reading.deviceAccesses,
  check(step, { scope }) {
    const { command, after, cell, faults, before } = step;
    if (!step.usable || !step.permits(command.op === 'device-store') || !isForeign(step, scope)) return 0;
    if (!worked(step)) {
      return command.op === 'device-load' ? (changes(step) ?? recordChanges(step) ?? 1) : 0;
    }
    if (faults === 0 || (faults > 1 && (step.mayFailBy & PENDING_OOM) === 0))
      return `${command.op} of another device's page called page_fault ${faults} times`;
    const entry = after?.[cell] ?? 0;
    const stayed = isDeviceEntry(entry) && deviceOf(entry, scope) === homeBefore(step, cell, scope);
    return stayed && entry === before?.[cell] ? `${command.op} left the page on the other device` : 1;
  },
});

const foreignError = define({
  id: 'devices/foreign-error',
  title:
    'An access to a page on another device that fails for lack of memory returns ENOMEM, otherwise EFAULT',
  requirements: ['devices.foreign-error'],
  profiles: profilesWith(({ foreignErrorTellsCause }) => foreignErrorTellsCause),
  needs: ['devices', 'device-load', 'entries', 'every-step'],
  unless: ['one-owner'],
  steps: (reading) => reading.deviceAccesses,
  check(step, { scope }) {
    const { command, mayFailBy, result } = step;
    if (command.op !== 'device-load' && command.op !== 'device-store') return 0;
    if (!step.usable || refusalOf(step) !== undefined || isWatchedFor(step) || !isForeign(step, scope))
      return 0;
    const cause = mayFailBy & (PENDING_SIGBUS | PENDING_OOM);
    // With both, either may have struck. At the limit of its group, a store also fails after the page has migrated.
    if (worked(step) || cause === 0 || cause === (PENDING_SIGBUS | PENDING_OOM)) return 0;
    if (command.op === 'device-store' && step.atLimit !== BELOW_LIMIT) return 0;
    const expected = cause === PENDING_OOM ? 'ENOMEM' : 'EFAULT';
    return result === expected ? 1 : `${command.op} returned ${resultInWords(result)}, not ${expected}`;
  },
});

const joinedAccess = define({
  id: 'devices/joined-access',
  title: 'A device accesses a page on another device of its owner in place or after one page_fault',
  requirements: ['devices.joined-access'],
  profiles: profilesWith(({ ownersMatter }) => ownersMatter),
  needs: ['devices', 'one-owner', 'device-load', 'callbacks', 'entries', 'every-step'],
  steps: (reading) => reading.deviceAccesses,
  check(step, { scope }) {
    const { command, after, before, cell, faults } = step;
    if (!step.usable || refusalOf(step) !== undefined || isWatchedFor(step) || !isForeign(step, scope))
      return 0;
    if (command.op !== 'device-load') return 0;
    if (!worked(step))
      return (step.mayFailBy & (PENDING_SIGBUS | PENDING_OOM)) !== 0 ? 1 : `${command.op} was refused`;
    if (faults > 1 && (step.mayFailBy & PENDING_OOM) === 0)
      return `${command.op} called page_fault ${faults} times`;
    if (faults === 0 && after?.[cell] !== before?.[cell]) return changeInWords(step, cell);
    return 1;
  },
});

const joinedMigration = define({
  id: 'devices/joined-migration',
  title: 'When a page migrates between devices of one owner, its old frame is freed',
  requirements: ['devices.joined-migration'],
  profiles: profilesWith(({ ownersMatter }) => ownersMatter),
  needs: ['devices', 'one-owner', 'callbacks', 'entries', 'every-step'],
  steps: (reading) => reading.migrations,
  check(step, { scope }) {
    const { command, result, before, after, cell, device } = step;
    if (command.op !== 'migrate-to-device' || before === undefined || !isVector(result)) return 0;
    let moved = 0;
    for (let i = 0; i < result.length; i++) {
      const was = before[cell + i] ?? 0;
      if (!isDeviceEntry(was) || deviceOf(was, scope) === device || result[i] !== 'moved') continue;
      if (!isOn(after?.[cell + i] ?? 0, device, scope)) return changeInWords(step, cell + i);
      const frees = step.count('free', frameOf(was));
      if (frees !== 1)
        return `page_free was called ${frees} times for frame ${frameOf(was)}, whose page migrated`;
      moved++;
    }
    return moved;
  },
});

const foreignValue = defineRead({
  id: 'devices/foreign-value',
  title: 'A device reads the value stored last in a page that migrated to another device',
  requirements: ['devices.foreign-value'],
  needs: ['devices', 'device-load'],
  concerns({ command, traits, device }) {
    if (command.op !== 'device-load') return false;
    const home = homeOf(traits);
    return home !== undefined && home !== device;
  },
});

const apart = define({
  id: 'devices/apart',
  title: 'A command on one device leaves the pages and frames of the other unchanged',
  requirements: ['devices.isolated'],
  needs: ['devices', 'entries', 'every-step'],
  steps: (reading) => reading.deviceCommands,
  check(step, { scope }) {
    const { before, after, device, events } = step;
    if (before === undefined || after === undefined) return 0;
    for (const event of events) {
      if (!isFrameEvent(event) || ownerOf(event.frame, scope) === device) continue;
      return `${step.command.op} of device ${device}: the other driver: ${eventInWords(event)}`;
    }
    let others = 0;
    for (let cell = 0; cell < after.length; cell++) {
      const was = before[cell] ?? 0;
      if (!isDeviceEntry(was) || deviceOf(was, scope) === device) continue;
      if (after[cell] !== was) return changeInWords(step, cell);
      others++;
    }
    return others;
  },
});

const worksOn = define({
  id: 'devices/works-on',
  title: 'A device access works while the other device is closed or detached',
  requirements: ['devices.isolated'],
  needs: ['devices'],
  steps: (reading) => reading.deviceAccesses,
  check(step, reading) {
    if (!step.usable || isForeign(step, reading.scope)) return 0;
    for (let other = 0; other < devicesIn(reading.scope); other++) {
      if (!step.devicesBefore.isUsable(other)) return answersByRights(step, reading);
    }
    return 0;
  },
});

const answers = define({
  id: 'devices/each-answers-for-itself',
  title: 'Attach and detach return results that match the state of the named device',
  requirements: ['devices.isolated', 'device.attach'],
  needs: ['devices', 'attach'],
  steps: (reading) => reading.attachments,
  check({ command, result, attached, devicesBefore, device }, { scope }) {
    let differs = false;
    for (let other = 0; other < devicesIn(scope); other++) {
      if (other !== device && devicesBefore.isAttached(other) !== attached) differs = true;
    }
    if (!differs) return 0;
    const isDue = command.op === 'attach' ? !attached : attached;
    const wrong = command.op === 'attach' ? 'EBUSY' : 'ENODEV';
    return isDue === (result === wrong) ? `${command.op} returned ${resultInWords(result)}` : 1;
  },
});

/** Properties of the isolation of devices from each other. */
export const devicesProperties = [
  ownerCalled,
  ownFrames,
  foreignSkipped,
  foreignAccess,
  foreignError,
  joinedAccess,
  joinedMigration,
  foreignValue,
  apart,
  worksOn,
  answers,
] as const;
