import { describe, expect, test } from 'vitest';
import { deviceEntry, type Snapshot, UNMAPPED } from '../../spec/vocabulary/snapshot.ts';
import type { Scope } from '../../spec/vocabulary/scope.ts';
import { barAt, folioDrawing, largeFolios, wholeEntries } from './folio-bars.ts';

const SCOPE: Scope = { processes: 1, pages: 5, frames: 5, slots: 0, devices: 2, block: 2 };

/** Two large folios beside each other, of which one is on the second device, which begins at an odd frame. */
const STATE: Snapshot = {
  entries: [
    deviceEntry(0, true),
    deviceEntry(1, true),
    deviceEntry(5, false),
    deviceEntry(6, false),
    UNMAPPED,
  ],
  refs: undefined,
  maps: undefined,
  least: undefined,
  rss: undefined,
  charged: undefined,
  whole: [true, true, true, true, false],
  large: [true, true, false, false, false, true, true, false, false, false],
};

describe('bars', () => {
  test('end with their block', () => {
    expect(wholeEntries(STATE, SCOPE, 0)).toEqual([
      { first: 0, last: 1 },
      { first: 2, last: 3 },
    ]);
    expect(largeFolios(STATE, SCOPE, 1)).toEqual([{ first: 5, last: 6 }]);
    expect(barAt(wholeEntries(STATE, SCOPE, 0), 3)).toEqual({ first: 2, last: 3 });
    expect(barAt(wholeEntries(STATE, SCOPE, 0), 4)).toBeUndefined();
  });

  test('show a target that marks a part of a block', () => {
    const marks = { ...STATE, whole: [false, true, true, false, true] };
    expect(wholeEntries(marks, SCOPE, 0)).toEqual([
      { first: 1, last: 1 },
      { first: 2, last: 2 },
      { first: 4, last: 4 },
    ]);
  });
});

test('the drawing has a bar for each whole entry and each large folio', () => {
  expect(folioDrawing(STATE, SCOPE)).toEqual([
    'process 0  [W0══W1][R5══R6] –',
    'device 0   [0═══1 ] ·   ·   ·',
    'device 1   [5═══6 ] ·   ·   ·',
  ]);
  expect(folioDrawing({ ...STATE, whole: undefined }, SCOPE)).toEqual([]);
});
