import {
  attach,
  close,
  detach,
  deviceLoad,
  deviceStore,
  evictAll,
  inject,
  load,
  map,
  onDevice as at,
  race,
  store,
  toDevice,
  toSystem,
} from '../spec/vocabulary/shorthand.ts';
import { expect, test } from 'vitest';
import { devicesProperties as chapter } from './devices.ts';
import { alloc, fault, free } from '../spec/vocabulary/driver-events.fixture.ts';
import { type Line, type Lines, prove, type Shown, traceOf } from './hand-made.fixture.ts';
import { migrateProperties } from './migrate.ts';

// Device 0 has frames 0 and 1, device 1 has frames 2 and 3.
const stored: Lines = [
  [map(0, 0), { entries: 'o . . .' }],
  [map(0, 1), { entries: 'o o . .' }],
  [store(0, 0, 7), { entries: '= o . .' }],
];
const onSecond: Lines = [...stored, [at(1, toDevice(0, 0)), { result: ['moved'], entries: 'W2 o . .' }]];
const both: Lines = [...onSecond, [toDevice(0, 1), { result: ['moved'], entries: 'W2 W0 . .' }]];
const reads = (shown: Shown): Line => [deviceLoad(0, 0), { result: 7, ...shown }];
const back: Shown = { entries: '= o . .', events: [fault(0, 0, 2, 1), free(2)] };
const setting = { pages: 2, devices: 2 } as const;

