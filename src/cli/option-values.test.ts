import { expect, test } from 'vitest';
import { parseDuration } from './option-values.ts';

test.each([
  ['500ms', 500],
  ['30s', 30_000],
  ['1.5s', 1500],
  ['2m', 120_000],
  ['24h', 86_400_000],
  ['1ms', 1],
])('%s', (text, milliseconds) => {
  expect(parseDuration(text)).toBe(milliseconds);
});

test.each([
  '',
  '30',
  's',
  '0s',
  '0.4ms',
  '-1s',
  '+1s',
  '1 s',
  '1e3s',
  '25h',
  '1d',
  '30S',
  '∞s',
  '1.s',
  '.5s',
])('"%s" is no span of time', (text) => {
  expect(() => parseDuration(text)).toThrow(/ms, s, m or h/);
});
