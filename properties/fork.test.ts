import {
  fork,
  inherit,
  load,
  map,
  pin,
  store,
  toDevice,
  unpin,
  unmap,
} from '../spec/vocabulary/shorthand.ts';
import { forkProperties as chapter } from './fork.ts';
import { alloc, fault, free } from '../spec/vocabulary/driver-events.fixture.ts';
import { type Line, type Lines, prove, type Shown } from './hand-made.fixture.ts';

const stored: Lines = [
  [map(0, 0), { entries: 'o .' }],
  [store(0, 0, 7), { entries: '= .' }],
];
const onDevice: Lines = [
  ...stored,
  [toDevice(0, 0), { result: ['moved'], entries: 'W0 .', refs: [2, 1], maps: [1, 0], events: [alloc(0)] }],
];
const forks = (shown: Shown): Line => [fork(0, 1), shown];

prove(chapter, {
  'fork/shares': {
    holds: [...onDevice, forks({ entries: 'R0 R0' })],
    breaks: [
      [...onDevice, forks({ entries: 'R0 R1' })],
      [...onDevice, forks({ entries: '= =' })],
      [...onDevice, forks({ entries: 'R0 o' })],
      [...stored, forks({ entries: '= R0' })],
    ],
  },
  'fork/read-both': {
    holds: [...onDevice, forks({ entries: 'R0 R0' })],
    breaks: [
      [...onDevice, forks({ entries: 'R0 W0' })],
      [...onDevice, forks({ entries: 'W0 R0' })],
    ],
  },
  'fork/quiet': {
    holds: [...onDevice, forks({})],
    breaks: [
      [...onDevice, forks({ events: [fault(0, 0, 0), free(0)] })],
      [...onDevice, forks({ events: [alloc(1)] })],
    ],
  },
  'fork/counts': {
    holds: [...onDevice, forks({ entries: 'R0 R0', refs: [3, 1], maps: [2, 0] })],
    breaks: [
      [...onDevice, forks({ entries: 'R0 R0', refs: [2, 1], maps: [2, 0] })],
      [...onDevice, forks({ entries: 'R0 R0', refs: [3, 1], maps: [1, 0] })],
    ],
  },
  'fork/isolation': {
    holds: [
      ...onDevice,
      forks({}),
      [store(1, 0, 8)],
      [load(0, 0), { result: 7 }],
      [load(1, 0), { result: 8 }],
    ],
    breaks: [
      [...onDevice, forks({}), [store(1, 0, 8)], [load(0, 0), { result: 8 }]],
      [...onDevice, forks({}), [unmap(0, 0)], [load(1, 0), { result: 0 }]],
    ],
  },
  'fork/not-inherited': {
    holds: [...onDevice, [inherit(0, 0, 'none')], forks({ entries: 'W0 .' })],
    breaks: [
      [...onDevice, [inherit(0, 0, 'none')], forks({ entries: 'R0 R0' })],
      [...onDevice, [inherit(0, 0, 'none')], forks({ entries: 'W0 o' })],
    ],
  },
  'fork/inherited-empty': {
    holds: [...onDevice, [inherit(0, 0, 'zero')], forks({ entries: 'W0 o' })],
    breaks: [
      [...onDevice, [inherit(0, 0, 'zero')], forks({ entries: 'R0 R0' })],
      [...onDevice, [inherit(0, 0, 'zero')], forks({ entries: 'W0 .' })],
    ],
  },
  'fork/parent-keeps': {
    holds: [
      ...onDevice,
      [inherit(0, 0, 'none'), { entries: 'W0 .', refs: [2, 1], maps: [1, 0] }],
      forks({ entries: 'R0 .', refs: [2, 1], maps: [1, 0] }),
    ],
    breaks: [
      [...onDevice, [inherit(0, 0, 'none'), { entries: 'W0 .' }], forks({ entries: '= .' })],
      [
        ...onDevice,
        [inherit(0, 0, 'zero'), { entries: 'W0 .', refs: [2, 1], maps: [1, 0] }],
        forks({ entries: 'W0 o', refs: [3, 1], maps: [1, 0] }),
      ],
    ],
  },
  'fork/pin-stays': {
    // The parent's store leaves the pin with the child, so the pin sees the child's own store.
    holds: [...stored, [pin(0, 0)], forks({}), [store(0, 0, 8)], [store(1, 0, 9)], [unpin(), { result: 9 }]],
    breaks: [
      [...stored, [pin(0, 0)], forks({}), [store(0, 0, 8)], [unpin(), { result: 8 }]],
      [...stored, [pin(0, 0)], forks({}), [store(1, 0, 8)], [unpin(), { result: 8 }]],
    ],
  },
});
