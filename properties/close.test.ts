import { close, inject, load, map, open, store, toDevice } from '../spec/vocabulary/shorthand.ts';
import { close as chapter } from './close.ts';
import { fault, free, type Lines, prove } from './hand-made.fixture.ts';

const onDevice: Lines = [
  [map(0, 0), { entries: 'o .' }],
  [store(0, 0, 7), { entries: '= .' }],
  [toDevice(0, 0), { result: ['moved'], entries: 'W0 .' }],
];
const closed: Lines = [...onDevice, [close, { entries: 'W0 .' }]];

prove(chapter, {
  'device/open-and-close': {
    holds: [
      ...onDevice,
      [open, { result: 'EBUSY' }],
      [close],
      [close, { result: 'ENODEV' }],
      [open],
      [open, { result: 'EBUSY' }],
    ],
    breaks: [
      [...closed, [close]],
      [...onDevice, [open]],
      [...closed, [open, { result: 'EBUSY' }]],
      [...onDevice, [close, { entries: '= .' }]],
      [...onDevice, [close, { events: [free(0)] }]],
    ],
  },
  'device/closed-gives-back': {
    holds: [...closed, [load(0, 0), { result: 7, events: [fault(0, 0, 0), free(0)], entries: '= .' }]],
    breaks: [
      [...closed, [load(0, 0), { result: 'SIGBUS' }]],
      [...closed, [inject('oom'), { entries: 'W0 .' }], [store(0, 0, 8), { result: 'SIGBUS' }]],
    ],
  },
  'device/closed-keeps': {
    holds: [...closed, [load(0, 0), { result: 7 }]],
    breaks: [[...closed, [load(0, 0), { result: 0 }]]],
  },
});
