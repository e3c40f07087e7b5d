import { describe, expect, test } from 'vitest';
import {
  clearSoftDirty,
  collapse,
  compound,
  detach,
  discard,
  fork,
  inject,
  load,
  map,
  pin,
  protect,
  race,
  softDirty,
  split,
  store,
  toDevice,
  unpin,
} from '../vocabulary/shorthand.ts';
import type { Command } from '../vocabulary/command.ts';
import type { Protection } from '../vocabulary/command.ts';
import type { DriverEvent } from '../vocabulary/event.ts';
import { deviceEntry, PRESENT, type Snapshot, UNMAPPED, UNPOPULATED } from '../vocabulary/snapshot.ts';
import { alloc, fault, free } from '../vocabulary/driver-events.fixture.ts';
import { Tally } from './tally.ts';
import { judged, verdictName, observationOf, type ObservedStep, snapshotOf } from './observations.fixture.ts';

const scope = { processes: 1, pages: 2, frames: 2, slots: 1, block: 2 };
const profile = 'linux-7.3';

const shown = (entries: readonly number[], charged: number, isWhole = false): Snapshot =>
  snapshotOf(entries, charged, { scope, profile, whole: [isWhole, isWhole], large: [false, false] });

/** Page 0 holds a value, page 1 zero, in one large folio in system memory. */
const opening: readonly ObservedStep[] = [
  [{ ...map(0, 0), whole: true }, observationOf('ok', [], shown([UNPOPULATED, UNPOPULATED], 0))],
  [store(0, 0, 7), observationOf('ok', [], shown([PRESENT, PRESENT], 2, true))],
];

const verdictOf = (...steps: readonly ObservedStep[]): string =>
  verdictName(judged([...opening, ...steps], { profile, scope }));

test('a migration that splits a large folio in system memory may drop its pages of zeros', () => {
  const onDevice = deviceEntry(0, true);
  const dropped = shown([onDevice, UNPOPULATED], 1);
  expect(verdictOf([toDevice(0, 0), observationOf(['moved'], [alloc(0)], dropped)])).toBe('conforms');
  const kept = shown([onDevice, PRESENT], 2);
  expect(verdictOf([toDevice(0, 0), observationOf(['moved'], [alloc(0)], kept)])).toBe('conforms');
});

test('it never drops a page with another value, and never a mapping', () => {
  const lost = shown([UNPOPULATED, deviceEntry(0, true)], 1);
  expect(verdictOf([toDevice(0, 1), observationOf(['moved'], [alloc(0)], lost)])).toMatch(/entries$/);
  const unmapped = shown([deviceEntry(0, true), UNMAPPED], 1);
  expect(verdictOf([toDevice(0, 0), observationOf(['moved'], [alloc(0)], unmapped)])).toMatch(/entries$/);
});

test('a requested split may drop pages of zeros as well', () => {
  const splitTo = (after: Snapshot): string => verdictOf([split(0, 0), observationOf('ok', [], after)]);
  expect(splitTo(shown([PRESENT, PRESENT], 2))).toBe('conforms');
  expect(splitTo(shown([PRESENT, UNPOPULATED], 1))).toBe('conforms');
  expect(splitTo(shown([UNPOPULATED, PRESENT], 1))).toContain('folio.split-in-place');
  expect(splitTo(shown([PRESENT, UNPOPULATED], 2))).not.toBe('conforms');
});

test('a refused split keeps the pages of a large folio that a whole entry maps; without one it may have been split before', () => {
  const whole = shown([PRESENT, PRESENT], 2, true);
  const struck = inject('no-split', 'until-healed');
  const moves = (after: Snapshot): ObservedStep => [
    toDevice(0, 1),
    observationOf(['moved'], [alloc(0)], after),
  ];
  const stays = (after: Snapshot): ObservedStep => [toDevice(0, 1), observationOf(['skipped'], [], after)];
  const small = shown([UNPOPULATED, PRESENT], 2);
  const discarded: ObservedStep = [discard(0, 0), observationOf('ok', [], small)];
  const injected = (before: Snapshot): ObservedStep => [struck, observationOf('ok', [], before)];

  expect(verdictOf(injected(whole), stays(whole))).toBe('conforms');
  expect(verdictOf(injected(whole), moves(shown([PRESENT, deviceEntry(0, true)], 2)))).toContain(
    'folio.split-refused',
  );
  expect(verdictOf(discarded, injected(small), stays(small))).toBe('conforms');
  expect(verdictOf(discarded, injected(small), moves(shown([UNPOPULATED, deviceEntry(0, true)], 1)))).toBe(
    'conforms',
  );
});

