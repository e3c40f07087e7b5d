import {
  attach,
  fork,
  load,
  map,
  onDevice as by,
  store,
  surpriseRemove,
  toDevice,
  unmap,
} from '../spec/vocabulary/shorthand.ts';
import { fault, free, type Line, type Lines, prove, type Shown } from './hand-made.fixture.ts';
import { removal as chapter } from './removal.ts';

const onDevice: Lines = [
  [map(0, 0), { entries: 'o .' }],
  [store(0, 0, 7), { entries: '= .' }],
  [toDevice(0, 0), { result: ['moved'], entries: 'W0 .' }],
];
const shared: Lines = [...onDevice, [fork(0, 1), { entries: 'R0 R0' }]];
const stored: Lines = [
  [map(0, 0), { entries: 'o .' }],
  [store(0, 0, 7), { entries: '= .' }],
];
const goes = (shown: Shown): Line => [surpriseRemove, shown];
const lost: Lines = [...onDevice, goes({ entries: 'x .', events: [free(0)] })];

prove(chapter, {
  'removal/poisons': {
    holds: [...shared, goes({ entries: 'x x' }), goes({ result: 'ENODEV', entries: 'x x' })],
    breaks: [
      [...shared, goes({ entries: 'x R0' })],
      [...onDevice, goes({ entries: 'o .' })],
      [...onDevice, goes({ result: 'EBUSY', entries: 'W0 .' })],
      [...lost, goes({ entries: 'x .' })],
    ],
  },
  'removal/spares': {
    holds: [...stored, goes({ entries: '= .' })],
    breaks: [
      [...stored, goes({ entries: 'x .' })],
      [...onDevice, goes({ entries: 'x .', events: [fault(0, 0, 0)] })],
      [...lost, goes({ result: 'ENODEV', entries: 'o .' })],
    ],
  },
  'removal/frees': {
    holds: lost,
    breaks: [
      [...onDevice, goes({ entries: 'x .' })],
      [...onDevice, goes({ entries: 'x .', events: [free(0), free(0)] })],
      [...onDevice, goes({ entries: 'x .', events: [free(0), free(1)] })],
    ],
  },
  'removal/access-fails': {
    holds: [...lost, [attach, { entries: 'x .' }], [load(0, 0), { result: 'SIGBUS', entries: 'x .' }]],
    breaks: [
      [...lost, [load(0, 0), { result: 0 }]],
      [...lost, [attach, { entries: 'x .' }], [load(0, 0), { result: 7 }]],
      [...lost, [load(0, 0), { result: 'SIGBUS', events: [fault(0, 0, 0)] }]],
      [...lost, [store(0, 0, 8), { result: 'SIGSEGV' }]],
    ],
  },
  'removal/inert': {
    holds: [...lost, [fork(0, 1), { entries: 'x x' }], [unmap(0, 0), { entries: '. x' }]],
    breaks: [
      [...lost, [fork(0, 1), { entries: 'x o' }]],
      [...lost, [load(0, 0), { result: 'SIGBUS', entries: '= .' }]],
      [...onDevice, [load(0, 0), { result: 'SIGBUS', entries: 'x .' }], [fork(0, 1), { entries: 'x o' }]],
    ],
  },
  'removal/comes-empty': {
    devices: 2,
    holds: [...lost, [by(1, surpriseRemove), { entries: 'x .' }], [attach, { entries: 'x .' }]],
    breaks: [[...lost, [attach, { entries: 'W0 .' }]]],
  },
});
