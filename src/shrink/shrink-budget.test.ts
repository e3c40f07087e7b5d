import { expect, test } from 'vitest';
import { shrinkBudget } from './shrink-budget.ts';

test.each([
  ['in this process', 0.02, { asks: 100_000, milliseconds: 30_000 }],
  ['answers before the clock moves', 0, { asks: 100_000, milliseconds: 30_000 }],
  ['another process', 3, { asks: 10_000, milliseconds: 30_000 }],
  ['a virtual machine', 200, { asks: 500, milliseconds: 100_000 }],
  ['hangs until its time is over', 10_000, { asks: 500, milliseconds: 120_000 }],
])('a target that %s, at %d ms a case', (_, cost, budget) => {
  expect(shrinkBudget(cost)).toEqual(budget);
});