const large = snapshotOf([deviceEntry(0, true), deviceEntry(1, true)], 2, {
  scope,
  profile,
  whole: [true, true],
  large: [true, true],
});
const base = snapshotOf([deviceEntry(0, true), deviceEntry(1, true)], 2, {
  scope,
  profile,
  whole: [false, false],
  large: [false, false],
});
const onDevice: ObservedStep = [
  compound(toDevice(0, 0, 2)),
  observationOf(['whole', 'whole'], [{ event: 'alloc', frame: 0, large: true }], large),
];

test.each([
  ['all calls in order', [{ tail: 1 }, {}], 'conforms'],
  ['none at the end', [{ tail: 1 }], 'folio.split-callbacks'],
  ['none for the further frame', [{}], 'folio.split-callbacks'],
  ['one for the first frame', [{ tail: 0 }, { tail: 1 }, {}], 'folio.split-callbacks'],
  ['no call', [], 'folio.split-callbacks'],
])('a split with %s of folio_split', (_, tails, verdict) => {
  const events = tails.map((tail) => ({ event: 'split' as const, frame: 0, ...tail }));
  expect(verdictOf(onDevice, [split(0, 0), observationOf('ok', events, base)])).toContain(verdict);
});

test('the frame of one page shows the frames of its whole large folio, also of a page that was discarded before', () => {
  const fourFrames = { ...scope, frames: 4 };
  const after = (entries: readonly number[], charged: number, counts: readonly number[]): Snapshot =>
    snapshotOf(entries, charged, {
      scope: fourFrames,
      profile,
      whole: [false, false],
      large: [false, false, true, true],
      refs: [...counts],
      maps: [...counts],
    });
  const verdict = (frame: number, counts: readonly number[]): string =>
    verdictName(
      judged(
        [
          [{ ...map(0, 0), whole: true }, observationOf('ok')],
          [store(0, 0, 7), observationOf('ok')],
          [compound(toDevice(0, 0, 2)), observationOf(['whole', 'whole'])],
          [discard(0, 1), observationOf('ok')],
          [
            { op: 'inspect' },
            observationOf('ok', [], after([deviceEntry(2, true), UNPOPULATED], 2, [0, 0, 1, 1])),
          ],
          [store(0, 1, 5), observationOf('ok')],
          [toDevice(0, 1), observationOf(['moved'])],
          [
            { op: 'inspect' },
            observationOf('ok', [], after([deviceEntry(2, true), deviceEntry(frame, true)], 3, counts)),
          ],
        ],
        {
          profile,
          scope: fourFrames,
          without: ['callbacks', 'allocations', 'frames', 'least-count', 'accounting'],
        },
      ),
    );
  expect(verdict(1, [0, 1, 1, 1])).toBe('conforms');
  expect(verdict(3, [0, 0, 2, 2])).not.toBe('conforms');
});

test('a split that no command requested has no folio_split callback', () => {
  const events = [
    { event: 'split', frame: 0, tail: 1 },
    { event: 'split', frame: 0 },
  ] as const;
  expect(verdictOf(onDevice, [store(0, 0, 7), observationOf('ok', events, base)])).not.toBe('conforms');
});

test('a whole entry is READ if one of its pages is shared, and the SHOULD of a WRITE entry does not concern its other pages', () => {
  const worldOfTwo = { ...scope, processes: 2 };
  const after = (entries: readonly number[], charged: number, part: Partial<Snapshot>): Snapshot =>
    snapshotOf(entries, charged, { scope: worldOfTwo, profile, whole: [true, true, false, false], ...part });
  const inSystem = { large: [false, false] };
  const onFrames = { large: [true, true], refs: [2, 2], maps: [2, 2] };
  const tally = new Tally();
  const migratesAs = (write: boolean): string =>
    verdictName(
      judged(
        [
          [
            { ...map(0, 0), whole: true },
            observationOf(
              'ok',
              [],
              after([UNPOPULATED, UNPOPULATED, UNMAPPED, UNMAPPED], 0, {
                ...inSystem,
                whole: [false, false, false, false],
              }),
            ),
          ],
          [pin(0, 0), observationOf('ok', [], after([PRESENT, PRESENT, UNMAPPED, UNMAPPED], 2, inSystem))],
          [fork(0, 1), observationOf('ok', [], after([PRESENT, PRESENT, PRESENT, PRESENT], 3, inSystem))],
          [unpin(0), observationOf(0, [], after([PRESENT, PRESENT, PRESENT, PRESENT], 3, inSystem))],
          [
            compound(toDevice(0, 0, 2)),
            observationOf(
              ['whole', 'whole'],
              [{ event: 'alloc', frame: 0, large: true }],
              after(
                [deviceEntry(0, write), deviceEntry(1, false), PRESENT, deviceEntry(1, false)],
                3,
                onFrames,
              ),
            ),
          ],
        ],
        { profile, scope: worldOfTwo },
        tally,
      ),
    );
  expect(migratesAs(false)).toBe('conforms');
  expect(tally.notFollowed('migrate.keeps-write')).toBe(0);
  expect(migratesAs(true)).toContain('folio.on-a-block');
});

