import {
  attach,
  close,
  detach,
  evictAll,
  fork,
  inject,
  load,
  map,
  onDevice,
  onDevice as by,
  open,
  store,
  surpriseRemove,
  toDevice,
  unmap,
} from '../spec/vocabulary/shorthand.ts';
import {
  closeProperties as closeChapter,
  detachProperties as detachChapter,
  evictAllProperties as evictAllChapter,
  removalProperties as chapter,
} from './removal.ts';
import { fault, free } from '../spec/vocabulary/driver-events.fixture.ts';
import { type Line, type Lines, prove, type Shown } from './hand-made.fixture.ts';

const migrated: Lines = [
  [map(0, 0), { entries: 'o .' }],
  [store(0, 0, 7), { entries: '= .' }],
  [toDevice(0, 0), { result: ['moved'], entries: 'W0 .' }],
];
const failing: Lines = [...migrated, [inject('sigbus'), { entries: 'W0 .' }]];
const detaches = (shown: Shown): Line => [detach, shown];
const back: Shown = { entries: '= .', events: [free(0)] };

prove(detachChapter, {
  'migrate/detach-empties': {
    holds: [...migrated, detaches(back), [load(0, 0), { result: 7, entries: '= .' }]],
    breaks: [
      [...migrated, detaches({ entries: 'W0 .' })],
      [...migrated, detaches(back), [toDevice(0, 0), { result: ['skipped'], entries: 'W0 .' }]],
    ],
  },
  'migrate/detach-succeeds': {
    holds: [
      ...failing,
      detaches({ result: 'EBUSY', entries: 'W0 .' }),
      detaches(back),
      detaches({ result: 'ENODEV' }),
    ],
    breaks: [
      [...migrated, detaches({ result: 'EBUSY', entries: 'W0 .' })],
      [...failing, detaches({ result: 'EBUSY', entries: '= .' })],
      [...migrated, detaches(back), detaches({})],
      [...failing, detaches({ result: 'ENODEV' })],
      [[inject('sigbus'), { entries: '. .' }], detaches({ result: 'EBUSY' })],
    ],
  },
  'migrate/detach-brings-back': {
    holds: [...migrated, detaches(back)],
    breaks: [
      [...migrated, detaches({ ...back, events: [fault(0, 0, 0)] })],
      [...failing, detaches({ result: 'EBUSY', entries: 'x .' })],
      [...failing, detaches({ result: 'EBUSY', entries: 'R0 .' })],
      [...migrated, [attach, { result: 'EBUSY', entries: '= .' }]],
    ],
  },
  'device/attach': {
    holds: [...migrated, [attach, { result: 'EBUSY' }], detaches(back), [attach]],
    breaks: [
      [...migrated, [attach]],
      [...migrated, detaches(back), [attach, { result: 'EBUSY' }]],
    ],
  },
});

const shadow: Shown = { rss: [2, 0], charged: 2 };
const moved: Lines = [
  [map(0, 0)],
  [map(0, 1)],
  [store(0, 0, 7), { entries: '= o . .' }],
  [toDevice(0, 0, 2), { result: ['moved', 'moved'], entries: 'W0 W1 . .', ...shadow }],
];
const evictsAll = (shown: Shown): Line => [evictAll, shown];
const both: Shown = { result: 2, entries: '= = . .', events: [free(0), free(1)], ...shadow };

