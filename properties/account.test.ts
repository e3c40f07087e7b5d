import {
  charge,
  deviceStore,
  exit,
  fork,
  inject,
  join,
  kernelStore,
  limit as limitTo,
  load,
  map,
  pin,
  populate,
  spawn,
  store,
  toDevice,
  unpin,
} from '../spec/vocabulary/shorthand.ts';
import { accountProperties, limitProperties } from './account.ts';
import { fault, free } from '../spec/vocabulary/driver-events.fixture.ts';
import { type Line, type Lines, prove, type Shown } from './hand-made.fixture.ts';

const stored: Lines = [[map(0, 0)], [store(0, 0, 7), { rss: [1, 0], charged: 1 }]];
const moved: Line = [toDevice(0, 0), { result: ['moved'], entries: 'W0 .', rss: [1, 0], charged: 1 }];
const asks = (group: number, result: number): Line => [charge(group), { result }];
/** Two processes with one page each, each in a group of its own. */
const joined: Lines = [...stored, [spawn(1)], [join(1, 1)], [map(1, 0)], [store(1, 0, 8)]];
const moves: Lines = [...joined, [join(0, 1)]];
const shared: Lines = [...stored, moved, [fork(0, 1), { rss: [1, 1], charged: 1 }]];

prove(accountProperties, {
  'account/rss': {
    holds: [...shared, [exit(0), { entries: '. R0', rss: [0, 1] }]],
    breaks: [
      [...stored, [toDevice(0, 0), { result: ['moved'], entries: 'W0 .', rss: [0, 0] }]],
      [...stored, moved, [fork(0, 1), { entries: 'R0 R0', rss: [1, 0] }]],
      [[map(0, 0, 'write', 'host'), { entries: '= .', rss: [1, 0] }]],
    ],
  },
  'account/charge': {
    // A page that only a pin holds stays charged.
    holds: [
      ...shared,
      [store(1, 0, 8), { charged: 2 }],
      [pin(0, 0)],
      [exit(0), { charged: 2 }],
      [unpin(), { result: 7, charged: 1 }],
    ],
    breaks: [
      [...stored, moved, [fork(0, 1), { charged: 2 }]],
      [...shared, [store(1, 0, 8), { charged: 1 }]],
      [...shared, [pin(0, 0), { charged: 2 }], [exit(0), { charged: 1 }]],
    ],
  },
  'account/migration-is-free': {
    holds: [
      [map(0, 0), { charged: 0 }],
      [toDevice(0, 0), { result: ['moved'], charged: 1 }],
    ],
    breaks: [
      [
        [map(0, 0), { charged: 0 }],
        [toDevice(0, 0), { result: ['moved'], charged: 0 }],
      ],
      [...stored, [toDevice(0, 0), { result: ['moved'], charged: 2 }]],
    ],
  },
  'account/groups': {
    // The child of a fork is in the group of its parent, a new process in the first.
    holds: [...joined, asks(0, 1), asks(1, 1), [exit(1)], [fork(0, 1)], [store(1, 0, 9)], asks(0, 2)],
    breaks: [
      [...joined, asks(0, 2)],
      [...joined, asks(1, 0)],
      [...joined, [toDevice(1, 0), { result: ['moved'] }], asks(1, 0)],
      [...joined, [exit(1)], asks(1, 1)],
    ],
  },
  'account/join-moves': {
    holds: [...moves, asks(1, 2), asks(0, 0)],
    breaks: [
      [...moves, asks(1, 1)],
      [...moves, asks(0, 1)],
      [...joined, [toDevice(0, 0), { result: ['moved'] }], [join(0, 1)], asks(1, 1)],
    ],
  },
  'account/join-leaves': {
    holds: [...moves, asks(1, 1), asks(0, 1)],
    breaks: [
      [...moves, asks(1, 2)],
      [...moves, asks(0, 0)],
    ],
  },
  'account/sum-of-groups': {
    // The charge of a page that several processes see may have moved or not: only the sum is certain.
    holds: [...stored, [fork(0, 1)], [join(0, 1)], asks(1, 1), asks(0, 0)],
    breaks: [
      [...stored, [fork(0, 1)], [join(0, 1)], asks(1, 1), asks(0, 1)],
      [...stored, [fork(0, 1)], [join(0, 1)], asks(0, 0), asks(1, 0)],
    ],
  },
});

