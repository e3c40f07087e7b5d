import {
  discard,
  evict,
  fork,
  kernelLoad,
  load,
  map,
  mapHost,
  race,
  store,
  toDevice,
  toSystem,
  unmap,
} from '../spec/vocabulary/shorthand.ts';
import { alloc, fault, free } from '../spec/vocabulary/driver-events.fixture.ts';
import { type Line, type Lines, prove, type Shown } from './hand-made.fixture.ts';
import { raceProperties as chapter } from './race.ts';

const stored: Lines = [
  [map(0, 0), { entries: 'o .' }],
  [store(0, 0, 7), { entries: '= .' }],
];
const onDevice: Lines = [
  ...stored,
  [toDevice(0, 0), { result: ['moved'], events: [alloc(0)], entries: 'W0 .', refs: [2, 1], maps: [1, 0] }],
];
const loads = (shown: Shown): Line => [
  race(load(0, 0), load(0, 0)),
  { result: { left: 7, right: 7 }, ...shown },
];
const forks = (shown: Shown): Line => [
  race(fork(0, 1), evict(0, 0)),
  { result: { left: 'ok', right: ['moved'] }, events: [free(0)], ...shown },
];
const back = [fault(0, 0, 0), free(0)];
const idle = { refs: [1, 1], maps: [0, 0] };

prove(chapter, {
  'race/answers': {
    holds: [...onDevice, [race(load(0, 0), unmap(0, 0)), { result: { left: 'SIGSEGV', right: 'ok' } }]],
    breaks: [
      [...onDevice, loads({ result: { left: 7, right: 'SIGBUS' } })],
      [...onDevice, loads({ result: { left: 'SIGSEGV', right: 7 } })],
      [...onDevice, loads({ result: { left: 'oom', right: 7 } })],
      [...onDevice, loads({ result: { left: 'trapped', right: 7 } })],
      [...onDevice, loads({ result: 7 })],
      [...onDevice, [race(load(0, 0), discard(0, 0)), { result: { left: 7, right: 'EINVAL' } }]],
      [...onDevice, [unmap(0, 0), { entries: '. .' }], loads({})],
      [...onDevice, [race(load(0, 0), toDevice(0, 0)), { result: { left: 7, right: 'ok' } }]],
      [...onDevice, [race(fork(0, 1), toDevice(0, 0)), { result: { left: 'ok', right: ['moved'] } }]],
      [...stored, [race(fork(0, 1), toSystem(0, 0)), { result: { left: 'ok', right: ['moved'] } }]],
      [
        [mapHost(0, 0), { entries: '= .' }],
        [race(load(0, 0), toDevice(0, 0)), { result: { left: 0, right: ['moved'] } }],
      ],
    ],
  },
  'race/value': {
    holds: [
      ...onDevice,
      loads({}),
      [race(load(0, 0), store(0, 0, 8)), { result: { left: 'torn', right: 'ok' } }],
      [race(load(0, 0), discard(0, 0)), { result: { left: 0, right: 'ok' } }],
    ],
    breaks: [
      [...onDevice, loads({ result: { left: 7, right: 0 } })],
      [...onDevice, loads({ result: { left: 'stale', right: 7 } })],
      [...onDevice, loads({ result: { left: 'torn', right: 7 } })],
      [...onDevice, [race(load(0, 0), store(0, 0, 8)), { result: { left: 9, right: 'ok' } }]],
      [...onDevice, [race(load(0, 0), store(0, 0, 8)), { result: { left: 8, right: 'oom' } }]],
    ],
  },
  'race/calls': {
    holds: [...onDevice, loads({ events: [fault(0, 0, 0), ...back], entries: '= .' })],
    breaks: [
      [...onDevice, loads({ events: [free(0)], entries: '= .' })],
      [...onDevice, loads({ events: [...back, fault(1, 0, 0)], entries: '= .' })],
      [...onDevice, loads({ events: [...back, fault(0, 0, 1)], entries: '= .' })],
      [...onDevice, forks({ events: back, entries: '= =' })],
      [...stored, loads({ events: [fault(0, 0)], entries: '= .' })],
    ],
  },
  'race/locked-fault': {
    holds: [...onDevice, loads({ events: back, entries: '= .' })],
    breaks: [
      [...onDevice, loads({ events: [fault(0, 0, 0), ...back], entries: '= .' })],
      [
        ...onDevice,
        [fork(0, 1), { entries: 'R0 R0' }],
        [
          race(kernelLoad(0, 0), store(1, 0, 8)),
          { result: { left: 7, right: 'ok' }, events: [...back, fault(1, 0, 0)], entries: '= =' },
        ],
      ],
    ],
  },
  'race/balance': {
    holds: [...onDevice, loads({ events: back, entries: '= .' })],
    breaks: [
      [...onDevice, loads({ events: [fault(0, 0, 0)], entries: '= .' })],
      [...onDevice, loads({ events: [...back, free(0)], entries: '= .' })],
      [...onDevice, loads({ events: back, entries: 'R0 .' })],
      [...onDevice, loads({ events: [...back, alloc(1)], entries: '= .' })],
    ],
  },
  'race/counts': {
    holds: [...onDevice, loads({ entries: '= .', ...idle })],
    breaks: [
      [...onDevice, loads({ entries: '= .', refs: [2, 1], maps: [0, 0] })],
      [...onDevice, loads({ entries: '= .', refs: [0, 1], maps: [0, 0] })],
      [...onDevice, loads({ entries: '= .', refs: [1, 1], maps: [1, 0] })],
    ],
  },
  'race/entries': {
    holds: [...onDevice, loads({ entries: '= .' })],
    breaks: [
      [...onDevice, loads({ entries: 'o .' })],
      [...onDevice, loads({ entries: 'x .' })],
      [...onDevice, loads({ entries: '. .' })],
      [...onDevice, loads({ entries: '= o' })],
      [...onDevice, forks({ entries: 'W0 W0' })],
      [...onDevice, forks({ entries: '= .' })],
      [...onDevice, [race(load(0, 0), unmap(0, 0)), { result: { left: 7, right: 'ok' }, entries: 'o .' }]],
    ],
  },
  'race/fork-shares': {
    holds: [...onDevice, forks({ entries: '= =' })],
    breaks: [
      [...onDevice, forks({ entries: '= R0' })],
      [...onDevice, forks({ entries: '= o' })],
      [...onDevice, forks({ entries: 'W0 W0' })],
    ],
  },
});
