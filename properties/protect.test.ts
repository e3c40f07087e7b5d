import {
  deviceLoad,
  deviceStore,
  load,
  lock,
  map,
  protect,
  store,
  toDevice,
} from '../spec/vocabulary/shorthand.ts';
import { alloc, fault, free } from '../spec/vocabulary/driver-events.fixture.ts';
import { type Line, type Lines, prove, type Shown } from './hand-made.fixture.ts';
import { protectProperties as chapter } from './protect.ts';

const onDevice: Lines = [
  [map(0, 0), { entries: 'o .' }],
  [toDevice(0, 0), { result: ['moved'], entries: 'W0 .', refs: [2, 1] }],
];
const lockedOnDevice: Lines = [
  [map(0, 0, 'none'), { entries: 'o .' }],
  [toDevice(0, 0), { result: ['moved'], entries: 'R0 .' }],
  [lock(0, 0), { result: 'EFAULT', entries: 'R0 .' }],
];
const reads: Line = [protect(0, 0, 'read'), { entries: 'R0 .', refs: [2, 1] }];
const writes = (shown: Shown): Line => [protect(0, 0, 'write'), shown];

prove(chapter, {
  'protect/downgrades': {
    holds: [...onDevice, reads],
    breaks: [
      [...onDevice, [protect(0, 0, 'read'), { entries: 'W0 .' }]],
      [...onDevice, reads, writes({ entries: 'W0 .' })],
    ],
  },
  'protect/never-upgrades': {
    holds: [
      ...onDevice,
      reads,
      writes({ entries: 'R0 .' }),
      [deviceStore(0, 0, 7), { entries: 'W0 .', events: [free(0), alloc(0)] }],
    ],
    breaks: [
      [...onDevice, reads, writes({ entries: 'W0 .' })],
      [...onDevice, reads, [load(0, 0), { result: 'SIGSEGV', entries: 'W0 .' }]],
      [...onDevice, reads, writes({ entries: 'R0 .' }), [deviceStore(0, 0, 7), { entries: 'W0 .' }]],
    ],
  },
  'protect/quiet': {
    holds: [...onDevice, reads],
    breaks: [
      [...onDevice, [protect(0, 0, 'read'), { entries: '= .' }]],
      [...onDevice, [protect(0, 0, 'read'), { entries: 'R1 .' }]],
      [...onDevice, [protect(0, 0, 'read'), { entries: 'R0 o' }]],
      [...onDevice, [protect(0, 0, 'read'), { entries: 'R0 .', refs: [3, 1] }]],
      [...onDevice, [protect(0, 0, 'none'), { events: [fault(0, 0, 0)] }]],
    ],
  },
  'protect/populates-locked': {
    holds: [...lockedOnDevice, writes({ entries: '= .', events: [fault(0, 0, 0), free(0)] })],
    breaks: [
      [...lockedOnDevice, writes({ entries: 'R0 .', events: [fault(0, 1, 0)] })],
      [...lockedOnDevice, writes({ entries: 'R1 .', events: [alloc(1), free(0)] })],
      [...lockedOnDevice, writes({ entries: 'W0 .' })],
      [...lockedOnDevice, writes({ entries: 'o .', events: [free(0)] })],
      [
        [map(0, 0, 'read'), { entries: 'o .' }],
        [lock(0, 0), { entries: 'o .' }],
        writes({ entries: 'o .', events: [fault(0, 0, 0)] }),
      ],
    ],
  },
  'protect/same-is-quiet': {
    holds: [...onDevice, writes({ entries: 'W0 .' })],
    breaks: [[...onDevice, writes({ entries: 'R0 .' })]],
  },
  'protect/enforced': {
    holds: [...onDevice, reads, [store(0, 0, 7), { result: 'SIGSEGV' }], writes({}), [store(0, 0, 7)]],
    breaks: [
      [...onDevice, reads, [store(0, 0, 7)]],
      [...onDevice, reads, [load(0, 0), { result: 'SIGSEGV' }]],
      [...onDevice, [protect(0, 0, 'none')], [load(0, 0), { result: 0 }]],
    ],
  },
  'protect/enforced-on-device': {
    holds: [
      ...onDevice,
      reads,
      [deviceStore(0, 0, 7), { result: 'EPERM' }],
      [deviceLoad(0, 0), { result: 0 }],
      [protect(0, 0, 'none')],
      [deviceLoad(0, 0), { result: 'EFAULT' }],
    ],
    breaks: [
      [...onDevice, reads, [deviceStore(0, 0, 7)]],
      [...onDevice, reads, [deviceLoad(0, 0), { result: 'EFAULT' }]],
      [...onDevice, [protect(0, 0, 'none')], [deviceStore(0, 0, 7), { result: 'EPERM' }]],
    ],
  },
});
