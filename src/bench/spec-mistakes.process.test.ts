import { spawnSync } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { expect, test } from 'vitest';

const main = fileURLToPath(new URL('../../dist/src/bench/spec-mistakes-main.js', import.meta.url));
const plant = (id: string): { status: number | null; stdout: string; stderr: string } =>
  spawnSync(process.execPath, [main, id], { encoding: 'utf8' });

// All mistakes take minutes; this one is noticed by every check of the comparison.
test('a mistake in the specification is noticed by kernel, planted bugs and properties', () => {
  const { status, stdout } = plant('fork-leaves-parent-writable');
  expect(stdout).toMatch(/^noticed +fork-leaves-parent-writable: \d+ \| \d+ \| .*fork\/read-both.* \| –\n$/);
  expect(status).toBe(0);
});

test('an unknown mistake is refused', () => {
  const { status, stderr } = plant('fork-leaves-nothing');
  expect(stderr).toContain('unknown mistake: fork-leaves-nothing');
  expect(status).toBe(2);
});
