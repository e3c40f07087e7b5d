import { expect, test } from 'vitest';
import { progressLine } from './build-display.ts';

test('a step shows its progress and the expected time left', () => {
  const title = 'build the kernel';
  expect(progressLine({ title, fraction: 0.25, elapsed: 60_000 })).toBe(
    'build the kernel: 25%, 1 min 0 s elapsed, about 3 min 0 s left',
  );
});

test('without an estimate, only the elapsed time', () => {
  expect(progressLine({ title: 'a', fraction: 0.01, elapsed: 2000 })).toBe('a: 2.0 s');
  expect(progressLine({ title: 'a', fraction: undefined, elapsed: 2000 })).toBe('a: 2.0 s');
});
