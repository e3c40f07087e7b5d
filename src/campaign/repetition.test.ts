import { expect, test } from 'vitest';
import { repetitionsFor } from './repetition.ts';

test.each([
  [{ failed: 20, of: 20 }, 2],
  [{ failed: 10, of: 20 }, 5],
  [{ failed: 6, of: 20 }, 9],
  [{ failed: 2, of: 20 }, 29],
  [{ failed: 1, of: 20 }, 30],
  [{ failed: 0, of: 20 }, 30],
])('%j is run %d times', (rate, times) => {
  expect(repetitionsFor(rate)).toBe(times);
  // Fewer would miss it more often than it may be missed, up to what it may cost.
  const share = rate.failed / rate.of;
  if (times < 30) expect((1 - Math.min(0.9, share)) ** times).toBeLessThan(0.05);
});
