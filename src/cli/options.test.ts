import { describe, expect, test } from 'vitest';
import { didYouMean, nearest } from './nearest.ts';
import { durationOption, parseDuration } from './options.ts';

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
])('"%s" is not a duration', (text) => {
  expect(() => parseDuration(text)).toThrow(/ms, s, m or h/);
});

test.each(['500ms', '1500ms', '30s', '90s', '2m', '24h'])('%s is printed in its own unit', (text) => {
  expect(durationOption(parseDuration(text))).toBe(text);
});

const NAMES = ['fork.isolation', 'fork.shares', 'fault.calls-once', 'migrate.no-callbacks'];

describe('the nearest names', () => {
  test.each([
    ['a letter missing', 'fork.isolaton', ['fork.isolation']],
    ['two letters swapped', 'fork.isolatoin', ['fork.isolation']],
    ['another case', 'FORK.SHARES', ['fork.shares']],
    ['a part of it', 'calls-once', ['fault.calls-once']],
    ['nothing like it', 'xyzzy', []],
  ])('%s', (_, word, names) => {
    expect(nearest(word, NAMES)).toEqual(names);
  });

  test('are limited in number', () => {
    expect(nearest('a', ['b', 'c', 'd', 'e', 'f'])).toHaveLength(3);
  });

  test('form a question, or an empty text', () => {
    expect(didYouMean('fork.share', NAMES)).toBe(' Did you mean fork.shares?');
    expect(didYouMean('xyzzy', NAMES)).toBe('');
  });
});
