import {
  exit,
  fork,
  map,
  pin,
  protect,
  readPin,
  store,
  toDevice,
  unpin,
} from '../spec/vocabulary/shorthand.ts';
import { alloc, fault } from '../spec/vocabulary/driver-events.fixture.ts';
import { type Line, type Lines, prove, type Shown } from './hand-made.fixture.ts';
import { pinProperties as chapter } from './pin.ts';

const onDevice: Lines = [
  [map(0, 0), { entries: 'o .' }],
  [store(0, 0, 7), { entries: '= .' }],
  [toDevice(0, 0), { result: ['moved'], entries: 'W0 .' }],
];
const pins = (shown: Shown): Line => [pin(0, 0), shown];
const pinned: Lines = [...onDevice, pins({ entries: '= .' })];
const shared: Lines = [
  [map(0, 0), { entries: 'o .' }],
  [store(0, 0, 7), { entries: '= .', charged: 1 }],
  [fork(0, 1), { entries: '= =', charged: 1 }],
];
const reads = (shown: Shown): Line => [readPin(0, 0), shown];

prove(chapter, {
  'pin/brings-back': {
    holds: pinned,
    breaks: [
      [...onDevice, pins({ entries: 'W0 .' })],
      [[map(0, 0)], pins({ entries: 'o .' })],
    ],
  },
  'pin/never-on-device': {
    holds: [...pinned, [toDevice(0, 0), { result: ['skipped'], entries: '= .' }]],
    breaks: [
      [...pinned, [toDevice(0, 0), { result: ['skipped'], entries: 'W0 .' }]],
      [...pinned, [fork(0, 1), { entries: '= R0' }]],
    ],
  },
  'pin/sees-stores': {
    holds: [...pinned, [store(0, 0, 8)], [exit(0)], [unpin(), { result: 8 }]],
    breaks: [
      [...pinned, [store(0, 0, 8)], [unpin(), { result: 7 }]],
      [...pinned, [exit(0)], [unpin(), { result: 0 }]],
    ],
  },
  'pin/permission': {
    holds: [
      ...onDevice,
      [protect(0, 0, 'read'), { entries: 'R0 .' }],
      pins({ result: 'EFAULT', entries: 'R0 .' }),
    ],
    breaks: [
      [...onDevice, [protect(0, 0, 'read')], pins({})],
      [...onDevice, [protect(0, 0, 'read')], pins({ result: 'EFAULT', events: [fault(0, 0, 0)] })],
      [...onDevice, [protect(0, 0, 'read')], pins({ result: 'ENOMEM' })],
    ],
  },
  'pin/fails-as-error': {
    holds: pinned,
    breaks: [
      [...onDevice, pins({ result: 'EFAULT' })],
      [...onDevice, pins({ result: 'ENOMEM' })],
    ],
  },
  'pin/slot-is-busy': {
    holds: [...pinned, pins({ result: 'EBUSY', entries: '= .' })],
    breaks: [
      [...pinned, pins({})],
      [...pinned, pins({ result: 'EFAULT' })],
      [
        ...pinned,
        [toDevice(0, 0), { result: ['skipped'], entries: '= .' }],
        pins({ result: 'EBUSY', entries: 'o .' }),
      ],
    ],
  },
  'pin/slot-is-empty': {
    holds: [[unpin(), { result: 'EINVAL' }], ...pinned, [unpin(), { result: 7 }]],
    breaks: [
      [[unpin(), { result: 0 }]],
      [...pinned, [unpin(), { result: 'EINVAL' }]],
      [...pinned, [unpin(), { result: 7, events: [alloc(0)] }]],
    ],
  },
  'pin/read-permission': {
    holds: [
      ...onDevice,
      [protect(0, 0, 'read'), { entries: 'R0 .' }],
      reads({ entries: '= .' }),
      [unpin(), { result: 7 }],
      [protect(0, 0, 'none'), { entries: '= .' }],
      reads({ result: 'EFAULT', entries: '= .' }),
    ],
    breaks: [
      [...onDevice, [protect(0, 0, 'read')], reads({ result: 'EFAULT' })],
      [...onDevice, [protect(0, 0, 'none')], reads({})],
      [...onDevice, [protect(0, 0, 'none')], reads({ result: 'EFAULT', events: [fault(0, 0, 0)] })],
    ],
  },
  'pin/read-own': {
    holds: [...shared, reads({ entries: '= =', charged: 2 })],
    breaks: [[...shared, reads({ entries: '= =', charged: 1 })]],
  },
  'pin/read-shares': {
    holds: [...shared, reads({ entries: '= =', charged: 1 })],
    breaks: [[...shared, reads({ entries: '= =', charged: 2 })]],
  },
  'pin/read-empty': {
    holds: [
      [map(0, 0), { entries: 'o .' }],
      reads({ entries: 'o .' }),
      [store(0, 0, 7), { entries: '= .' }],
      [unpin(), { result: 0 }],
    ],
    breaks: [
      [
        [map(0, 0), { entries: 'o .' }],
        reads({ entries: 'o .' }),
        [store(0, 0, 7)],
        [unpin(), { result: 7 }],
      ],
      [[map(0, 0), { entries: 'o .' }], reads({ entries: 'o .' }), [unpin(), { result: 'stale' }]],
    ],
  },
});