test('a store may have populated a block before a migration to the device splits its large folio', () => {
  const unpopulated: ObservedStep = [
    { ...map(0, 0), whole: true },
    observationOf('ok', [], shown([UNPOPULATED, UNPOPULATED], 0)),
  ];
  const endsAs = (after: Snapshot): string =>
    verdictName(
      judged(
        [
          unpopulated,
          [
            race(store(0, 0, 7), toDevice(0, 0)),
            observationOf({ left: 'ok', right: ['moved'] }, [alloc(0), fault(0, 0, 0), free(0, 0)], after),
          ],
        ],
        { profile, scope },
      ),
    );
  expect(endsAs(shown([PRESENT, PRESENT], 2))).toBe('conforms');
  expect(endsAs(shown([PRESENT, UNPOPULATED], 1))).toBe('conforms');
  expect(endsAs(shown([UNPOPULATED, PRESENT], 1))).toMatch(/^race/);
});

test('a block collapses only in system memory', () => {
  const collapsed = shown([PRESENT, PRESENT], 2, true);
  expect(verdictOf([collapse(0, 0), observationOf('ok', [], collapsed)])).toBe('conforms');
  expect(verdictOf([collapse(0, 0), observationOf('EBUSY', [], collapsed)])).toBe('conforms');
  expect(verdictOf(onDevice, [collapse(0, 0), observationOf('EINVAL', [], large)])).toBe('conforms');
  expect(verdictOf(onDevice, [collapse(0, 0), observationOf('ok', [], large)])).toContain(
    'folio.collapse-refused',
  );
});

test('a split that a pin refuses in system memory may leave the injection of refused splits for the next one', () => {
  const whole = shown([PRESENT, PRESENT], 2, true);
  const once = inject('no-split', 1);
  const struck: readonly ObservedStep[] = [
    [once, observationOf('ok', [], whole)],
    [split(0, 0), observationOf('EBUSY', [], whole)],
    onDevice,
  ];
  expect(verdictOf(...struck, [split(0, 0), observationOf('EBUSY', [], large)])).toBe('conforms');
  const used: ObservedStep = [split(0, 0), observationOf('EBUSY', [], large)];
  expect(verdictOf(...struck, used, used)).toContain('folio.split-in-place');
});

test('an attempt at the whole folio before a refused split may have used up the injection on another page', () => {
  const back = shown([PRESENT, PRESENT], 2, true);
  const struck: readonly ObservedStep[] = [
    onDevice,
    [inject('oom', 1, { process: 0, page: 0 }), observationOf('ok', [], large)],
    [inject('no-split', 1), observationOf('ok', [], large)],
    [load(0, 1), observationOf('SIGBUS', [fault(0, 1, 1)], large)],
  ];
  const freed: DriverEvent = { event: 'free', frame: 0, refs: 0, maps: 0, large: true };
  expect(verdictOf(...struck, [load(0, 0), observationOf(7, [fault(0, 0, 0), freed], back)])).toBe(
    'conforms',
  );
  expect(verdictOf(...struck, [load(0, 0), observationOf('SIGBUS', [fault(0, 0, 0)], large)])).not.toBe(
    'conforms',
  );
});

