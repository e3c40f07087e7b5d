import { EXCLUSIVE_ENTRY, POISON, PRESENT } from '../spec/vocabulary/snapshot.ts';
import { resultInWords } from '../spec/vocabulary/words.ts';
import { define, type PropertyResult } from './define.ts';
import { answersByRights, refusalOf } from './device-rights.ts';
import { mayBeForeign } from './devices-apart.ts';
import { defineRead } from './read-value.ts';
import { recordChanges, calls, changes, modified } from './stillness.ts';
import type { TraceStep } from './step.ts';
import type { DeviceAccess } from './step-lists.ts';

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
    'A device performs the accesses that the mapping permits; others fail without a callback or a change',
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
    return `a ${step.command.op} of poison answered ${resultInWords(step.result)}`;
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
  return `the device is not there, and ${step.command.op} answered ${resultInWords(step.result)}`;
}

/** Properties of loads by the device, and of the permission of device accesses. */
export const device = [loadValue, loadQuiet, permission, poison, detached, closed] as const;
