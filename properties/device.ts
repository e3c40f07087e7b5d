import { frameOf, HOLE, isDeviceEntry, isWriteEntry, POISON, PRESENT } from '../spec/vocabulary/snapshot.ts';
import { entryInWords, eventInWords, resultInWords } from '../spec/vocabulary/words.ts';
import { define } from './define.ts';
import { answersByRights, refusalOf } from './device-rights.ts';
import { WRITTEN_BY_DEVICE } from './flat-memory.ts';
import type { DeviceAccess } from './reading.ts';
import { defineRead } from './read-value.ts';
import { changes, stirred } from './stillness.ts';
import type { Step } from './step.ts';

const loadValue = defineRead({
  id: 'device/load-value',
  title: 'A device load gives the last value stored, wherever the page lives',
  requirements: ['device.load-value'],
  needs: ['device-load'],
  concerns: ({ command }) => command.op === 'device-load',
});

const loadQuiet = define({
  id: 'device/load-quiet',
  title: 'A device load calls nothing and changes nothing',
  requirements: ['device.load-quiet'],
  needs: ['device-load'],
  steps: (reading) => reading.deviceAccesses,
  check: (step) => (step.command.op === 'device-load' ? (stirred(step) ?? 1) : 0),
});

const permission = define({
  id: 'device/permission',
  title: 'The device may do what the mapping permits; the rest is refused, calls nothing and changes nothing',
  requirements: ['device.permission', 'failure.poison-lasts', 'unmap.then-refused'],
  needs: [],
  steps: (reading) => reading.deviceAccesses,
  check: (step, reading) => (step.attached ? answersByRights(step, reading) : 0),
});

const poison = define({
  id: 'device/poison',
  title: 'A device access to poison is refused, asks nobody and changes nothing',
  requirements: ['failure.poison-lasts'],
  profiles: ['origin'],
  needs: ['inject-sigbus'],
  steps: (reading) => reading.deviceAccesses,
  check(step) {
    if (!step.attached || step.code !== POISON) return 0;
    if (step.result === refusalOf(step)) return stirred(step) ?? 1;
    return `a ${step.command.op} of poison answered ${resultInWords(step.result)}`;
  },
});

const detached = define({
  id: 'device/detached',
  title: 'A detached device answers ENODEV and does nothing',
  requirements: ['device.detached'],
  needs: ['attach'],
  steps: (reading) => reading.deviceAccesses,
  check(step) {
    if (step.attached) return 0;
    if (step.result === 'ENODEV') return stirred(step) ?? 1;
    return `the device is detached, and ${step.command.op} answered ${resultInWords(step.result)}`;
  },
});

const storeLands = defineRead({
  id: 'device/store-lands',
  title: 'What the device stored is read by CPU and device',
  requirements: ['device.store-lands', 'fault.last-value'],
  needs: ['device-store'],
  concerns: ({ traits }) => (traits & WRITTEN_BY_DEVICE) !== 0,
});

const storeCalls = define({
  id: 'device/store-calls',
  title:
    'A device store calls page_fault once at most, for its own process and page; one that fails frees nothing',
  requirements: ['device.store-place', 'fault.no-needless-call'],
  needs: ['device-store', 'callbacks'],
  steps: (reading) => reading.deviceAccesses,
  check(step) {
    const { command, events, faults, before, cell } = step;
    if (command.op !== 'device-store' || refusalOf(step) !== undefined || !step.attached) return 0;
    if (faults > 1) return `one device-store called page_fault ${faults} times`;
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
  title: 'A device store leaves its page in place, or its writer alone with a page of its own',
  requirements: ['device.store-place'],
  needs: ['device-store', 'entries', 'every-step'],
  steps: (reading) => reading.deviceAccesses,
  check(step, { capabilities }) {
    const { before, after, cell } = step;
    if (step.command.op !== 'device-store' || before === undefined || after === undefined) return 0;
    if (step.result !== 'ok') return changes(step) ?? 1;
    const [was, is] = [before[cell] ?? 0, after[cell] ?? 0];
    if (isDeviceEntry(was)) {
      if (isWriteEntry(was)) return changes(step) ?? 1;
      return endsAlone(step, is, capabilities.has('callbacks')) ?? sharersTogether(step) ?? 1;
    }
    if (was !== HOLE && step.sharersBefore < 2) return changes(step) ?? 1;
    return endsAlone(step, is, false) ?? changes(step, cell) ?? 1;
  },
});

/** The writer is the only one at its frame, or in system memory; a frame that it had is not simply kept. */
function endsAlone(step: Step<DeviceAccess>, is: number, showsFrees: boolean): string | undefined {
  const { before, cell, names } = step;
  if (is === PRESENT) return undefined;
  if (!isDeviceEntry(is)) return `device-store left a ${entryInWords(is)}`;
  const frame = frameOf(is);
  if (names?.[frame] !== 1) return `the writer of a device-store shares frame ${frame}`;
  const was = before?.[cell] ?? 0;
  const isSame = isDeviceEntry(was) && frameOf(was) === frame;
  if (isSame && showsFrees && step.count('free', frame) === 0) {
    return `device-store wrote to frame ${frame} through a READ entry`;
  }
  return undefined;
}

/** The others that named the writer's frame are all where they were, or all in system memory. */
function sharersTogether({ before, after, cell }: Step<DeviceAccess>): string | undefined {
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
    else return `device-store made a sharer's ${entryInWords(was)} a ${entryInWords(is)}`;
  }
  return stayed > 0 && cameBack > 0 ? 'device-store left its sharers in two places' : undefined;
}

/** What loads and stores by the device do. */
export const device = [
  loadValue,
  loadQuiet,
  permission,
  poison,
  detached,
  storeLands,
  storeCalls,
  storePlace,
] as const;
