import {
  deviceLoad,
  fork,
  inject,
  load,
  map,
  pin,
  protect,
  store,
  toDevice,
  unmap,
} from '../spec/vocabulary/shorthand.ts';
import { faultProperties as chapter } from './fault.ts';
import { alloc, fault, free } from '../spec/vocabulary/driver-events.fixture.ts';
import { type Line, type Lines, prove, type Shown } from './hand-made.fixture.ts';

const stored: Lines = [
  [map(0, 0), { entries: 'o .' }],
  [store(0, 0, 7), { entries: '= .' }],
];
const onDevice: Lines = [
  ...stored,
  [toDevice(0, 0), { result: ['moved'], entries: 'W0 .', events: [alloc(0)] }],
];
const back = { entries: '= .', events: [fault(0, 0, 0), free(0)] } as const;
const two: Lines = [
  [map(0, 0)],
  [map(0, 1)],
  [map(1, 1)],
  [store(0, 0, 7), { entries: '= o . o' }],
  [toDevice(0, 0, 2), { result: ['moved', 'moved'], entries: 'W0 W1 . o' }],
  [toDevice(1, 1), { result: ['moved'], entries: 'W0 W1 . R2' }],
];
const loads = (shown: Shown): Line => [load(0, 0), { result: 7, ...shown }];

prove(chapter, {
  'fault/never-direct': {
    holds: [...onDevice, loads(back)],
    breaks: [
      [...onDevice, loads({ entries: '= .' })],
      [...onDevice, loads({ ...back, entries: 'W0 .' })],
      [...onDevice, [store(0, 0, 8), { entries: 'W0 .' }]],
      [...onDevice, [pin(0, 0), { entries: '= .' }]],
    ],
  },
  'fault/calls-once': {
    holds: [...onDevice, loads(back)],
    breaks: [
      [...onDevice, loads({ ...back, events: [fault(0, 0, 0), fault(0, 0, 0), free(0)] })],
      [...onDevice, loads({ ...back, events: [fault(1, 0, 0), free(0)] })],
      [...onDevice, loads({ ...back, events: [fault(0, 0, 1), free(0)] })],
      [...stored, loads({ entries: '= .', events: [fault(0, 0, 0)] })],
      [...onDevice, loads({ result: 'SIGBUS', entries: 'x .' })],
    ],
  },
  'fault/no-needless-call': {
    holds: [...stored, loads({ entries: '= .' })],
    breaks: [
      [...stored, loads({ entries: '= .', events: [fault(0, 0)] })],
      [[map(0, 0)], loads({ result: 0, events: [fault(0, 0)] })],
      [[map(0, 0, 'write', 'host')], loads({ result: 0, events: [fault(0, 0)] })],
    ],
  },
  'fault/permission-first': {
    holds: [
      ...onDevice,
      [protect(0, 0, 'none'), { entries: 'R0 .' }],
      loads({ result: 'SIGSEGV', entries: 'R0 .' }),
    ],
    breaks: [
      [...onDevice, [protect(0, 0, 'none'), { entries: 'R0 .' }], loads(back)],
      [...onDevice, [protect(0, 0, 'none'), { entries: 'R0 .' }], loads({ ...back, result: 'SIGSEGV' })],
      [...onDevice, [protect(0, 0, 'read'), { entries: 'R0 .' }], [store(0, 0, 8), { entries: 'R0 .' }]],
      [
        [map(0, 0, 'read'), { entries: 'o .' }],
        [store(0, 0, 8), { result: 'SIGSEGV', entries: '= .' }],
      ],
    ],
  },
  'fault/brings-back': {
    holds: [...onDevice, loads(back)],
    breaks: [
      [...onDevice, loads({ ...back, result: 'SIGBUS' })],
      [...onDevice, loads({ ...back, result: 'oom' })],
      [
        ...onDevice,
        [inject('sigbus', 1, { process: 1, page: 0 }), { entries: 'W0 .' }],
        loads({ result: 'SIGBUS' }),
      ],
      [...onDevice, [inject('sigbus'), { entries: 'W0 .' }], [pin(0, 0), { result: 'ENOMEM' }]],
    ],
  },
  'fault/works-elsewhere': {
    holds: [...stored, loads({})],
    breaks: [
      [...stored, loads({ result: 'SIGBUS' })],
      [[map(0, 0)], loads({ result: 'SIGSEGV' })],
      [[map(0, 0, 'write', 'host')], [inject('sigbus')], [store(0, 0, 7), { result: 'oom' }]],
    ],
  },
  'fault/moves-all': {
    holds: [...onDevice, [fork(0, 1), { entries: 'R0 R0' }], loads({ ...back, entries: '= =' })],
    breaks: [
      [...onDevice, [fork(0, 1), { entries: 'R0 R0' }], loads({ ...back, entries: '= R0' })],
      [...stored, [fork(0, 1), { entries: '= =' }], [toDevice(0, 0), { result: ['moved'], entries: 'R0 =' }]],
    ],
  },
  'fault/extras-own': {
    pages: 2,
    devices: 2,
    profile: 'linux-5.18',
    holds: [...two, loads({ entries: '= = . R2' })],
    breaks: [
      // A page that only the other process maps; a page of another device; a page that migrated with another entry.
      [...two, loads({ entries: '= W1 . =' })],
      [
        ...two,
        [toDevice(0, 1), { result: ['skipped'], entries: 'W0 W3 . R2' }],
        loads({ entries: '= = . R2' }),
      ],
      [...two, loads({ entries: '= o . R2' })],
    ],
  },
  'fault/flat-memory': {
    holds: [...onDevice, [fork(0, 1)], [store(0, 0, 8)], [load(1, 0), { result: 7 }], loads({ result: 8 })],
    breaks: [
      [...onDevice, loads({ result: 0 })],
      [...onDevice, [fork(0, 1)], [store(0, 0, 8)], [load(1, 0), { result: 8 }]],
      [...onDevice, [deviceLoad(0, 0), { result: 8 }]],
      [...onDevice, [unmap(0, 0)], [map(0, 0)], loads({})],
    ],
  },
  'fault/last-value': {
    holds: [...onDevice, loads(back)],
    breaks: [[...onDevice, loads({ ...back, result: 0 })]],
  },
  'fault/no-filler': {
    holds: [...onDevice, loads(back)],
    breaks: [
      [...onDevice, loads({ ...back, result: 'torn' })],
      [...onDevice, [deviceLoad(0, 0), { result: 'stale' }]],
    ],
  },
});
