import { expect, test } from 'vitest';
import { repetitionsFor } from './repetition.ts';

test.each([
  [{ failed: 20, of: 20 }, 2],
  [{ failed: 10, of: 20 }, 5],
  [{ failed: 6, of: 20 }, 9],
  [{ failed: 2, of: 20 }, 29],
])('%j is run %d times, and with one time less would be missed too often', (rate, times) => {
  expect(repetitionsFor(rate)).toBe(times);
  const passes = 1 - Math.min(0.9, rate.failed / rate.of);
  expect(passes ** times).toBeLessThan(0.05);
  expect(passes ** (times - 1)).toBeGreaterThanOrEqual(0.05);
});

test.each([
  { failed: 1, of: 20 },
  { failed: 0, of: 20 },
])('%j is run no more often than it is worth', (rate) => {
  expect(repetitionsFor(rate)).toBe(30);
});
