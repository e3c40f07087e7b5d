import {
  deviceStore,
  exit,
  inject,
  load,
  map,
  spawn,
  store,
  swapOn,
  toDevice,
  unmap,
} from '../spec/vocabulary/shorthand.ts';
import { alloc, fault, free, type Lines, prove } from './hand-made.fixture.ts';
import { types } from './types.ts';

const host: Lines = [[map(0, 0, 'write', 'host'), { entries: '= .' }]];
const both: Lines = [...host, [spawn(1)], [map(1, 0, 'write', 'host')]];

prove(types, {
  'types/host-value': {
    holds: [...both, [store(0, 0, 7)], [exit(0)], [load(1, 0), { result: 7 }]],
    breaks: [
      [...both, [store(0, 0, 7)], [load(1, 0), { result: 0 }]],
      [
        ...host,
        [deviceStore(0, 0, 7)],
        [unmap(0, 0)],
        [map(0, 0, 'read', 'host')],
        [load(0, 0), { result: 0 }],
      ],
    ],
  },
  'types/host-present': {
    holds: host,
    breaks: [
      [[map(0, 0, 'write', 'host'), { entries: 'o .' }]],
      [...host, [toDevice(0, 0), { result: ['skipped'], entries: 'W0 .' }]],
    ],
  },
  'types/host-skipped': {
    holds: [...host, [toDevice(0, 0), { result: ['skipped'] }]],
    breaks: [[...host, [toDevice(0, 0), { result: ['moved'] }]]],
  },
  'types/host-quiet': {
    holds: [...host, [load(0, 0), { result: 0 }]],
    breaks: [
      [...host, [load(0, 0), { result: 0, events: [fault(0, 0)] }]],
      [...host, [toDevice(0, 0), { result: ['skipped'], events: [alloc(0), free(0)] }]],
      [...host, [unmap(0, 0), { events: [free(0)] }]],
    ],
  },
  'types/host-works': {
    holds: [...host, [inject('sigbus')], [store(0, 0, 7)]],
    breaks: [
      [...host, [load(0, 0), { result: 'SIGBUS' }]],
      [...host, [store(0, 0, 7), { entries: '= =' }]],
    ],
  },
  'types/swap-limit': {
    holds: [
      [swapOn(20), { result: 20 }],
      [swapOn(20), { result: 7 }],
      [swapOn(1), { result: 0 }],
    ],
    breaks: [
      [[swapOn(32), { result: 28 }]],
      [
        [swapOn(20), { result: 20 }],
        [swapOn(20), { result: 0 }],
      ],
    ],
  },
});
