import { describe, expect, test } from 'vitest';
import { didYouMean, nearest } from './nearest.ts';

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

  test('are not too many', () => {
    expect(nearest('a', ['b', 'c', 'd', 'e', 'f'])).toHaveLength(3);
  });

  test('make a question, or nothing', () => {
    expect(didYouMean('fork.share', NAMES)).toBe(' Did you mean fork.shares?');
    expect(didYouMean('xyzzy', NAMES)).toBe('');
  });
});
