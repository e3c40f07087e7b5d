import { writeFileSync } from 'node:fs';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { Capture, Shell } from './world.fixture.ts';

let shell: Shell;
beforeEach(() => {
  shell = new Shell();
  writeFileSync(shell.path('adapter'), '');
});
afterEach(() => {
  shell.remove();
});

const BUGGY = ['run', '--target', 'embedded:mutant=fork-keeps-parent-write', '--profile', 'origin'];

test('a run is repeated when a file has changed, and its saved counterexamples come first', async () => {
  const stop = new AbortController();
  const stdout = new Capture();
  const stderr = new Capture();
  let waits = 0;
  stderr.onText = () => {
    const now = stderr.text.split('Watching adapter').length - 1;
    if (now === waits) return;
    waits = now;
    if (now === 2) stop.abort();
    else writeFileSync(shell.path('adapter'), 'the next build');
  };
  const argv = [...BUGGY, '--runs', '1', '--bail', '--quiet', '--watch', 'adapter'];
  const { code } = await shell.call(argv, { stdout, stderr, signal: stop.signal });
  const [first, second] = stdout.text.split(/\(exit 1\)\n/);
  expect(first).toMatch(/^1 finding,/);
  // With --bail no case was run beside the saved one.
  expect(second).toContain('still fails');
  expect(second).not.toContain('1 finding');
  expect(code).toBe(1);
});

test('a missing file is refused', async () => {
  const { code, err } = await shell.call(['run', '--watch', 'adapter', 'other']);
  expect(err).toBe('error: There is no file other to watch.\n');
  expect(code).toBe(2);
});
