import {
  advise,
  fork,
  heal,
  inject,
  load,
  makeExclusive,
  map,
  pageMap,
  residency,
  smaps,
  store,
  toDevice,
  unmap,
} from '../spec/vocabulary/shorthand.ts';
import type { Result } from '../spec/vocabulary/result.ts';
import { fault, free } from '../spec/vocabulary/driver-events.fixture.ts';
import { type Line, type Lines, prove, type Shown } from './hand-made.fixture.ts';
import { queryProperties } from './query.ts';

const mapped: Lines = [[map(0, 0), { entries: 'o .' }]];
const stored: Lines = [...mapped, [store(0, 0, 7), { entries: '= .' }]];
const onDevice: Lines = [...stored, [toDevice(0, 0), { result: ['moved'], entries: 'W0 .' }]];
const shared: Lines = [...onDevice, [fork(0, 1), { entries: 'R0 R0' }]];
const poisoned: Lines = [
  ...onDevice,
  [inject('sigbus')],
  [load(0, 0), { result: 'SIGBUS' }],
  [heal, { entries: 'x .' }],
];
const pagedOut: Lines = [[advise(0, 0, 'page-out'), { entries: '= .' }]];
const goesOut: Line = [toDevice(0, 0), { result: ['moved'], entries: 'W0 .' }];
const gone: Lines = [...stored, [unmap(0, 0), { entries: '. .' }]];
const asks = (result: Result, shown: Shown = {}): Line => [pageMap(0, 0), { result, ...shown }];
const counts = (result: Result): Line => [residency(0, 0), { result }];
const sums = (result: Result, shown: Shown = {}): Line => [smaps(0), { result, ...shown }];

prove(queryProperties, {
  'query/quiet': {
    holds: [...onDevice, asks('special', { entries: 'W0 .' })],
    breaks: [
      [...onDevice, asks('present', { entries: '= .', events: [fault(0, 0, 0), free(0)] })],
      [...onDevice, [residency(0, 0), { result: 1, entries: 'R0 .' }]],
      [...stored, [makeExclusive(0, 0), { entries: '* .' }], sums(1, { entries: '= .' })],
    ],
  },
  'query/page-map': {
    holds: [...onDevice, asks('special-sole')],
    breaks: [
      [...onDevice, asks('present')],
      [...onDevice, asks('absent')],
      [...stored, asks('special')],
      [...stored, asks('absent')],
      [...gone, asks('present')],
      [...poisoned, asks('present')],
      [...poisoned, asks('special-sole')],
      [...mapped, asks('special')],
      [...stored, [makeExclusive(0, 0), { entries: '* .' }], asks('present')],
    ],
  },
  'query/sole-mapper': {
    holds: [
      ...onDevice,
      asks('special-sole', { entries: 'W0 .' }),
      [fork(0, 1), { entries: 'R0 R0' }],
      asks('special'),
    ],
    breaks: [
      [...onDevice, asks('special')],
      [...shared, asks('special-sole')],
      [...shared, [unmap(1, 0), { entries: 'R0 .' }], asks('special')],
    ],
  },
  'query/tells-no-sole-mapper': {
    holds: [...onDevice, asks('special')],
    breaks: [[...onDevice, asks('special-sole')]],
  },
  'query/residency': {
    holds: [...onDevice, counts(1)],
    breaks: [
      [...onDevice, counts(0)],
      [...stored, counts(0)],
      [...stored, ...pagedOut, [load(0, 0), { result: 7 }], counts(0)],
      [...stored, ...pagedOut, goesOut, counts(0)],
      [...poisoned, counts(0)],
      [...gone, counts(0)],
      [...mapped, counts('ENOMEM')],
    ],
  },
  'query/smaps': {
    holds: [...shared, sums(1, { rss: [1, 1] })],
    breaks: [
      [...onDevice, sums(0)],
      [...mapped, sums(1)],
      [...poisoned, sums(1)],
      [...shared, sums(1, { rss: [2, 1] })],
    ],
  },
});