test.each([
  ['the first', 0],
  ['the second', 2],
])('an injection of no-large strikes %s of the large folios that a detach migrates', (_, struck) => {
  const four = { processes: 1, pages: 4, frames: 4, slots: 1, block: 2 };
  const at = (entries: readonly number[], whole: readonly boolean[], charged: number): Snapshot =>
    snapshotOf(entries, charged, {
      scope: four,
      profile,
      whole,
      large: whole.map((_is, frame) => entries.includes(deviceEntry(frame, true))),
    });
  const block = (page: number): Command => ({ ...map(0, page), whole: true });
  const migrates = (page: number): Command => compound(toDevice(0, page, 2));
  const allocates = (frame: number): DriverEvent => ({ event: 'alloc', frame, large: true });
  const [yes, no] = [
    [true, true],
    [false, false],
  ] as const;
  const low = [deviceEntry(0, true), deviceEntry(1, true)];
  const high = [deviceEntry(2, true), deviceEntry(3, true)];
  const unmapped = [UNMAPPED, UNMAPPED];
  const unpopulated = [UNPOPULATED, UNPOPULATED];
  const onTwo = at([...high, ...low], [...yes, ...yes], 4);
  const steps: readonly ObservedStep[] = [
    [block(0), observationOf('ok', [], at([...unpopulated, ...unmapped], [...no, ...no], 0))],
    [block(2), observationOf('ok', [], at([...unpopulated, ...unpopulated], [...no, ...no], 0))],
    [
      migrates(2),
      observationOf(['whole', 'whole'], [allocates(0)], at([...unpopulated, ...low], [...no, ...yes], 2)),
    ],
    [migrates(0), observationOf(['whole', 'whole'], [allocates(2)], onTwo)],
    [inject('no-large-page', 1), observationOf('ok', [], onTwo)],
  ];
  const other = 2 - struck;
  const events: readonly DriverEvent[] = [
    { event: 'split', frame: struck, tail: struck + 1 },
    { event: 'split', frame: struck },
    free(struck, 0),
    free(struck + 1, 0),
    { event: 'free', frame: other, refs: 0, maps: 0, large: true },
  ];
  const whole = struck === 0 ? [...yes, ...no] : [...no, ...yes];
  const inSystem = snapshotOf([PRESENT, PRESENT, PRESENT, PRESENT], 4, {
    scope: four,
    profile,
    whole,
    large: [...no, ...no],
  });
  const detached: ObservedStep = [detach, observationOf('ok', events, inSystem)];
  expect(verdictName(judged([...steps, detached], { profile, scope: four }))).toBe('conforms');
});

test('a split that succeeds after a refused attempt in the same migration may drop its pages of zeros', () => {
  const empty = shown([UNPOPULATED, UNPOPULATED], 0);
  const whole = shown([PRESENT, PRESENT], 2, true);
  const small = shown([PRESENT, PRESENT], 2);
  const moved = (remaining: 1 | 'until-healed', after: Snapshot): string =>
    verdictName(
      judged(
        [
          [{ ...map(0, 0), whole: true }, observationOf('ok', [], empty)],
          [store(0, 1, 7), observationOf('ok', [], whole)],
          [inject('no-split', remaining), observationOf('ok', [], whole)],
          [protect(0, 0, 'read'), observationOf('ok', [], small)],
          [toDevice(0, 0, 2), observationOf(['skipped', 'moved'], [alloc(0)], after)],
        ],
        { profile, scope },
      ),
    );
  const dropped = shown([UNPOPULATED, deviceEntry(0, true)], 1);
  expect(moved(1, dropped)).toBe('conforms');
  expect(moved(1, shown([PRESENT, deviceEntry(0, true)], 2))).toBe('conforms');
  expect(moved('until-healed', dropped)).not.toBe('conforms');
});

test('a page of zeros that such a split drops may move as an unpopulated page, for its process alone', () => {
  const two = { ...scope, processes: 2 };
  const of = (entries: readonly number[], charged: number, isWhole: readonly boolean[]): Snapshot =>
    snapshotOf(entries, charged, { scope: two, profile, whole: isWhole, large: [false, false] });
  const all = [PRESENT, PRESENT, PRESENT, PRESENT];
  const parent = [PRESENT, PRESENT, UNMAPPED, UNMAPPED];
  const moved = (after: readonly number[]): string =>
    verdictName(
      judged(
        [
          [
            { ...map(0, 0), whole: true },
            observationOf(
              'ok',
              [],
              of([UNPOPULATED, UNPOPULATED, UNMAPPED, UNMAPPED], 0, [false, false, false, false]),
            ),
          ],
          [store(0, 0, 7), observationOf('ok', [], of(parent, 2, [true, true, false, false]))],
          [fork(0, 1), observationOf('ok', [], of(all, 2, [true, true, true, true]))],
          [inject('no-split', 1), observationOf('ok', [], of(all, 2, [true, true, true, true]))],
          [protect(0, 0, 'read'), observationOf('ok', [], of(all, 2, [false, false, true, true]))],
          [
            toDevice(0, 0, 2),
            observationOf(['skipped', 'moved'], [alloc(0)], of(after, 2, [false, false, false, false])),
          ],
        ],
        { profile, scope: two },
      ),
    );
  expect(moved([PRESENT, deviceEntry(0, true), PRESENT, UNPOPULATED])).toBe('conforms');
  expect(moved([PRESENT, deviceEntry(0, true), UNPOPULATED, UNPOPULATED])).not.toBe('conforms');
});

