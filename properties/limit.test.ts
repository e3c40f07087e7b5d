import {
  deviceStore,
  fork,
  inject,
  kernelStore,
  limit as limitTo,
  load,
  map,
  pin,
  populate,
  store,
  toDevice,
} from '../spec/vocabulary/shorthand.ts';
import { fault, free, type Line, type Lines, prove, type Shown } from './hand-made.fixture.ts';
import { limit } from './limit.ts';

const mapped: Lines = [
  [map(0, 0), { entries: 'o . . .' }],
  [map(0, 1), { entries: 'o o . .' }],
];
const stored: Lines = [...mapped, [store(0, 0, 7), { entries: '= o . .' }]];
const shadow: Shown = { rss: [1, 0], charged: 1 };
const full: Lines = [...stored, [limitTo(1), { entries: '= o . .', ...shadow }]];
const onDevice: Lines = [...full, [toDevice(0, 0), { result: ['moved'], entries: 'W0 o . .', ...shadow }]];
const shared: Lines = [...onDevice, [fork(0, 1), { entries: 'R0 o R0 o', rss: [1, 1], charged: 1 }]];
const fills = (shown: Shown): Line => [store(0, 1, 8), { result: 'oom', ...shown }];

prove(limit, {
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
      [...shared, [store(0, 0, 8), { entries: '= o = o' }]],
      [...shared, [store(0, 0, 8), { result: 'oom', entries: '= o = o', rss: [1, 1], charged: 2 }]],
    ],
  },
  'account/limit-holds-device': {
    pages: 2,
    holds: [...full, [deviceStore(0, 1, 8), { result: 'ENOMEM' }]],
    breaks: [
      [...full, [deviceStore(0, 1, 8)]],
      [...shared, [deviceStore(0, 0, 8)]],
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
      [...shared, [load(1, 0), { result: 'SIGBUS' }]],
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
      [...shared, [store(0, 0, 8), { result: 'oom', rss: [0, 1], charged: 1 }]],
    ],
  },
});
