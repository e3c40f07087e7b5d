import type { DriverEvent } from '../spec/vocabulary/event.ts';
import {
  collapse,
  compound,
  discard,
  evictRange,
  fork,
  inject,
  load,
  map,
  pin,
  protect,
  split,
  store,
  toDevice,
  toSystem,
  unmap,
  whole,
} from '../spec/vocabulary/shorthand.ts';
import { folioProperties as chapter } from './folio.ts';
import { alloc, free } from '../spec/vocabulary/driver-events.fixture.ts';
import { type Line, type Lines, prove, type Shown } from './hand-made.fixture.ts';

/** Two processes with one block of two pages each, and one block of frames. */
const blocks = { pages: 2, block: 2 };

const mapped: Lines = [
  [whole(map(0, 0)), { entries: 'o o . .', whole: '----', large: '--', rss: [0, 0], charged: 0 }],
];
const populated: Lines = [
  ...mapped,
  [store(0, 0, 7), { entries: '= = . .', whole: 'xx--', large: '--', rss: [2, 0], charged: 2 }],
];
const onDevice: Shown = {
  result: ['whole', 'whole'],
  events: [{ event: 'alloc', frame: 0, large: true }],
  entries: 'W0 W1 . .',
  whole: 'xx--',
  large: 'xx',
  refs: [1, 1],
  maps: [1, 1],
  rss: [2, 0],
  charged: 2,
};
const out = (shown: Shown = {}): Line => [compound(toDevice(0, 0, 2)), { ...onDevice, ...shown }];
const migrated: Lines = [...populated, out()];
const basePages: Shown = {
  ...onDevice,
  result: ['moved', 'moved'],
  events: [alloc(0), alloc(1)],
  whole: '----',
  large: '--',
};
const migratedAsBase: Lines = [...populated, [toDevice(0, 0, 2), basePages]];
const forkOf = (shown: Shown = {}): Line => [
  fork(0, 1),
  {
    entries: 'R0 R1 R0 R1',
    whole: 'xxxx',
    large: 'xx',
    refs: [2, 2],
    maps: [2, 2],
    rss: [2, 2],
    charged: 2,
    ...shown,
  },
];
const home: Shown = { entries: '= = . .', whole: 'xx--', large: '--', refs: [0, 0], rss: [2, 0], charged: 2 };
const freed: DriverEvent = { event: 'free', frame: 0, refs: 0, maps: 0, large: true };
const splits = (...tails: readonly (number | undefined)[]): readonly DriverEvent[] =>
  tails.map((tail) => ({ event: 'split', frame: 0, ...(tail === undefined ? {} : { tail }) }));
const splitUp: Shown = {
  ...onDevice,
  result: 'ok',
  events: splits(1, undefined),
  whole: '----',
  large: '--',
};
const struck: Lines = [...migrated, [inject('no-split'), { ...onDevice, result: 'ok', events: [] }]];
const refused: Shown = { ...onDevice, result: 'EBUSY', events: [] };
const collapsed: Shown = { ...home, result: 'ok' };
const held: Shown = { entries: '= = . .', whole: 'xx--', large: '--', rss: [2, 0], charged: 2 };

