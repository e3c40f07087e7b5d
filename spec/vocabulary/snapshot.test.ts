import { expect, test } from 'vitest';
import {
  deviceEntry,
  EXCLUSIVE_ENTRY,
  frameOf,
  UNPOPULATED,
  isDeviceEntry,
  isWriteEntry,
  POISON,
  PRESENT,
  UNMAPPED,
} from './snapshot.ts';

test('a device entry encodes its frame and its permission, and equals no other entry', () => {
  const codes = new Set<number>([UNMAPPED, UNPOPULATED, PRESENT, POISON, EXCLUSIVE_ENTRY]);
  expect([...codes].filter(isDeviceEntry)).toEqual([]);
  for (let frame = 0; frame < 32; frame++) {
    for (const write of [false, true]) {
      const code = deviceEntry(frame, write);
      expect([isDeviceEntry(code), frameOf(code), isWriteEntry(code)]).toEqual([true, frame, write]);
      codes.add(code);
    }
  }
  expect(codes.size).toBe(5 + 2 * 32);
});