test('a collapse of an unpopulated block may change nothing: a load may have mapped a large page of zeros', () => {
  const empty = shown([UNPOPULATED, UNPOPULATED], 0);
  const collapsed = (after: Snapshot): string =>
    verdictName(
      judged(
        [
          [{ ...map(0, 0), whole: true }, observationOf('ok', [], empty)],
          [load(0, 0), observationOf(0, [], empty)],
          [collapse(0, 0), observationOf('ok', [], after)],
        ],
        { profile, scope },
      ),
    );
  expect(collapsed(empty)).toBe('conforms');
  expect(collapsed(shown([PRESENT, PRESENT], 2, true))).toBe('conforms');
  expect(collapsed(shown([PRESENT, UNPOPULATED], 1))).not.toBe('conforms');
});

describe('soft-dirty of large folios', () => {
  const whole = shown([PRESENT, PRESENT], 2, true);
  const apart = shown([PRESENT, PRESENT], 2);
  const clearsTo = (after: Snapshot): ObservedStep => [clearSoftDirty(0), observationOf('ok', [], after)];
  const clears = clearsTo(whole);
  const asks = (page: number, result: 'clean' | 'dirty', after = whole): ObservedStep => [
    softDirty(0, page),
    observationOf(result, [], after),
  ];
  const storesTo = (after: Snapshot): ObservedStep => [store(0, 0, 8), observationOf('ok', [], after)];
  const stores = storesTo(whole);

  test('after a store to one page of a whole entry, the others may be dirty', () => {
    expect(verdictOf(clears, asks(1, 'dirty'))).toContain('track.clear');
    expect(verdictOf(clears, stores, asks(1, 'dirty'))).toBe('conforms');
    expect(verdictOf(clears, stores, asks(1, 'clean'))).toBe('conforms');
    expect(verdictOf(clears, stores, asks(0, 'clean'))).toContain('track.store');
  });

  test('a dirty page stays dirty when its whole entry is split', () => {
    const isSplit: ObservedStep = [protect(0, 1, 'read'), observationOf('ok', [], apart)];
    expect(verdictOf(clears, stores, isSplit, asks(0, 'clean', apart))).toContain('track.store');
    expect(verdictOf(clears, isSplit, asks(0, 'dirty', apart))).toContain('track.clear');
  });

  test('a dirty page stays dirty through a collapse, which may make clean pages dirty', () => {
    const isSplit: ObservedStep = [split(0, 0), observationOf('ok', [], apart)];
    const collapses: ObservedStep = [collapse(0, 0), observationOf('ok', [], whole)];
    const opened = [isSplit, clearsTo(apart)];
    expect(verdictOf(...opened, asks(1, 'dirty', apart))).toContain('track.clear');
    expect(verdictOf(...opened, collapses, asks(1, 'dirty'))).toBe('conforms');
    expect(verdictOf(...opened, storesTo(apart), collapses, asks(0, 'clean'))).toContain('track.store');
  });

  test('a clear may leave the pages of a large folio dirty while one of them is pinned', () => {
    const pins: ObservedStep = [pin(0, 0, 0), observationOf('ok', [], whole)];
    expect(verdictOf(pins, clears, asks(1, 'dirty'))).toBe('conforms');
    expect(verdictOf(pins, clears, asks(1, 'clean'))).toBe('conforms');
  });
});

