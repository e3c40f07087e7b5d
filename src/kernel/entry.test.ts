import { describe, expect, it } from 'vitest';
import {
  deviceEntry,
  isDevice,
  isMigration,
  isPresent,
  isWritable,
  migrationEntry,
  NONE,
  pfnOf,
  POISON_ENTRY,
  presentEntry,
  readOnly,
  writable,
} from './entry.ts';

const encoders = { presentEntry, deviceEntry, migrationEntry };
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
      expect(isDevice(entry)).toBe(name === 'deviceEntry');
      expect(isMigration(entry)).toBe(name === 'migrationEntry');
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
    expect([pfnOf(entry), isPresent(entry), isDevice(entry), isMigration(entry)]).toEqual([
      0,
      false,
      false,
      false,
    ]);
  }
});

it('a present entry can be made writable', () => {
  expect(writable(presentEntry(5, false))).toBe(presentEntry(5, true));
});
