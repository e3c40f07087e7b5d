import { expect, test } from 'vitest';
import type { Command } from '../../spec/vocabulary/command.ts';
import { isCanonicalNaming } from './canonical-naming.ts';

const load = (process: number, page: number): Command => ({ op: 'load', process, page });
const store = (value: number): Command => ({ op: 'store', process: 0, page: 0, value });
const fork = (child: number): Command => ({ op: 'fork', process: 0, child });

test('names come in the order of their first use', () => {
  expect(isCanonicalNaming([], store(1), true)).toBe(true);
  expect(isCanonicalNaming([], store(2), true)).toBe(false);
  expect(isCanonicalNaming([store(1)], store(2), true)).toBe(true);
  expect(isCanonicalNaming([store(1)], store(3), true)).toBe(false);
});

test('process 0 has its name from the start', () => {
  expect(isCanonicalNaming([], fork(1), true)).toBe(true);
  expect(isCanonicalNaming([], fork(2), true)).toBe(false);
  expect(isCanonicalNaming([fork(1)], fork(2), true)).toBe(true);
});

test('pages are named in order only where nothing tells them apart', () => {
  expect(isCanonicalNaming([], load(0, 1), true)).toBe(false);
  expect(isCanonicalNaming([], load(0, 1), false)).toBe(true);
});

test('the victim of an injection names a page, too', () => {
  const inject: Command = {
    op: 'inject',
    kind: 'oom',
    victim: { process: 0, page: 1 },
    remaining: 1,
  };
  expect(isCanonicalNaming([], inject, true)).toBe(false);
  expect(isCanonicalNaming([load(0, 0)], inject, true)).toBe(true);
});
