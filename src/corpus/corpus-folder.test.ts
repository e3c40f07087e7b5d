import { mkdir, mkdtemp, readdir, rm, symlink, utimes, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { SAMPLE_COUNTEREXAMPLE, SAMPLE_HELLO, sampleFinding } from '../report/sample-outcome.fixture.ts';
import { caseFileName, caseFileOf } from './case-file.ts';
import { readCorpus } from './corpus-folder.ts';
import { addCaseFile } from './save-case-file.ts';

const FILE = caseFileOf(sampleFinding(SAMPLE_COUNTEREXAMPLE, undefined), {
  hello: SAMPLE_HELLO,
  targetSpec: 'embedded',
  seed: 42,
});
const TEXT = JSON.stringify(FILE);

let folder = '';
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'zdc-corpus-'));
});
afterEach(() => rm(folder, { recursive: true }));

const put = (name: string, text: string): Promise<void> => writeFile(join(folder, name), text);

test('a missing folder is an empty corpus', async () => {
  expect(await readCorpus(join(folder, 'none'))).toEqual({ entries: [], trouble: undefined });
});

test('a path that is not a folder is reported', async () => {
  await put('file', '');
  expect(await readCorpus(join(folder, 'file'))).toMatchObject({
    entries: [],
    trouble: expect.stringContaining('ENOTDIR'),
  });
});

test('counterexamples are read, other files are ignored', async () => {
  await addCaseFile(FILE, folder);
  await put('renamed.json', TEXT);
  await put('report.json', '{"format":"zdc-report"}');
  await put('half-a-report.json', '{"format":"zdc-rep');
  await put('notes.txt', 'hello');
  await mkdir(join(folder, 'a-folder-00000000.json'));
  await symlink(join(folder, 'nowhere'), join(folder, 'dangling-00000000.json'));
  const { entries } = await readCorpus(folder);
  expect(entries).toMatchObject([
    { kind: 'counterexample', path: join(folder, caseFileName(FILE)), file: FILE },
    { kind: 'counterexample', path: join(folder, 'renamed.json') },
  ]);
});

test.each([
  ['cut off', TEXT.slice(0, 900), 'only the beginning'],
  ['cut off at once', '', 'it is empty'],
  [
    'of an older version',
    TEXT.replace('"version":1', '"version":0'),
    'version 0; this suite reads versions 1 and 2',
  ],
  ['damaged', TEXT.replace('"op":"fork"', '"op":"spoon"'), 'damaged'],
  ['of bytes', '\u0000\u001B[31m\uFFFD', 'not JSON'],
])('a file that is %s is listed with the reason', async (_, text, reason) => {
  await put(caseFileName(FILE), text);
  const { entries } = await readCorpus(folder);
  expect(entries).toEqual([
    { kind: 'unreadable', path: join(folder, caseFileName(FILE)), reason: expect.stringContaining(reason) },
  ]);
  const [entry] = entries;
  expect(entry?.kind === 'unreadable' ? entry.reason : '').not.toMatch(/\p{Cc}/u);
});

test('an incomplete file of a killed run is skipped, and removed when it is old', async () => {
  const young = `${caseFileName(FILE)}.123.0123abcd.tmp`;
  const old = `${caseFileName(FILE)}.124.0123abcd.tmp`;
  for (const name of [young, old, 'theirs.tmp']) await put(name, TEXT.slice(0, 100));
  const yesterday = new Date(Date.now() - 24 * 60 * 60 * 1000);
  for (const name of [old, 'theirs.tmp']) await utimes(join(folder, name), yesterday, yesterday);
  expect((await readCorpus(folder)).entries).toEqual([]);
  expect(await readdir(folder)).toEqual([young, 'theirs.tmp'].toSorted());
});
