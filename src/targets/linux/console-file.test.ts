import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, expect, test } from 'vitest';
import { consoleSize, readConsole } from './console-file.ts';

const folder = mkdtempSync(join(tmpdir(), 'zdc-console-'));
afterAll(() => {
  rmSync(folder, { recursive: true });
});
const file = join(folder, 'console');

test('a console is read as it is', () => {
  writeFileSync(file, 'Linux version 6.12\nRun /init\n');
  expect(readConsole(file)).toBe('Linux version 6.12\nRun /init\n');
  expect(consoleSize(file)).toBe(29);
});

test('one that a kernel floods is read at its beginning and its end', () => {
  writeFileSync(file, `first\n${'BUG: and again\n'.repeat(300_000)}last\n`);
  const text = readConsole(file);
  expect(text.startsWith('first\nBUG: and again\n')).toBe(true);
  expect(text.endsWith('BUG: and again\nlast\n')).toBe(true);
  expect(text.length).toBeLessThan(2.1 * 1024 * 1024);
  expect(consoleSize(file)).toBeGreaterThan(4_000_000);
});

test('where there is none there is nothing in it', () => {
  expect(readConsole(join(folder, 'none'))).toBe('');
  expect(consoleSize(join(folder, 'none'))).toBe(0);
});
