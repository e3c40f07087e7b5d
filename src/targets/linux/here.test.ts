import { expect, test } from 'vitest';
import { consoleLine, taintsIn } from './here.ts';

test('a record of the kernel log becomes a console line; messages of processes are omitted', () => {
  expect(consoleLine('4,812,14500000,-;WARNING: CPU: 0 at mm/memory.c:1\n SUBSYSTEM=cpu\n')).toBe(
    '[   14.500000] WARNING: CPU: 0 at mm/memory.c:1\n',
  );
  expect(consoleLine('12,813,14500001,-;systemd[1]: BUG: none of the kernel\n')).toBe('');
});

test('a kernel with earlier errors is described by them; out-of-tree modules are not errors', () => {
  expect(taintsIn(1 | (1 << 12) | (1 << 13))).toEqual([]);
  expect(taintsIn((1 << 7) | (1 << 9))).toEqual(['an oops', 'a warning']);
});