prove(chapter, {
  'devices/owner-called': {
    ...setting,
    // The page migrated to system memory, moved to the other device before the store found it, and migrated from there.
    holds: [
      ...onSecond,
      [
        race(toDevice(0, 0), store(0, 0, 8)),
        {
          result: { left: ['moved'], right: 'ok' },
          entries: '= o . .',
          events: [fault(0, 0, 2, 1), free(2), alloc(0), fault(0, 0, 0, 0), free(0)],
        },
      ],
    ],
    breaks: [
      [...onSecond, [race(load(0, 0), load(0, 0)), { events: [fault(0, 0, 0, 0)] }]],
      [...onSecond, [race(toSystem(0, 0), load(0, 0)), { events: [fault(0, 0, 0, 0)] }]],
      [...onSecond, [load(0, 0), { result: 7, ...back, events: [fault(0, 0, 2, 0)] }]],
      [...onSecond, [load(0, 0), { result: 7, ...back, events: [fault(0, 0, 0, 1)] }]],
    ],
  },
  'devices/own-frames': {
    ...setting,
    holds: onSecond,
    breaks: [
      [...stored, [at(1, toDevice(0, 0)), { result: ['moved'], entries: 'W0 o . .' }]],
      [...stored, [toDevice(0, 0, 2), { result: ['moved', 'moved'], entries: 'W0 W3 . .' }]],
    ],
  },
  'devices/foreign-skipped': {
    ...setting,
    holds: [...onSecond, [toSystem(0, 0), { result: ['skipped'] }]],
    breaks: [
      [...onSecond, [toSystem(0, 0), { result: ['moved'], entries: '= o . .' }]],
      [...onSecond, [toDevice(0, 0), { result: ['moved'], entries: 'W0 o . .' }]],
      [...stored, [at(1, toDevice(0, 0)), { result: ['moved'] }], [toSystem(0, 0), { result: ['moved'] }]],
    ],
  },
  'devices/foreign-access': {
    ...setting,
    holds: [...onSecond, reads(back)],
    breaks: [
      [...onSecond, reads({ entries: 'W2 o . .' })],
      [...onSecond, reads({ ...back, events: [fault(0, 0, 2), fault(0, 0, 2)] })],
      [...onSecond, reads({ ...back, entries: 'W2 o . .' })],
      [...onSecond, [deviceStore(0, 0, 8), { entries: 'W2 o . .', events: [fault(0, 0, 2)] }]],
      [
        ...onSecond,
        [inject('sigbus'), { entries: 'W2 o . .' }],
        reads({ result: 'EFAULT', entries: '= o . .' }),
      ],
    ],
  },
  'devices/foreign-error': {
    ...setting,
    holds: [
      ...onSecond,
      [inject('oom'), { entries: 'W2 o . .' }],
      reads({ result: 'ENOMEM', entries: 'W2 o . .' }),
    ],
    breaks: [
      [
        ...onSecond,
        [inject('oom'), { entries: 'W2 o . .' }],
        reads({ result: 'EFAULT', entries: 'W2 o . .' }),
      ],
      [
        ...onSecond,
        [inject('sigbus'), { entries: 'W2 o . .' }],
        [deviceStore(0, 0, 8), { result: 'ENOMEM', entries: 'W2 o . .' }],
      ],
    ],
  },
  'devices/joined-access': {
    ...setting,
    also: ['one-owner'],
    holds: [...onSecond, reads({ entries: 'W2 o . .' })],
    breaks: [
      [...onSecond, reads({ result: 'EFAULT', entries: 'W2 o . .' })],
      [...onSecond, reads({ entries: 'W0 o . .' })],
      [...onSecond, reads({ ...back, events: [fault(0, 0, 2, 1), fault(0, 0, 2, 1), free(2)] })],
    ],
  },
  'devices/joined-migration': {
    ...setting,
    also: ['one-owner'],
    holds: [
      ...onSecond,
      [toDevice(0, 0), { result: ['moved'], entries: 'W0 o . .', events: [alloc(0), free(2)] }],
    ],
    breaks: [
      [...onSecond, [toDevice(0, 0), { result: ['moved'], entries: 'W0 o . .', events: [alloc(0)] }]],
      [
        ...onSecond,
        [toDevice(0, 0), { result: ['moved'], entries: 'W3 o . .', events: [alloc(3), free(2)] }],
      ],
    ],
  },
  'devices/foreign-value': {
    ...setting,
    holds: [...onSecond, reads({})],
    breaks: [[...onSecond, reads({ result: 0 })]],
  },
  'devices/apart': {
    ...setting,
    holds: [...both, [detach, { entries: 'W2 = . .', events: [free(0)] }]],
    breaks: [
      [...both, [detach, { entries: '= = . .' }]],
      [...both, [at(1, close), { entries: 'W2 = . .' }]],
      [...both, [evictAll, { result: 1, entries: 'W2 = . .', events: [free(2)] }]],
    ],
  },
  'devices/works-on': {
    ...setting,
    holds: [...both, [at(1, close), { entries: 'W2 W0 . .' }], [deviceLoad(0, 1), { result: 0 }]],
    breaks: [
      [...both, [at(1, close), { entries: 'W2 W0 . .' }], [deviceLoad(0, 1), { result: 'ENODEV' }]],
      [...stored, [detach, { entries: '= o . .' }], [at(1, deviceStore(0, 0, 8)), { result: 'ENODEV' }]],
    ],
  },
  'devices/each-answers-for-itself': {
    ...setting,
    holds: [[detach], [at(1, detach)], [attach], [at(1, attach)]],
    breaks: [
      [[detach], [at(1, detach), { result: 'ENODEV' }]],
      [[detach], [at(1, attach)]],
      [[detach], [attach, { result: 'EBUSY' }]],
    ],
  },
});

test('one-owner changes nothing in a profile in which devices have no owner', () => {
  const across: Lines = [
    ...onSecond,
    [toDevice(0, 0), { result: ['moved'], entries: 'W0 o . .', events: [alloc(0), free(2)] }],
  ];
  const brokenIn = (profile: 'origin' | 'linux-5.18'): readonly string[] =>
    migrateProperties.flatMap(({ id, examine }) =>
      examine(traceOf(across, { ...setting, profile, also: ['one-owner'] })).broken === undefined ? [] : [id],
    );
  expect(brokenIn('origin')).toContain('migrate/truth');
  expect(brokenIn('linux-5.18')).toEqual([]);
});
