import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, expect, test } from 'vitest';
import { KernelCoverage, missedRanges, reachedOf } from './coverage.ts';

const folder = mkdtempSync(join(tmpdir(), 'zdc-coverage-'));
afterAll(() => {
  rmSync(folder, { recursive: true, force: true });
});
const kernel = {
  kind: 'package',
  version: '7.3',
  architecture: 'x86_64',
  set: 'coverage',
  fragment: undefined,
} as const;

test('counts of several guests are added', async () => {
  const coverage = new KernelCoverage({ ours: folder, cache: folder }, kernel);
  const file = (counts: readonly number[]) => ({
    file: '/none/mm/hmm.c',
    functions: [
      { name: 'second', start_line: 20, end_line: 22 },
      { name: 'first', start_line: 10, end_line: 12 },
    ],
    lines: counts.map((count, at) => ({ line_number: [10, 11, 12, 20, 22][at] ?? 0, count })),
  });
  coverage.add('hmm', file([1, 0, 0, 0, 0]));
  coverage.add('hmm', file([1, 2, 0, 0, 0]));
  const [{ path, functions } = { path: '', functions: [] }] = await coverage.files();
  expect(path).toBe('mm/hmm.c');
  expect(functions.map(({ name, lines }) => [name, reachedOf(lines), lines.size])).toEqual([
    ['first', 2, 3],
    ['second', 0, 2],
  ]);
});

test('only executed functions of huge_memory.c, and those for device-private entries, are listed', async () => {
  const source = join(folder, 'huge_memory.c');
  writeFileSync(source, 'void one(void)\n{}\nvoid two(void)\n{ device_private(); }\nvoid three(void)\n{}\n');
  const coverage = new KernelCoverage({ ours: folder, cache: folder }, kernel);
  coverage.add('huge_memory', {
    file: source,
    functions: ['one', 'two', 'three'].map((name, at) => ({
      name,
      start_line: 2 * at + 1,
      end_line: 2 * at + 2,
    })),
    lines: [1, 3, 5].map((line_number) => ({ line_number, count: line_number === 5 ? 1 : 0 })),
  });
  const [shown] = await coverage.files();
  expect(shown?.functions.map(({ name }) => name)).toEqual(['two', 'three']);
});

test('lines that were not executed are listed as ranges, across lines without code', () => {
  const lines = new Map([
    [3, 0],
    [1, 4],
    [5, 0],
    [6, 1],
    [9, 0],
  ]);
  expect(missedRanges(lines)).toEqual(['3–5', '9']);
});
