import {
  detach,
  heal,
  inspect,
  load,
  map,
  spawn,
  store,
  swapOn,
  toDevice,
  unmap,
} from '../spec/vocabulary/shorthand.ts';
import { free } from '../spec/vocabulary/driver-events.fixture.ts';
import { type Lines, prove } from './hand-made.fixture.ts';
import { robustProperties } from './robust.ts';

const two: Lines = [
  [map(0, 0), { entries: 'o . . .' }],
  [map(0, 1), { entries: 'o o . .' }],
];
const onDevice: Lines = [...two, [toDevice(0, 0, 2), { result: ['moved', 'moved'], entries: 'W0 W1 . .' }]];

prove(robustProperties, {
  'robust/at-rest': {
    pages: 2,
    holds: [...onDevice, [load(0, 0), { result: 0, entries: '= = . .' }]],
    breaks: [
      [...two, [toDevice(0, 0), { result: ['moved'], entries: 'W0 W1 . .' }]],
      [...onDevice, [unmap(0, 0), { entries: '. = . .' }]],
      [...onDevice, [load(0, 0), { result: 0, entries: '= R1 . .' }]],
      [...onDevice, [inspect, { entries: 'W0 R1 . .' }]],
      [...onDevice, [detach, { entries: '= o . .' }]],
    ],
  },
  'robust/quiet-commands': {
    pages: 2,
    holds: [...onDevice, [heal, { entries: 'W0 W1 . .' }]],
    breaks: [
      [...onDevice, [spawn(1), { entries: '= W1 . .' }]],
      [...onDevice, [inspect, { events: [free(0)] }]],
      [[map(0, 0), { events: [free(0)] }]],
    ],
  },
  'robust/answers-fit': {
    holds: [[map(0, 0)], [load(0, 0), { result: 0 }], [swapOn(1), { result: 1 }]],
    breaks: [
      [[map(0, 0), { result: 'EFAULT' }]],
      [[map(0, 0)], [store(0, 0, 7), { result: 7 }]],
      [[map(0, 0)], [load(0, 0), { result: 'ok' }]],
      [[map(0, 0)], [load(0, 0), { result: 'unsupported' }]],
      [[map(0, 0)], [toDevice(0, 0), { result: 'ok' }]],
    ],
  },
});
