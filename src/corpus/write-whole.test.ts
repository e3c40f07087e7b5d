import { mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { isUnfinished, writeWhole } from './write-whole.ts';

let folder = '';
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'zdc-whole-'));
});
afterAll(() => rm(folder, { recursive: true }));

/** Writes a file again and again while it is read, and gives the lengths that a reader met. */
async function lengthsSeen(
  name: string,
  write: (path: string, text: string) => Promise<void>,
): Promise<Set<number>> {
  const path = join(folder, name);
  const text = 'x'.repeat(4_000_000);
  await writeFile(path, text);
  const seen = new Set<number>();
  const done = new AbortController();
  const reader = (async (): Promise<void> => {
    while (!done.signal.aborted) seen.add((await readFile(path, 'utf8')).length);
  })();
  for (let time = 0; time < 25; time++) await write(path, text);
  done.abort();
  await reader;
  return seen;
}

test('nobody ever reads half of a file, though others that are written plainly are read so', async () => {
  expect([...(await lengthsSeen('whole', (path, text) => writeWhole(path, text, folder)))]).toEqual([
    4_000_000,
  ]);
  expect((await lengthsSeen('plain', writeFile)).size).toBeGreaterThan(1);
});

test('two that write the same file at once do not disturb each other, and leave nothing behind', async () => {
  const path = join(folder, 'in', 'both');
  await Promise.all(['1', '2', '3', '4'].map((text) => writeWhole(path, text, join(folder, 'in'))));
  expect(await readFile(path, 'utf8')).toMatch(/^[1-4]$/);
  expect(await readdir(join(folder, 'in'))).toEqual(['both']);
});

test('a file that cannot be put in its place leaves nothing behind', async () => {
  await writeWhole(join(folder, 'taken', 'file'), 'x', join(folder, 'taken'));
  await expect(writeWhole(join(folder, 'taken'), 'x', folder)).rejects.toThrow(/EISDIR|ENOTEMPTY|EEXIST/);
  expect((await readdir(folder)).filter(isUnfinished)).toEqual([]);
});
