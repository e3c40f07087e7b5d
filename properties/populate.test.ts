import {
  discard,
  fork,
  load,
  lock,
  map,
  populate,
  store,
  toDevice,
  unlock,
  unmap,
} from '../spec/vocabulary/shorthand.ts';
import { fault } from '../spec/vocabulary/driver-events.fixture.ts';
import { type Line, type Lines, prove, type Shown } from './hand-made.fixture.ts';
import { populateProperties as chapter } from './populate.ts';

const stored: Lines = [
  [map(0, 0), { entries: 'o .', charged: 0 }],
  [store(0, 0, 7), { entries: '= .', charged: 1 }],
];
const onDevice: Lines = [...stored, [toDevice(0, 0), { result: ['moved'], entries: 'W0 .', charged: 1 }]];
const shared: Lines = [...onDevice, [fork(0, 1), { entries: 'R0 R0', charged: 1 }]];
const brings = (shown: Shown): Line => [populate(0, 0), shown];
const locks = (shown: Shown): Line => [lock(0, 0), shown];

prove(chapter, {
  'populate/brings-back': {
    holds: [...onDevice, brings({ entries: '= .' })],
    breaks: [
      [...onDevice, brings({ entries: 'W0 .' })],
      [...onDevice, locks({ entries: 'R0 .' })],
    ],
  },
  'populate/own': {
    holds: [...shared, brings({ charged: 2 })],
    breaks: [
      [...shared, brings({ charged: 1 })],
      [...stored, locks({ charged: 2 })],
      [[map(0, 0), { charged: 0 }], brings({ charged: 0 })],
      [[map(0, 0, 'read'), { charged: 0 }], brings({ charged: 1 })],
    ],
  },
  'populate/keeps-value': {
    holds: [...onDevice, brings({}), [load(0, 0), { result: 7 }]],
    breaks: [
      [...onDevice, brings({}), [load(0, 0), { result: 0 }]],
      [[map(0, 0)], locks({}), [load(0, 0), { result: 7 }]],
    ],
  },
  'populate/failure': {
    holds: [...onDevice, brings({}), [unmap(0, 0)], brings({ result: 'ENOMEM' })],
    breaks: [
      [...stored, [unmap(0, 0)], brings({ result: 'EFAULT' })],
      [[map(0, 0, 'none')], locks({ result: 'ENOMEM' })],
      [[map(0, 0, 'none')], brings({})],
      [[map(0, 0, 'none')], brings({ result: 'EFAULT', events: [fault(0, 0)] })],
      [...onDevice, brings({ result: 'EFAULT' })],
      [...onDevice, locks({ result: 'SIGBUS' })],
    ],
  },
  'populate/locked': {
    // A lock that could not populate is in force nevertheless.
    holds: [
      [map(0, 0, 'none')],
      locks({ result: 'EFAULT', entries: 'o .' }),
      [discard(0, 0), { result: 'EINVAL', entries: 'o .' }],
      [unlock(0, 0)],
      [discard(0, 0)],
    ],
    breaks: [
      [...stored, locks({ entries: '= .' }), [discard(0, 0), { entries: 'o .' }]],
      [...stored, locks({ entries: '= .' }), [discard(0, 0), { result: 'EINVAL', entries: 'o .' }]],
      [
        ...stored,
        locks({ entries: '= .' }),
        [toDevice(0, 0), { result: ['moved'], entries: 'W0 .' }],
        [discard(0, 0), { entries: 'o .' }],
      ],
    ],
  },
});