prove(chapter, {
  'folio/on-a-block': {
    ...blocks,
    holds: migrated,
    breaks: [
      [...populated, out({ whole: 'x---' })],
      [...populated, out({ entries: 'W1 W0 . .' })],
      [...populated, out({ entries: 'W0 = . .' })],
      [...populated, out({ large: '--' })],
    ],
  },
  'folio/one-permission': {
    ...blocks,
    holds: migrated,
    breaks: [[...populated, out({ entries: 'W0 R1 . .' })]],
  },
  'folio/counts': {
    ...blocks,
    holds: [...migrated, forkOf()],
    breaks: [
      [...migrated, forkOf({ refs: [4, 4] })],
      [...migrated, forkOf({ maps: [2, 1] })],
      [...migrated, forkOf({ whole: 'xx--' })],
    ],
  },
  'folio/rss': {
    ...blocks,
    holds: migrated,
    breaks: [
      [...populated, out({ rss: [1, 0] })],
      [...migrated, [unmap(0, 0), { entries: '. W1 . .', whole: '----', large: 'xx', rss: [2, 0] }]],
    ],
  },
  'folio/charge': {
    ...blocks,
    holds: migrated,
    breaks: [
      [...populated, out({ charged: 1 })],
      [...migrated, [unmap(0, 0), { entries: '. W1 . .', large: 'xx', charged: 1 }]],
    ],
  },
  'folio/freed-whole': {
    ...blocks,
    holds: [...migrated, [compound(toSystem(0, 0, 2)), { ...home, events: [freed] }]],
    breaks: [
      [...migratedAsBase, [compound(toSystem(0, 0, 2)), { ...home, events: [freed] }]],
      [...migrated, [compound(toSystem(0, 0, 2)), { ...home, entries: '= W1 . .', events: [freed] }]],
    ],
  },
  'folio/whole-results': {
    ...blocks,
    holds: migrated,
    breaks: [
      [...populated, [toDevice(0, 0, 2), onDevice]],
      [...populated, [compound(toDevice(0, 0, 1)), { ...onDevice, result: ['whole'] }]],
      [...populated, out({ result: ['whole', 'moved'] })],
      [...populated, out({ entries: '= = . .' })],
      [...populated, out({ whole: '----' })],
    ],
  },
  'folio/not-large-unasked': {
    ...blocks,
    holds: migrated,
    breaks: [[...populated, [toDevice(0, 0, 2), { ...basePages, large: 'xx' }]]],
  },
  'folio/pinned-stays': {
    ...blocks,
    holds: [...populated, [pin(0, 0), held], out({ ...held, result: ['skipped', 'skipped'], events: [] })],
    breaks: [[...populated, [pin(0, 0), held], out()]],
  },
  'folio/skipped-restores': {
    ...blocks,
    holds: [...populated, out({ ...held, result: ['skipped', 'skipped'], events: [] })],
    breaks: [
      [...populated, out({ ...held, result: ['skipped', 'skipped'], events: [], rss: [1, 0] })],
      [...populated, out({ result: ['skipped', 'skipped'], events: [] })],
    ],
  },
  'folio/part-splits-entry': {
    ...blocks,
    holds: [...migrated, [unmap(0, 0), { entries: '. W1 . .', whole: '----', large: 'xx' }]],
    breaks: [
      [...migrated, [unmap(0, 0), { entries: '. W1 . .', whole: '----', large: '--' }]],
      [...migrated, [discard(0, 0), { entries: 'o = . .', whole: '----', large: 'xx' }]],
      [...migrated, [protect(0, 0, 'read'), { entries: 'R0 R1 . .', whole: '----', large: 'xx' }]],
    ],
  },
  'folio/whole-commands': {
    ...blocks,
    holds: [...migrated, [whole(unmap(0, 0)), { entries: '. . . .' }]],
    breaks: [
      [[whole(map(0, 0)), { entries: 'o . . .' }]],
      [...migrated, [whole(unmap(0, 0)), { entries: '. W1 . .' }]],
      [...migrated, [whole(discard(0, 0)), { entries: 'o = . .' }]],
      [...migrated, [whole(protect(0, 0, 'read')), { entries: 'R0 = . .' }]],
    ],
  },
  'folio/forked-whole': {
    ...blocks,
    holds: [...migrated, forkOf()],
    breaks: [
      [...migrated, forkOf({ entries: 'W0 W1 W0 W1' })],
      [...migrated, forkOf({ entries: 'R0 R1 = =' })],
      [...migrated, forkOf({ whole: 'xx--' })],
    ],
  },
  'folio/fault-ends': {
    ...blocks,
    holds: [...migrated, [load(0, 0), { ...home, result: 7 }]],
    breaks: [
      [...migrated, [load(0, 0), { ...onDevice, result: 'SIGBUS' }]],
      [...migrated, [load(0, 0), { ...onDevice, result: 7 }]],
    ],
  },
  'folio/evicts-range': {
    ...blocks,
    holds: [...migrated, [evictRange(0, 2), { ...home, result: 2 }]],
    breaks: [
      [...migrated, [evictRange(0, 2), { ...home, result: 1 }]],
      [...migratedAsBase, [evictRange(0, 1), { ...home, result: 1 }]],
      [...migrated, [evictRange(0, 2), { ...home, result: 2, entries: 'o o . .' }]],
    ],
  },
  'folio/split-frees': {
    ...blocks,
    holds: migratedAsBase,
    breaks: [
      [...migratedAsBase, [toSystem(0, 0, 1), { ...basePages, result: ['moved'], entries: '= W1 . .' }]],
    ],
  },
  'folio/collapses': {
    ...blocks,
    holds: [...populated, [collapse(0, 0), collapsed]],
    breaks: [
      [...mapped, [collapse(0, 0), { ...collapsed, entries: '= o . .' }]],
      [...migratedAsBase, forkOf(), [collapse(0, 0), { ...collapsed, entries: '= = . R1' }]],
      [...populated, [collapse(0, 0), { ...collapsed, rss: [2, 2] }]],
    ],
  },
  'folio/collapse-refused': {
    ...blocks,
    holds: [...migrated, [collapse(0, 0), { ...onDevice, result: 'EINVAL', events: [] }]],
    breaks: [
      [...migrated, [collapse(0, 0), collapsed]],
      [
        ...populated,
        [discard(0, 1), { ...held, result: 'ok', entries: '= o . .', whole: '----' }],
        [pin(0, 0), { ...held, entries: '= o . .', whole: '----' }],
        [collapse(0, 0), collapsed],
      ],
      [...migrated, [collapse(0, 0), { ...collapsed, result: 'EINVAL' }]],
      [...migrated, [collapse(0, 0), { ...onDevice, result: 'EINVAL', events: [free(0)] }]],
    ],
  },
  'folio/split-in-place': {
    ...blocks,
    holds: [...migrated, [split(0, 0), splitUp]],
    breaks: [
      [...migrated, [split(0, 0), { ...splitUp, result: 'EINVAL' }]],
      [...migrated, [split(0, 0), { ...splitUp, large: 'xx' }]],
      [...migrated, [split(0, 0), { ...splitUp, whole: 'xx--' }]],
      [...migrated, [split(0, 0), { ...splitUp, entries: 'W0 = . .' }]],
    ],
  },
  'folio/split-refused': {
    ...blocks,
    holds: [...struck, [split(0, 0), refused]],
    breaks: [
      [...migrated, [split(0, 0), refused]],
      [...struck, [split(0, 0), { ...refused, large: '--' }]],
      [...struck, [split(0, 0), { ...refused, whole: '----' }]],
      [...struck, [split(0, 0), { ...refused, events: splits(1, undefined) }]],
    ],
  },
  'folio/split-callbacks': {
    ...blocks,
    holds: [...migrated, [split(0, 0), splitUp]],
    breaks: [
      [...migrated, [split(0, 0), { ...splitUp, events: splits(1) }]],
      [...migrated, [split(0, 0), { ...splitUp, events: splits(undefined, 1) }]],
      [...migratedAsBase, [split(0, 0), splitUp]],
    ],
  },
});
