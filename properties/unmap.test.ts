import { discard, exit, fork, load, map, pin, store, toDevice, unmap } from '../spec/vocabulary/shorthand.ts';
import { fault, free } from '../spec/vocabulary/driver-events.fixture.ts';
import { type Line, type Lines, prove, type Shown } from './hand-made.fixture.ts';
import { unmapProperties as chapter } from './unmap.ts';

const onDevice: Lines = [
  [map(0, 0), { entries: 'o .' }],
  [store(0, 0, 7), { entries: '= .' }],
  [toDevice(0, 0), { result: ['moved'], entries: 'W0 .' }],
];
const shared: Lines = [...onDevice, [fork(0, 1), { entries: 'R0 R0' }]];
const gone = (shown: Shown): Line => [unmap(0, 0), shown];

prove(chapter, {
  'unmap/clears': {
    holds: [
      ...shared,
      [discard(0, 0), { entries: 'o R0' }],
      gone({ entries: '. R0' }),
      [exit(1), { entries: '. .' }],
    ],
    breaks: [
      [...shared, gone({ entries: 'o R0' })],
      [...shared, [discard(0, 0), { entries: '. R0' }]],
      [...shared, [exit(1), { entries: 'R0 R0' }]],
      [...shared, gone({ result: 'EFAULT' })],
    ],
  },
  'unmap/quiet': {
    holds: [...onDevice, gone({ events: [free(0)] })],
    breaks: [
      [...onDevice, gone({ events: [fault(0, 0, 0), free(0)] })],
      [...onDevice, [exit(0), { events: [fault(0, 0, 0)] }]],
    ],
  },
  'unmap/releases': {
    holds: [...shared, gone({ entries: '. R0' }), [exit(1), { entries: '. .', events: [free(0)] }]],
    breaks: [
      [...shared, gone({ entries: '. R0', events: [free(0)] })],
      [...onDevice, gone({ entries: '. .' })],
      [...onDevice, [discard(0, 0), { entries: 'o .', events: [free(0), free(1)] }]],
    ],
  },
  'unmap/leaves-others': {
    holds: [...shared, gone({ entries: '. R0' })],
    breaks: [
      [...shared, gone({ entries: '. .' })],
      [...shared, [exit(0), { entries: '. =' }]],
    ],
  },
  'unmap/reads-zero': {
    holds: [...onDevice, [discard(0, 0)], [load(0, 0), { result: 0 }]],
    breaks: [
      [...onDevice, [discard(0, 0)], [load(0, 0), { result: 7 }]],
      [...onDevice, gone({}), [map(0, 0)], [load(0, 0), { result: 7 }]],
    ],
  },
  'unmap/then-refused': {
    holds: [...onDevice, gone({}), [load(0, 0), { result: 'SIGSEGV' }], [pin(0, 0), { result: 'EFAULT' }]],
    breaks: [
      [...onDevice, gone({}), [load(0, 0), { result: 7 }]],
      [...onDevice, gone({}), [store(0, 0, 8)]],
      [...onDevice, gone({}), [load(0, 0), { result: 'SIGSEGV', events: [fault(0, 0)] }]],
    ],
  },
});
