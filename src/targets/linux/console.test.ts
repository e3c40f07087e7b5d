import { expect, test } from 'vitest';
import { userErrorIn, headlineOf } from './console.ts';

const calm =
  '[    0.1] Run /init as init process\n[    0.2] zdc: loading out-of-tree module taints kernel.\n';
const warned = [
  '[    1.0] ------------[ cut here ]------------',
  '[    1.1] WARNING: CPU: 0 PID: 31 at mm/memory.c:1 it_happened+0x1/0x2',
  '[    1.2] Call Trace:',
].join('\r\n');

test('a console without a complaint has no headline, and its end is what there is', () => {
  expect(headlineOf(calm)).toBeUndefined();
  expect(userErrorIn(calm)).toBe(calm);
});

test('a complaint is told from its first line on, and in one line', () => {
  expect(headlineOf(calm + warned)).toBe('WARNING: CPU: 0 PID: 31 at mm/memory.c:1 it_happened+0x1/0x2');
  expect(userErrorIn(calm + warned)).toBe(warned.replaceAll('\r', ''));
});
