import { readFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import { SPEC_MISTAKES } from './spec-mistakes.ts';

test('at least thirty mistakes have distinct names', () => {
  expect(SPEC_MISTAKES.length).toBeGreaterThanOrEqual(30);
  expect(new Set(SPEC_MISTAKES.map(({ id }) => id)).size).toBe(SPEC_MISTAKES.length);
});

test.each(SPEC_MISTAKES)('$file contains the text that $id replaces, once', ({ file, from, to }) => {
  const text = readFileSync(new URL(`../../${file}`, import.meta.url), 'utf8');
  expect(text.split(from)).toHaveLength(2);
  expect(to).not.toBe(from);
});
