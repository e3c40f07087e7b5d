import { expect, test } from 'vitest';
import { collapse, compound, discard, inject, map, split, store, toDevice } from '../vocabulary/shorthand.ts';
import { deviceEntry, PRESENT, type Snapshot, UNMAPPED, UNPOPULATED } from '../vocabulary/snapshot.ts';
import {
  alloc,
  judged,
  named,
  observationOf,
  type ObservedStep,
  snapshotOf,
} from './observations.fixture.ts';

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
  named(judged([...opening, ...steps], { profile, scope }));

test('a migration that splits a large folio in system memory may drop its pages of zeros', () => {
  const onDevice = deviceEntry(0, true);
  const dropped = shown([onDevice, UNPOPULATED], 1);
  expect(verdictOf([toDevice(0, 0), observationOf(['moved'], [alloc(0)], dropped)])).toBe('conforms');
  const kept = shown([onDevice, PRESENT], 2);
  expect(verdictOf([toDevice(0, 0), observationOf(['moved'], [alloc(0)], kept)])).toBe('conforms');
});

test('it drops no page with a value, and no mapping', () => {
  const lost = shown([UNPOPULATED, deviceEntry(0, true)], 1);
  expect(verdictOf([toDevice(0, 1), observationOf(['moved'], [alloc(0)], lost)])).toMatch(/entries$/);
  const unmapped = shown([deviceEntry(0, true), UNMAPPED], 1);
  expect(verdictOf([toDevice(0, 0), observationOf(['moved'], [alloc(0)], unmapped)])).toMatch(/entries$/);
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

test('a split that was not asked for is none of a callback', () => {
  const events = [
    { event: 'split', frame: 0, tail: 1 },
    { event: 'split', frame: 0 },
  ] as const;
  expect(verdictOf(onDevice, [store(0, 0, 7), observationOf('ok', events, base)])).not.toBe('conforms');
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
