import { describe, expect, it } from 'vitest';
import { PROFILES } from '../../spec/profiles/profile.ts';
import {
  cleaned,
  dirtied,
  exclusiveEntry,
  isDevice,
  isExclusiveEntry,
  isMigration,
  isPresent,
  isSoftDirty,
  isWatched,
  isWritable,
  makeDeviceEntry,
  migrationEntry,
  NONE,
  pfnOf,
  POISON_ENTRY,
  presentEntry,
  readOnly,
  trackedLike,
  unwatched,
  usableSwapTypes,
  watched,
  writable,
} from './entry.ts';
import { TestWorld } from './test-world.fixture.ts';

const encoders = { presentEntry, makeDeviceEntry, migrationEntry };
/** An exclusive entry has no WRITE bit. */
const everyKind = [...Object.values(encoders), exclusiveEntry];
const pfns = [1, 2, 63, 64, 4095];

describe.each(Object.entries(encoders))('%s', (name, encode) => {
  it.each(pfns)('contains page %i and whether it is writable', (pfn) => {
    for (const write of [false, true]) {
      const entry = encode(pfn, write);
      expect([pfnOf(entry), isWritable(entry)]).toEqual([pfn, write]);
    }
  });

  it('is of its own kind only', () => {
    for (const write of [false, true]) {
      const entry = encode(7, write);
      expect(isPresent(entry)).toBe(name === 'presentEntry');
      expect(isDevice(entry)).toBe(name === 'makeDeviceEntry');
      expect(isMigration(entry)).toBe(name === 'migrationEntry');
      expect(isExclusiveEntry(entry)).toBe(false);
      expect([NONE, POISON_ENTRY]).not.toContain(entry);
    }
  });

  it('becomes read-only and keeps the page', () => {
    expect(readOnly(encode(9, true))).toBe(encode(9, false));
    expect(readOnly(encode(9, false))).toBe(encode(9, false));
  });
});

it('empty and poison entries contain no page and are of no other kind', () => {
  for (const entry of [NONE, POISON_ENTRY]) {
    expect(pfnOf(entry)).toBe(0);
    for (const is of [isPresent, isDevice, isMigration, isExclusiveEntry]) expect(is(entry)).toBe(false);
  }
});

it('a present entry can be made writable', () => {
  expect(writable(presentEntry(5, false))).toBe(presentEntry(5, true));
});

it.each(everyKind)('soft-dirty and userfaultfd bits do not change the rest of an entry', (encode) => {
  const entry = encode(7, true);
  const marked = watched(dirtied(entry));
  expect([isSoftDirty(entry), isWatched(entry)]).toEqual([false, false]);
  expect([isSoftDirty(marked), isWatched(marked), pfnOf(marked)]).toEqual([true, true, 7]);
  expect([isWritable(marked), isExclusiveEntry(marked)]).toEqual([
    isWritable(entry),
    isExclusiveEntry(entry),
  ]);
  expect(unwatched(cleaned(marked))).toBe(entry);
});

it('soft-dirty and userfaultfd bits are copied between kinds of entries', () => {
  for (const from of everyKind) {
    for (const to of everyKind) {
      const carried = trackedLike(to(9, false), dirtied(from(7, false)));
      expect([isSoftDirty(carried), isWatched(carried), pfnOf(carried)]).toEqual([true, false, 9]);
      expect(isWatched(trackedLike(to(9, false), watched(from(7, false))))).toBe(true);
    }
  }
});

it('an exclusive entry contains its page and is of its own kind', () => {
  const entry = exclusiveEntry(5);
  expect([
    pfnOf(entry),
    isExclusiveEntry(entry),
    isDevice(entry),
    isMigration(entry),
    isPresent(entry),
  ]).toEqual([5, true, false, false, false]);
});

it.each(Object.values(PROFILES))('$name leaves swap types for $swapAreas areas', ({ name, swapAreas }) => {
  expect(usableSwapTypes(name)).toBe(swapAreas);
  const world = new TestWorld(name);
  expect(world.do({ op: 'swap-on', areas: 20 })).toBe(20);
  expect(world.do({ op: 'swap-on', areas: 32 })).toBe(swapAreas - 20);
  expect(world.do({ op: 'swap-on', areas: 1 })).toBe(0);
});
