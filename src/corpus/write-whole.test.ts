import { existsSync } from 'node:fs';
import { lstat, mkdtemp, readdir, readFile, rm, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { isUnfinished, makeFolder, tryWriting, writeWhole } from './write-whole.ts';

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

test('a reader never sees an incomplete file, unlike a file written in place', async () => {
  expect([...(await lengthsSeen('whole', (path, text) => writeWhole(path, text, folder)))]).toEqual([
    4_000_000,
  ]);
  expect((await lengthsSeen('plain', writeFile)).size).toBeGreaterThan(1);
});

test('two concurrent writers of one file leave one complete file', async () => {
  const path = join(folder, 'in', 'both');
  await Promise.all(['1', '2', '3', '4'].map((text) => writeWhole(path, text, join(folder, 'in'))));
  expect(await readFile(path, 'utf8')).toMatch(/^[1-4]$/);
  expect(await readdir(join(folder, 'in'))).toEqual(['both']);
});

test('a failed rename leaves no temporary file', async () => {
  await writeWhole(join(folder, 'taken', 'file'), 'x', join(folder, 'taken'));
  await expect(writeWhole(join(folder, 'taken'), 'x', folder)).rejects.toThrow(/EISDIR|ENOTEMPTY|EEXIST/);
  expect((await readdir(folder)).filter(isUnfinished)).toEqual([]);
});

test('a link is followed and kept', async () => {
  await writeFile(join(folder, 'real'), 'old');
  await symlink('real', join(folder, 'link'));
  await writeWhole(join(folder, 'link'), 'new');
  expect(await readFile(join(folder, 'real'), 'utf8')).toBe('new');
  expect((await lstat(join(folder, 'link'))).isSymbolicLink()).toBe(true);
});

test.skipIf(!existsSync('/dev/null'))('a device file is written and not replaced', async () => {
  await symlink('/dev/null', join(folder, 'nothing'));
  await tryWriting(join(folder, 'nothing'));
  await writeWhole(join(folder, 'nothing'), 'x');
  expect((await lstat('/dev/null')).isCharacterDevice()).toBe(true);
  expect((await lstat(join(folder, 'nothing'))).isSymbolicLink()).toBe(true);
});

test.skipIf(!existsSync('/dev/full'))('a full device is an error', async () => {
  await symlink('/dev/full', join(folder, 'full'));
  await expect(writeWhole(join(folder, 'full'), 'x')).rejects.toThrow('ENOSPC');
});

test('missing parent folders are created', async () => {
  await makeFolder(join(folder, 'one', 'two', 'three'));
  await makeFolder(join(folder, 'one', 'two', 'three'));
  expect(await readdir(join(folder, 'one', 'two'))).toEqual(['three']);
});

// Node's own recursive mkdir never ends there.
test.skipIf(!existsSync('/proc/self'))('a folder that cannot be created is an error', async () => {
  await expect(makeFolder('/proc/nope/deeper')).rejects.toThrow('ENOENT');
  await expect(tryWriting('/proc/nope/deeper/x.json')).rejects.toThrow('ENOENT');
  // The error names the path and not the temporary file.
  await expect(tryWriting('/proc/x.json')).rejects.toThrow(/ '\/proc\/x\.json'$/);
});

test('a folder below a file is an error', async () => {
  await writeFile(join(folder, 'plain'), '');
  await expect(makeFolder(join(folder, 'plain', 'below'))).rejects.toThrow('ENOTDIR');
});

test('a check of write access does not change the file', async () => {
  await writeFile(join(folder, 'there'), 'old');
  await tryWriting(join(folder, 'there'));
  await tryWriting(join(folder, 'not-there'));
  expect(await readFile(join(folder, 'there'), 'utf8')).toBe('old');
  expect(existsSync(join(folder, 'not-there'))).toBe(false);
  expect((await readdir(folder)).filter(isUnfinished)).toEqual([]);
});
