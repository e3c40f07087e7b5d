import { expect, test } from 'vitest';
import { PLAIN } from '../../report/paint.ts';
import { coverageText } from './coverage-text.ts';

test('each function is listed with its lines that were not executed', () => {
  const functions = [
    { name: 'whole', lines: new Map([[1, 4]]) },
    {
      name: 'partly',
      lines: new Map([
        [5, 1],
        [6, 0],
        [8, 0],
      ]),
    },
    { name: 'never', lines: new Map([[9, 0]]) },
  ];
  const text = coverageText([{ path: 'mm/hmm.c', functions }], { guests: 2, lost: 1 }, PLAIN);
  expect(text).toContain('in 2 guests; 1 guest ended before the counts were read');
  expect(text).toContain('mm/hmm.c  2 of 5 lines (40.0 %), 2 of 3 functions');
  expect(text).toMatch(/partly +1\/3 +not: 6–8\n/);
  expect(text).toMatch(/never +0\/1 +not reached\n/);
});