const mapped: Lines = [
  [map(0, 0), { entries: 'o . . .' }],
  [map(0, 1), { entries: 'o o . .' }],
];
const storedBelowLimit: Lines = [...mapped, [store(0, 0, 7), { entries: '= o . .' }]];
const shadow: Shown = { rss: [1, 0], charged: 1 };
const full: Lines = [...storedBelowLimit, [limitTo(1), { entries: '= o . .', ...shadow }]];
const onDevice: Lines = [...full, [toDevice(0, 0), { result: ['moved'], entries: 'W0 o . .', ...shadow }]];
const sharedBelowLimit: Lines = [
  ...onDevice,
  [fork(0, 1), { entries: 'R0 o R0 o', rss: [1, 1], charged: 1 }],
];
const fills = (shown: Shown): Line => [store(0, 1, 8), { result: 'oom', ...shown }];

prove(limitProperties, {
  'account/limit-holds': {
    pages: 2,
    holds: [
      ...full,
      fills({ entries: '= o . .' }),
      [pin(0, 1), { result: 'ENOMEM' }],
      [store(0, 0, 8)],
      [load(0, 1), { result: 0 }],
    ],
    breaks: [
      [...full, fills({ result: 'ok' })],
      [...full, [kernelStore(0, 1, 8)]],
      [...full, [populate(0, 1)]],
      [...full, [pin(0, 1), { result: 'EFAULT' }]],
      [...full, fills({ entries: '= = . .' })],
      [...full, fills({ events: [fault(0, 1)] })],
      [...sharedBelowLimit, [store(0, 0, 8), { entries: '= o = o' }]],
      [...sharedBelowLimit, [store(0, 0, 8), { result: 'oom', entries: '= o = o', rss: [1, 1], charged: 2 }]],
    ],
  },
  'account/limit-holds-device': {
    pages: 2,
    holds: [...full, [deviceStore(0, 1, 8), { result: 'ENOMEM' }]],
    breaks: [
      [...full, [deviceStore(0, 1, 8)]],
      [...sharedBelowLimit, [deviceStore(0, 0, 8)]],
      [...full, [deviceStore(0, 1, 8), { result: 'ENOMEM', ...shadow, charged: 2 }]],
    ],
  },
  'account/limit-holds-holes': {
    pages: 2,
    holds: [...full, [toDevice(0, 0, 2), { result: ['moved', 'skipped'] }]],
    breaks: [[...full, [toDevice(0, 0, 2), { result: ['moved', 'moved'] }]]],
  },
  'account/limit-spares-return': {
    pages: 2,
    holds: [
      ...onDevice,
      [limitTo(0), { entries: 'W0 o . .' }],
      [load(0, 0), { result: 7, events: [fault(0, 0, 0), free(0)] }],
    ],
    breaks: [
      [...onDevice, [load(0, 0), { result: 'oom' }]],
      [...onDevice, [store(0, 0, 8), { result: 'oom' }]],
      [...sharedBelowLimit, [load(1, 0), { result: 'SIGBUS' }]],
      [
        ...onDevice,
        [inject('oom', 1, { process: 1, page: 0 }), { entries: 'W0 o . .' }],
        [load(0, 0), { result: 'oom' }],
      ],
    ],
  },
  'account/limit-spares-books': {
    pages: 2,
    holds: [...full, fills(shadow)],
    breaks: [
      [...full, fills({ ...shadow, charged: 2 })],
      [...sharedBelowLimit, [store(0, 0, 8), { result: 'oom', rss: [0, 1], charged: 1 }]],
    ],
  },
});
