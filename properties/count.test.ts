import { discard, fork, inspect, load, map, toDevice, unmap } from '../spec/vocabulary/shorthand.ts';
import { countProperties } from './count.ts';
import { alloc, fault, free } from '../spec/vocabulary/driver-events.fixture.ts';
import { type Line, prove, type Shown } from './hand-made.fixture.ts';

const mapped: Line = [map(0, 0), { entries: 'o .', refs: [1, 1], maps: [0, 0], least: [1, 1] }];
const moved = (shown: Shown): Line => [toDevice(0, 0), { result: ['moved'], entries: 'W0 .', ...shown }];
const taken = moved({ events: [alloc(0)] });
const gone = (shown: Shown): Line => [unmap(0, 0), { entries: '. .', ...shown }];

prove(countProperties, {
  'count/never-zero': {
    holds: [mapped, moved({ refs: [2, 1], least: [1, 1] }), gone({ refs: [1, 1], least: [1, 1] })],
    breaks: [
      [mapped, moved({ refs: [2, 1], least: [1, 1] }), gone({ refs: [1, 1], least: [0, 1] })],
      [mapped, moved({ refs: [2, 0], least: [1, 1] })],
    ],
  },
  'count/references-are-entries': {
    holds: [mapped, moved({ refs: [2, 1] }), [fork(0, 1), { entries: 'R0 R0', refs: [3, 1] }]],
    breaks: [
      [mapped, moved({ refs: [1, 1] })],
      [mapped, moved({ refs: [2, 1] }), [fork(0, 1), { entries: 'R0 R0', refs: [2, 1] }]],
    ],
  },
  'count/mappings-are-entries': {
    holds: [mapped, moved({ maps: [1, 0] }), [fork(0, 1), { entries: 'R0 R0', maps: [2, 0] }]],
    breaks: [
      [mapped, moved({ maps: [0, 0] })],
      [mapped, moved({ maps: [1, 0] }), gone({ maps: [1, 0] })],
    ],
  },
  'count/idle': {
    holds: [mapped, moved({ refs: [2, 1] }), gone({ refs: [1, 1] })],
    breaks: [[mapped, moved({ refs: [2, 1] }), gone({ refs: [2, 1] })]],
  },
  'count/one-object': {
    pages: 2,
    holds: [
      [map(0, 0), { entries: 'o . . .' }],
      [map(0, 1), { entries: 'o o . .' }],
      [toDevice(0, 0, 2), { result: ['moved', 'moved'], entries: 'W0 W1 . .' }],
      [fork(0, 1), { entries: 'R0 R1 R0 R1' }],
    ],
    breaks: [
      [
        [map(0, 0), { entries: 'o . . .' }],
        [map(0, 1), { entries: 'o o . .' }],
        [toDevice(0, 0, 2), { result: ['moved', 'moved'], entries: 'W0 W0 . .' }],
      ],
    ],
  },
  'count/taken-then-freed': {
    holds: [mapped, taken, gone({ events: [free(0)] })],
    breaks: [
      [mapped, taken, gone({ events: [free(0), free(0)] })],
      [mapped, taken, [map(1, 0)], [toDevice(1, 0), { result: ['moved'], events: [alloc(0)] }]],
      [mapped, [unmap(0, 0), { events: [free(1)] }]],
    ],
  },
  'count/taken-is-named': {
    holds: [mapped, taken, [inspect, { entries: 'W0 .' }], gone({ events: [free(0)] })],
    breaks: [
      [mapped, taken, gone({})],
      [mapped, [toDevice(0, 0), { result: ['skipped'], entries: 'o .', events: [alloc(0)] }]],
      [mapped, taken, [fork(0, 1), { entries: 'R0 R0', events: [free(0)] }]],
    ],
  },
  'count/last-entry-frees-once': {
    holds: [
      mapped,
      taken,
      [fork(0, 1), { entries: 'R0 R0' }],
      [unmap(0, 0), { entries: '. R0' }],
      [discard(1, 0), { entries: '. o', events: [free(0)] }],
    ],
    breaks: [
      [mapped, taken, gone({})],
      [mapped, taken, gone({ events: [free(0), free(0)] })],
      [
        mapped,
        taken,
        [fork(0, 1), { entries: 'R0 R0' }],
        [unmap(0, 0), { entries: '. R0', events: [free(0)] }],
      ],
      [mapped, taken, [load(0, 0), { result: 0, entries: '= .', events: [fault(0, 0), free(0), free(1)] }]],
    ],
  },
  'count/free-unmapped': {
    holds: [mapped, taken, gone({ events: [free(0, 1, 0)] })],
    breaks: [
      [mapped, taken, gone({ events: [free(0, 1, 1)] })],
      [mapped, taken, gone({ events: [free(0, 2, 0)] })],
    ],
  },
});
