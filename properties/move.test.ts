import { load, makeExclusive, map, move, store, toDevice } from '../spec/vocabulary/shorthand.ts';
import { fault, free } from '../spec/vocabulary/driver-events.fixture.ts';
import { type Line, type Lines, prove, type Shown } from './hand-made.fixture.ts';
import { moveProperties as chapter } from './move.ts';

const stored: Lines = [
  [map(0, 0), { entries: 'o . . .' }],
  [store(0, 0, 7), { entries: '= . . .' }],
];
const onDevice: Lines = [
  ...stored,
  [toDevice(0, 0), { result: ['moved'], entries: 'W0 . . .', refs: [2, 1] }],
];
const moves = (shown: Shown): Line => [move(0, 0, 1), shown];
const keeps = (shown: Shown): Line => [move(0, 0, 1, true), shown];

prove(chapter, {
  'move/entry': {
    pages: 2,
    holds: [...stored, [makeExclusive(0, 0), { entries: '* . . .' }], moves({ entries: '. = . .' })],
    breaks: [
      [...onDevice, moves({ entries: '. R0 . .' })],
      [...onDevice, moves({ entries: '. = . .' })],
      [...onDevice, moves({ entries: 'W0 W0 . .' })],
      [...onDevice, moves({ entries: 'o W0 . .' })],
      [...onDevice, keeps({ entries: '. W0 . .' })],
      [...stored, moves({ entries: '. = o .' })],
    ],
  },
  'move/quiet': {
    pages: 2,
    holds: [...onDevice, moves({ entries: '. W0 . .', refs: [2, 1] })],
    breaks: [
      [...onDevice, moves({ result: 'EFAULT' })],
      [...onDevice, moves({ events: [fault(0, 0, 0), free(0)] })],
      [...onDevice, moves({ entries: '. W0 . .', refs: [3, 1] })],
    ],
  },
  'move/value': {
    pages: 2,
    holds: [...onDevice, moves({}), [load(0, 1), { result: 7 }]],
    breaks: [
      [...onDevice, moves({}), [load(0, 1), { result: 0 }]],
      [...onDevice, moves({}), [store(0, 1, 8)], [load(0, 1), { result: 7 }]],
    ],
  },
  'move/left-empty': {
    pages: 2,
    holds: [...onDevice, keeps({}), [load(0, 0), { result: 0 }]],
    breaks: [[...onDevice, keeps({}), [load(0, 0), { result: 7 }]]],
  },
});
