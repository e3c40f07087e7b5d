import { describe, expect, test } from 'vitest';
import { ProfileName } from '../profiles/profile.ts';
import type { Scope } from '../vocabulary/scope.ts';
import { type FamilyName, MODEL_REGIONS, standIns } from './families.ts';
import { searchRegion } from './reachable.ts';

// reports/model-states.md has the complete search; these slices are those that take only seconds.

const scopeOf = (processes: number, pages: number, slots = 0, devices = 1): Scope => ({
  processes,
  pages,
  frames: 1,
  slots,
  devices,
});

const familyNames = Object.keys(MODEL_REGIONS).filter(
  (name): name is FamilyName => name in MODEL_REGIONS && name !== 'core',
);

interface Slice {
  readonly scope: Scope;
  readonly families: readonly FamilyName[];
}

/** The number of states of a slice, for one representative of each group of profiles that behave alike in it. */
const countsOf = (slice: Slice): Readonly<Record<string, number>> =>
  Object.fromEntries(
    standIns(slice).map(([profile = 'origin']) => {
      const found = searchRegion({ ...slice, profile });
      expect([slice.families, profile, found.broken, found.finished]).toEqual([
        slice.families,
        profile,
        undefined,
        true,
      ]);
      return [profile, found.states];
    }),
  );

describe('the invariants hold in every reachable state of', () => {
  test.each<[name: string, Slice, Readonly<Record<string, number>>]>([
    // No process is alive; the page is unmapped; and for each protection the page is unpopulated, or has value 0 or another
    // value in system memory, behind a READ entry or, if stores are permitted, behind a WRITE entry.
    ['1 × 1 × 1, core', { scope: scopeOf(1, 1), families: ['core'] }, { origin: 19 }],
    ['2 × 1 × 1, core', { scope: scopeOf(2, 1), families: ['core'] }, { origin: 366 }],
    [
      '1 × 2 × 1, core × move',
      { scope: scopeOf(1, 2), families: ['core', 'move'] },
      { origin: 294, 'linux-5.18': 294 },
    ],
    [
      '1 × 2 × 1 on two devices, core',
      { scope: scopeOf(1, 2, 0, 2), families: ['core'] },
      { origin: 638, 'linux-5.18': 638, 'linux-6.1': 638 },
    ],
    // While the device is detached, no device entry exists, and its range is taken or not: 19 + 2 × 11.
    [
      '1 × 1 × 1, core × attach × hot-add',
      { scope: scopeOf(1, 1), families: ['core', 'attach', 'hot-add'] },
      { origin: 41 },
    ],
    // Concurrent commands reach no state that sequential commands do not reach, except that half of a store may remain: a
    // torn page counts as a page with a value of its own.
    ['2 × 1 × 1, core × race', { scope: scopeOf(2, 1), families: ['core', 'race'] }, { origin: 366 }],
    [
      '1 × 1 × 1, core × pin × race',
      { scope: scopeOf(1, 1, 1), families: ['core', 'pin', 'race'] },
      { origin: 70, 'linux-5.18': 70 },
    ],
    [
      '1 × 1 × 1, core × attach × close × race',
      { scope: scopeOf(1, 1), families: ['core', 'attach', 'close', 'race'] },
      { origin: 60 },
    ],
    [
      '1 × 1 × 1, core × exclusive × race',
      { scope: scopeOf(1, 1), families: ['core', 'exclusive', 'race'] },
      { origin: 19, 'linux-5.18': 27 },
    ],
    [
      '1 × 1 × 1, core × kernel × race',
      { scope: scopeOf(1, 1), families: ['core', 'kernel', 'race'] },
      { origin: 19 },
    ],
    [
      '2 × 1 × 1, core × pin',
      { scope: scopeOf(2, 1, 1), families: ['core', 'pin'] },
      { origin: 1606, 'linux-5.18': 1588 },
    ],
    [
      '2 × 1 × 1, core × exclusive',
      { scope: scopeOf(2, 1), families: ['core', 'exclusive'] },
      { origin: 366, 'linux-5.18': 806 },
    ],
  ])('%s', (_, slice, counts) => {
    expect(countsOf(slice)).toEqual(counts);
  });

  test.each(familyNames)('1 × 1 × 1, core × %s', (family) => {
    const slice: Slice = { scope: scopeOf(1, 1, 1), families: ['core', family] };
    expect(Object.values(countsOf(slice)).every((states) => states >= 19)).toBe(true);
  });
});

describe('the invariants hold in every reachable state with large folios of', () => {
  const scope: Scope = { processes: 1, pages: 2, frames: 2, slots: 0, block: 2 };

  test.each<[name: string, families: readonly FamilyName[], states: number]>([
    ['core', ['core'], 3562],
    // A collapse and a split reach no state that accesses and migrations do not reach, and neither does an eviction.
    ['core × collapse', ['core', 'collapse'], 3562],
    ['core × evict-range', ['core', 'evict-range'], 3562],
  ])('1 × 2 × 2 in blocks of 2, %s', (_, families, states) => {
    const found = searchRegion({ scope, families, profile: 'linux-7.3' });
    expect(found).toEqual({ states, finished: true, broken: undefined });
  });
});

test.each(familyNames)('profiles with one representative have equally many states with %s', (family) => {
  const slice: Slice = { scope: scopeOf(1, 1, 1, 2), families: ['core', family] };
  for (const alike of standIns(slice)) {
    const counts = alike.map((profile) => searchRegion({ ...slice, profile }).states);
    expect([alike, new Set(counts).size]).toEqual([alike, 1]);
  }
});

test('each profile has one representative', () => {
  for (const family of familyNames) {
    const slice: Slice = { scope: scopeOf(1, 2), families: ['core', family] };
    expect(standIns(slice).flat().toSorted()).toEqual(ProfileName.options.toSorted());
  }
});

test('the search of a region stops at its limit of states', () => {
  const found = searchRegion({ scope: scopeOf(2, 1), profile: 'origin', families: ['core'] }, 100);
  expect([found.finished, found.broken]).toEqual([false, undefined]);
  expect(found.states).toBeGreaterThan(100);
});
