import { advise, fork, lock, map, pin, populate, store, toDevice } from '../spec/vocabulary/shorthand.ts';
import { adviseProperties as chapter } from './advise.ts';
import { fault, free } from '../spec/vocabulary/driver-events.fixture.ts';
import { type Line, type Lines, prove, type Shown } from './hand-made.fixture.ts';

const stored: Lines = [
  [map(0, 0), { entries: 'o .' }],
  [store(0, 0, 7), { entries: '= .', rss: [1, 0] }],
];
const onDevice: Lines = [...stored, [toDevice(0, 0), { result: ['moved'], entries: 'W0 .', rss: [1, 0] }]];
const freed: Lines = [...stored, [advise(0, 0, 'free'), { entries: '= .' }]];
const pagesOut = (shown: Shown): Line => [advise(0, 0, 'page-out'), shown];
const dropped = pagesOut({ entries: 'o .', rss: [0, 0] });

prove(chapter, {
  'advise/spares-device': {
    holds: [...onDevice, pagesOut({ entries: 'W0 .' })],
    breaks: [
      [...onDevice, pagesOut({ entries: '= .', events: [fault(0, 0, 0), free(0)] })],
      [...onDevice, [advise(0, 0, 'free'), { entries: 'o .', events: [free(0)] }]],
      [...onDevice, [advise(0, 0, 'cold'), { entries: 'R0 .' }]],
      [...onDevice, [advise(0, 0, 'move-node'), { entries: 'W0 .', events: [fault(0, 0, 0)] }]],
      [...onDevice, pagesOut({ entries: 'W0 .', rss: [0, 0] })],
    ],
  },
  'advise/drops-nothing-else': {
    holds: [
      [map(0, 0), { entries: 'o .' }],
      [populate(0, 0), { entries: '= .' }],
      [fork(0, 1), { entries: '= =' }],
      [advise(0, 0, 'free'), { entries: '= =' }],
      [advise(1, 0, 'page-out'), { entries: '= o' }],
      [store(0, 0, 7), { entries: '= o', rss: [1, 0] }],
      [advise(0, 0, 'free'), { entries: '= o', rss: [1, 0] }],
      [advise(0, 0, 'page-out'), { entries: 'o o', rss: [0, 0] }],
      [store(0, 0, 7), { entries: '= o', rss: [1, 0] }],
      [advise(0, 0, 'free'), { entries: 'o o', rss: [0, 0] }],
    ],
    breaks: [
      [...stored, dropped],
      [...stored, [advise(0, 0, 'cold'), { entries: 'o .' }]],
      [...stored, [pin(0, 0), { entries: '= .' }], [advise(0, 0, 'free'), { entries: 'o .' }]],
      [...stored, [fork(0, 1), { entries: '= =' }], [advise(0, 0, 'free'), { entries: 'o o' }]],
      [
        ...stored,
        [fork(0, 1), { entries: '= =' }],
        [advise(0, 0, 'free'), { entries: '= =' }],
        [advise(1, 0, 'page-out'), { entries: '= o' }],
      ],
      [...freed, [store(0, 0, 8), { entries: '= .' }], dropped],
      [...freed, [pin(0, 0), { entries: '= .' }], dropped],
    ],
  },
  'advise/locked': {
    holds: [
      ...stored,
      [lock(0, 0), { entries: '= .' }],
      pagesOut({ result: 'EINVAL', entries: '= .' }),
      [advise(0, 0, 'move-node')],
    ],
    breaks: [
      [...stored, [lock(0, 0)], pagesOut({})],
      [...stored, [lock(0, 0), { entries: '= .' }], pagesOut({ result: 'EINVAL', entries: 'o .' })],
      [...stored, [lock(0, 0)], [advise(0, 0, 'move-node'), { result: 'EINVAL' }]],
      [...stored, pagesOut({ result: 'EINVAL' })],
    ],
  },
});