test('a discard of a block of base pages may run between the pages of a concurrent migration', () => {
  const taken = deviceEntry(0, true);
  const raceTo = (events: readonly DriverEvent[], after: Snapshot): string =>
    verdictName(
      judged(
        [
          [map(0, 0), observationOf('ok', [], shown([UNPOPULATED, UNMAPPED], 0))],
          [map(0, 1), observationOf('ok', [], shown([UNPOPULATED, UNPOPULATED], 0))],
          [store(0, 1, 7), observationOf('ok', [], shown([UNPOPULATED, PRESENT], 1))],
          [
            race(compound(toDevice(0, 0, 2)), { ...discard(0, 0), whole: true }),
            observationOf({ left: ['moved', 'moved'], right: 'ok' }, events, after),
          ],
        ],
        { profile, scope },
      ),
    );
  const both = [alloc(0), alloc(1)];
  expect(raceTo([...both, free(0, 0), free(1, 0)], shown([UNPOPULATED, UNPOPULATED], 0))).toBe('conforms');
  expect(raceTo([...both, free(1, 0)], shown([taken, UNPOPULATED], 1))).toBe('conforms');
  expect(raceTo([...both, free(1, 0)], shown([UNPOPULATED, UNPOPULATED], 0))).toContain('race.');
});

test('a discard of a block whose pages are mapped differently may run between the pages of a concurrent migration', () => {
  const raceIn = (protection: Protection): string =>
    verdictName(
      judged(
        [
          [map(0, 0), observationOf('ok', [], shown([UNPOPULATED, UNMAPPED], 0))],
          [map(0, 1, protection), observationOf('ok', [], shown([UNPOPULATED, UNPOPULATED], 0))],
          [store(0, 0, 7), observationOf('ok', [], shown([PRESENT, UNPOPULATED], 1))],
          [
            race(compound(toDevice(0, 0, 2)), { ...discard(0, 0), whole: true }),
            observationOf(
              { left: ['moved', 'moved'], right: 'ok' },
              [alloc(0), free(0, 0), alloc(0)],
              shown([UNPOPULATED, deviceEntry(0, false)], 1),
            ),
          ],
        ],
        { profile, scope },
      ),
    );
  // A target migrates the pages of different mappings one after the other.
  expect(raceIn('none')).toBe('conforms');
  expect(raceIn('write')).toContain('race.');
});

test('a race may call page_fault for a page of a whole entry with the first frame of its folio', () => {
  const frames = { large: [true, true], whole: [true, true] };
  const away = snapshotOf([deviceEntry(0, true), deviceEntry(1, true)], 2, { scope, profile, ...frames });
  const freed = { event: 'free', frame: 0, refs: 0, maps: 0, large: true } as const;
  const loadsAt = (page: number, frame: number): string =>
    verdictOf(
      [
        compound(toDevice(0, 0, 2)),
        observationOf(['whole', 'whole'], [{ event: 'alloc', frame: 0, large: true }], away),
      ],
      [
        race(load(0, page), load(0, page)),
        observationOf(
          page === 0 ? { left: 7, right: 7 } : { left: 0, right: 0 },
          [fault(0, page, frame), freed],
          shown([PRESENT, PRESENT], 2, true),
        ),
      ],
    );
  expect(loadsAt(1, 1)).toBe('conforms');
  expect(loadsAt(1, 0)).toBe('conforms');
  expect(loadsAt(0, 1)).toContain('race.page-fault-calls');
});

test('an access that fails because its split is refused may replace the whole entry', () => {
  const entries = [deviceEntry(0, true), deviceEntry(1, true)];
  const shownOnDevice = (isWhole: boolean, references: number): Snapshot =>
    snapshotOf(entries, 2, {
      scope,
      profile,
      whole: [isWhole, isWhole],
      large: [true, true],
      refs: [references, references],
      maps: [references, references],
    });
  const strike = (kind: 'no-split' | 'no-large-page'): ObservedStep => [
    inject(kind),
    observationOf('ok', [], shownOnDevice(true, 1)),
  ];
  const failsAs = (after: Snapshot): string =>
    verdictOf(
      [
        compound(toDevice(0, 0, 2)),
        observationOf(
          ['whole', 'whole'],
          [{ event: 'alloc', frame: 0, large: true }],
          shownOnDevice(true, 1),
        ),
      ],
      strike('no-split'),
      strike('no-large-page'),
      [load(0, 0), observationOf('SIGBUS', [fault(0, 0, 0)], after)],
    );
  expect(failsAs(shownOnDevice(true, 1))).toBe('conforms');
  expect(failsAs(shownOnDevice(false, 2))).toBe('conforms');
  expect(failsAs(shownOnDevice(false, 1))).toContain('folio.counts');
});
