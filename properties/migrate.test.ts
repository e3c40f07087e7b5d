import {
  detach,
  evict,
  fork,
  inject,
  load,
  map,
  pin,
  protect,
  store,
  toDevice,
  toSystem,
} from '../spec/vocabulary/shorthand.ts';
import { fault, free } from '../spec/vocabulary/driver-events.fixture.ts';
import { type Line, type Lines, prove, type Shown } from './hand-made.fixture.ts';
import { migrateProperties } from './migrate.ts';

const mapped: Lines = [[map(0, 0), { entries: 'o .', refs: [1, 1] }]];
const stored: Lines = [...mapped, [store(0, 0, 7), { entries: '= .', refs: [1, 1] }]];
const there: Shown = { result: ['moved'], entries: 'W0 .' };
const onDevice: Lines = [...stored, [toDevice(0, 0), there]];
const moves = (shown: Shown): Line => [toDevice(0, 0), shown];
const returns = (shown: Shown): Line => [toSystem(0, 0), { result: ['moved'], ...shown }];

prove(migrateProperties, {
  'migrate/vector': {
    holds: [...onDevice],
    breaks: [
      [...stored, moves({})],
      [...stored, moves({ result: ['moved', 'skipped'] })],
    ],
  },
  'migrate/truth': {
    holds: [...onDevice, returns({ entries: '= .' })],
    breaks: [
      [...stored, moves({ ...there, entries: '= .' })],
      [...onDevice, moves({ ...there })],
      [...onDevice, returns({ entries: 'W0 .' })],
      [...onDevice, returns({ entries: 'o .' })],
    ],
  },
  'migrate/skipped-untouched': {
    holds: [...stored, moves({ result: ['skipped'], entries: '= .' })],
    breaks: [
      [...stored, moves({ result: ['skipped'], entries: 'W0 .' })],
      [...onDevice, [evict(0, 0), { result: ['skipped'], entries: 'R0 .' }]],
    ],
  },
  'migrate/must-skip': {
    holds: [...stored, [pin(0, 0)], moves({ result: ['skipped'] })],
    breaks: [
      [...stored, [pin(0, 0)], moves({ result: ['moved'] })],
      [[map(0, 0, 'write', 'host')], moves({ result: ['moved'] })],
      [...stored, [detach], moves({ result: ['moved'] })],
      [...mapped, returns({})],
    ],
  },
  'migrate/write-sole': {
    holds: [...onDevice],
    breaks: [
      [...onDevice, [fork(0, 1), { entries: 'W0 R0' }]],
      [...onDevice, [protect(0, 0, 'read'), { entries: 'W0 .' }]],
    ],
  },
  'migrate/quiet': {
    holds: [...onDevice, returns({})],
    breaks: [
      [...onDevice, returns({ events: [fault(0, 0, 0)] })],
      [...onDevice, [evict(0, 0), { result: ['moved'], events: [fault(0, 0)] }]],
    ],
  },
  'migrate/frees-source': {
    holds: [...onDevice, returns({ entries: '= .', events: [free(0)] })],
    breaks: [
      [...onDevice, returns({ entries: '= .' })],
      [...onDevice, returns({ entries: '= .', events: [free(0), free(1)] })],
      [...onDevice, [evict(0, 0), { result: ['moved'], entries: '= .', events: [free(1)] }]],
    ],
  },
  'migrate/failure-restores': {
    holds: [
      ...stored,
      [inject('no-frame'), { entries: '= .', refs: [1, 1] }],
      moves({ result: ['skipped'], entries: '= .', refs: [1, 1] }),
    ],
    breaks: [
      [
        ...stored,
        [inject('no-copy'), { entries: '= .', refs: [1, 1] }],
        moves({ result: ['skipped'], entries: '= .', refs: [2, 1] }),
      ],
      [...onDevice, [inject('oom'), { entries: 'W0 .' }], returns({ result: ['skipped'], entries: 'R0 .' })],
    ],
  },
  'migrate/transparent': {
    holds: [...onDevice, returns({}), [load(0, 0), { result: 7 }]],
    breaks: [[...onDevice, returns({}), [load(0, 0), { result: 0 }]]],
  },
});
