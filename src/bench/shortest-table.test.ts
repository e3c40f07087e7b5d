import { expect, test } from 'vitest';
import { mergeLengths } from './merge-lengths.ts';
import type { ShortestLength } from './shortest-lengths.ts';
import { HELD_OUT, shortestTable, shortestSummaryOf, TUNED } from './shortest-table.ts';

const row = (change: Partial<ShortestLength>): ShortestLength => ({
  mutant: 'one',
  fingerprint: 'fork.counts fork counts',
  length: 3,
  proved: true,
  searched: 2,
  states: 10,
  ops: [],
  shrunk: [],
  ...change,
});

test('a mutant counts as always shortest only if each of its failures shrinks to the shortest length', () => {
  const rows = [
    row({ shrunk: [{ seed: 1, length: 3 }] }),
    row({ fingerprint: 'fork.counts exit counts', shrunk: [{ seed: 2, length: 5 }] }),
    row({
      mutant: 'two',
      shrunk: [
        { seed: 1, length: 3 },
        { seed: 21, length: 4 },
      ],
    }),
  ];
  expect(shortestSummaryOf(rows, TUNED)).toEqual({
    shrinkings: 3,
    longer: 1,
    mutants: 2,
    always: 1,
    worst: 2,
  });
  expect(shortestSummaryOf(rows, HELD_OUT)).toEqual({
    shrinkings: 1,
    longer: 1,
    mutants: 1,
    always: 0,
    worst: 1,
  });
});

test('the shortest of all portions counts for each of them', () => {
  const rows = mergeLengths([
    row({ length: 5, proved: false, searched: 2, shrunk: [{ seed: 1, length: 5 }] }),
    row({ length: 4, proved: false, searched: 3, shrunk: [{ seed: 21, length: 4 }] }),
  ]);
  expect(rows).toHaveLength(1);
  expect(mergeLengths([...rows, ...rows])).toEqual(rows);
  expect(rows[0]).toMatchObject({ length: 4, searched: 3 });
  expect(shortestSummaryOf(rows, TUNED)).toMatchObject({ longer: 1, worst: 1 });
  expect(shortestTable(rows, 2)).toContain('For 1 of the 2 planted bugs');
  expect(shortestTable(rows, 2)).toContain(
    '| one | fork.counts fork counts | 4 | up to 3 | – | 5 of 2 | 10 |',
  );
});

test('of two equally short counterexamples the proved one counts', () => {
  const unproved = row({ proved: false, searched: 1 });
  for (const rows of [
    [unproved, row({})],
    [row({}), unproved],
  ])
    expect(mergeLengths(rows)).toEqual([row({})]);
});
