import { describe, expect, it } from 'vitest';
import {
  makeDeviceEntry,
  exclusiveEntry,
  isDevice,
  isExclusiveEntry,
  isMigration,
  isPresent,
  isSoftDirty,
  isWatched,
  isWritable,
  migrationEntry,
  NONE,
  pfnOf,
  POISON_ENTRY,
  presentEntry,
  readOnly,
  cleaned,
  dirtied,
  trackedLike,
  unwatched,
  watched,
  writable,
} from './entry.ts';

const encoders = { presentEntry, makeDeviceEntry, migrationEntry };
/** Nobody is asked whether an exclusive entry may write: it has no flavours. */
const everySort = [...Object.values(encoders), exclusiveEntry];
const pfns = [1, 2, 63, 64, 4095];

describe.each(Object.entries(encoders))('%s', (name, encode) => {
  it.each(pfns)('gives back page %i and its flavour', (pfn) => {
    for (const write of [false, true]) {
      const entry = encode(pfn, write);
      expect([pfnOf(entry), isWritable(entry)]).toEqual([pfn, write]);
    }
  });

  it('is of its own kind and of no other', () => {
    for (const write of [false, true]) {
      const entry = encode(7, write);
      expect(isPresent(entry)).toBe(name === 'presentEntry');
      expect(isDevice(entry)).toBe(name === 'makeDeviceEntry');
      expect(isMigration(entry)).toBe(name === 'migrationEntry');
      expect(isExclusiveEntry(entry)).toBe(false);
      expect([NONE, POISON_ENTRY]).not.toContain(entry);
    }
  });

  it('loses the right to write and keeps the page', () => {
    expect(readOnly(encode(9, true))).toBe(encode(9, false));
    expect(readOnly(encode(9, false))).toBe(encode(9, false));
  });
});

it('poison and nothing name no page and are of no kind', () => {
  for (const entry of [NONE, POISON_ENTRY]) {
    expect(pfnOf(entry)).toBe(0);
    for (const is of [isPresent, isDevice, isMigration, isExclusiveEntry]) expect(is(entry)).toBe(false);
  }
});

it('a present entry can be made writable', () => {
  expect(writable(presentEntry(5, false))).toBe(presentEntry(5, true));
});

it.each(everySort)(
  'an entry knows whether it is soft-dirty and watched, and nothing else changes',
  (encode) => {
    const entry = encode(7, true);
    const marked = watched(dirtied(entry));
    expect([isSoftDirty(entry), isWatched(entry)]).toEqual([false, false]);
    expect([isSoftDirty(marked), isWatched(marked), pfnOf(marked)]).toEqual([true, true, 7]);
    expect([isWritable(marked), isExclusiveEntry(marked)]).toEqual([
      isWritable(entry),
      isExclusiveEntry(entry),
    ]);
    expect(unwatched(cleaned(marked))).toBe(entry);
  },
);

it('what is known of a page goes from one sort of entry to another', () => {
  for (const from of everySort) {
    for (const to of everySort) {
      const carried = trackedLike(to(9, false), dirtied(from(7, false)));
      expect([isSoftDirty(carried), isWatched(carried), pfnOf(carried)]).toEqual([true, false, 9]);
      expect(isWatched(trackedLike(to(9, false), watched(from(7, false))))).toBe(true);
    }
  }
});

it('an exclusive entry names its page and is of its own kind', () => {
  const entry = exclusiveEntry(5);
  expect([
    pfnOf(entry),
    isExclusiveEntry(entry),
    isDevice(entry),
    isMigration(entry),
    isPresent(entry),
  ]).toEqual([5, true, false, false, false]);
});
