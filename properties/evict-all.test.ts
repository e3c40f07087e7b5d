import {
  detach,
  evictAll,
  fork,
  inject,
  map,
  onDevice,
  store,
  toDevice,
} from '../spec/vocabulary/shorthand.ts';
import { evictAll as chapter } from './evict-all.ts';
import { fault, free, type Line, type Lines, prove, type Shown } from './hand-made.fixture.ts';

const shadow: Shown = { rss: [2, 0], charged: 2 };
const moved: Lines = [
  [map(0, 0)],
  [map(0, 1)],
  [store(0, 0, 7), { entries: '= o . .' }],
  [toDevice(0, 0, 2), { result: ['moved', 'moved'], entries: 'W0 W1 . .', ...shadow }],
];
const goes = (shown: Shown): Line => [evictAll, shown];
const both: Shown = { result: 2, entries: '= = . .', events: [free(0), free(1)], ...shadow };

prove(chapter, {
  'migrate/evict-all-counts': {
    pages: 2,
    devices: 2,
    holds: [...moved, [inject('oom'), { entries: 'W0 W1 . .' }], goes({ result: 1, entries: '= W1 . .' })],
    breaks: [
      [...moved, goes({ ...both, result: 1 })],
      [...moved, goes({ ...both, entries: '= R1 . .', result: 1 })],
      [
        ...moved,
        [fork(0, 1), { entries: 'R0 R1 R0 R1' }],
        goes({ result: 2, entries: '= = = =' }),
        goes(both),
      ],
      [...moved, [onDevice(1, evictAll), both]],
    ],
  },
  'migrate/evict-all-of-nothing': {
    pages: 2,
    holds: [...moved, [detach], goes({ result: 0 })],
    breaks: [[...moved, [detach], goes({ result: 2 })]],
  },
  'migrate/evict-all-is-quiet': {
    pages: 2,
    holds: [...moved, goes(both)],
    breaks: [
      [...moved, goes({ ...both, events: [fault(0, 0, 0), free(0), free(1)] })],
      [...moved, goes({ ...both, events: [free(0)] })],
      [...moved, goes({ ...both, events: [free(0), free(1), free(1)] })],
    ],
  },
  'migrate/evict-all-is-free': {
    pages: 2,
    holds: [...moved, goes(both)],
    breaks: [
      [...moved, goes({ ...both, rss: [1, 0] })],
      [...moved, goes({ ...both, charged: 0 })],
    ],
  },
});