prove(evictAllChapter, {
  'migrate/evict-all-counts': {
    pages: 2,
    devices: 2,
    holds: [
      ...moved,
      [inject('oom'), { entries: 'W0 W1 . .' }],
      evictsAll({ result: 1, entries: '= W1 . .' }),
    ],
    breaks: [
      [...moved, evictsAll({ ...both, result: 1 })],
      [...moved, evictsAll({ ...both, entries: '= R1 . .', result: 1 })],
      [
        ...moved,
        [fork(0, 1), { entries: 'R0 R1 R0 R1' }],
        evictsAll({ result: 2, entries: '= = = =' }),
        evictsAll(both),
      ],
      [...moved, [onDevice(1, evictAll), both]],
    ],
  },
  'migrate/evict-all-of-nothing': {
    pages: 2,
    holds: [...moved, [detach], evictsAll({ result: 0 })],
    breaks: [[...moved, [detach], evictsAll({ result: 2 })]],
  },
  'migrate/evict-all-is-quiet': {
    pages: 2,
    holds: [...moved, evictsAll(both)],
    breaks: [
      [...moved, evictsAll({ ...both, events: [fault(0, 0, 0), free(0), free(1)] })],
      [...moved, evictsAll({ ...both, events: [free(0)] })],
      [...moved, evictsAll({ ...both, events: [free(0), free(1), free(1)] })],
    ],
  },
  'migrate/evict-all-is-free': {
    pages: 2,
    holds: [...moved, evictsAll(both)],
    breaks: [
      [...moved, evictsAll({ ...both, rss: [1, 0] })],
      [...moved, evictsAll({ ...both, charged: 0 })],
    ],
  },
});

const closed: Lines = [...migrated, [close, { entries: 'W0 .' }]];

prove(closeChapter, {
  'device/open-and-close': {
    holds: [
      ...migrated,
      [open, { result: 'EBUSY' }],
      [close],
      [close, { result: 'ENODEV' }],
      [open],
      [open, { result: 'EBUSY' }],
    ],
    breaks: [
      [...closed, [close]],
      [...migrated, [open]],
      [...closed, [open, { result: 'EBUSY' }]],
      [...migrated, [close, { entries: '= .' }]],
      [...migrated, [close, { events: [free(0)] }]],
    ],
  },
  'device/closed-gives-back': {
    holds: [...closed, [load(0, 0), { result: 7, events: [fault(0, 0, 0), free(0)], entries: '= .' }]],
    breaks: [
      [...closed, [load(0, 0), { result: 'SIGBUS' }]],
      [...closed, [inject('oom'), { entries: 'W0 .' }], [store(0, 0, 8), { result: 'SIGBUS' }]],
    ],
  },
});

const shared: Lines = [...migrated, [fork(0, 1), { entries: 'R0 R0' }]];
const stored: Lines = [
  [map(0, 0), { entries: 'o .' }],
  [store(0, 0, 7), { entries: '= .' }],
];
const goes = (shown: Shown): Line => [surpriseRemove, shown];
const lost: Lines = [...migrated, goes({ entries: 'x .', events: [free(0)] })];

prove(chapter, {
  'removal/poisons': {
    holds: [...shared, goes({ entries: 'x x' }), goes({ result: 'ENODEV', entries: 'x x' })],
    breaks: [
      [...shared, goes({ entries: 'x R0' })],
      [...migrated, goes({ entries: 'o .' })],
      [...migrated, goes({ result: 'EBUSY', entries: 'W0 .' })],
      [...lost, goes({ entries: 'x .' })],
    ],
  },
  'removal/spares': {
    holds: [...stored, goes({ entries: '= .' })],
    breaks: [
      [...stored, goes({ entries: 'x .' })],
      [...migrated, goes({ entries: 'x .', events: [fault(0, 0, 0)] })],
      [...lost, goes({ result: 'ENODEV', entries: 'o .' })],
    ],
  },
  'removal/frees': {
    holds: lost,
    breaks: [
      [...migrated, goes({ entries: 'x .' })],
      [...migrated, goes({ entries: 'x .', events: [free(0), free(0)] })],
      [...migrated, goes({ entries: 'x .', events: [free(0), free(1)] })],
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
      [...migrated, [load(0, 0), { result: 'SIGBUS', entries: 'x .' }], [fork(0, 1), { entries: 'x o' }]],
    ],
  },
  'removal/comes-empty': {
    devices: 2,
    holds: [...lost, [by(1, surpriseRemove), { entries: 'x .' }], [attach, { entries: 'x .' }]],
    breaks: [[...lost, [attach, { entries: 'W0 .' }]]],
  },
});
