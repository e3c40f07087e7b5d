import { mkdtemp, readdir, rm, stat, utimes, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { SAMPLE_COUNTEREXAMPLE, SAMPLE_HELLO, sampleFinding } from '../report/sample-outcome.fixture.ts';
import { type CaseFile, caseFileName, caseFileOf, readCaseFile } from './case-file.ts';
import { discardUnshrunk, addCaseFile } from './save-case-file.ts';

const FILE = caseFileOf(sampleFinding(SAMPLE_COUNTEREXAMPLE, undefined), {
  hello: SAMPLE_HELLO,
  targetSpec: 'embedded',
  seed: 42,
});
const UNSHRUNK: CaseFile = { ...FILE, certificate: 'found' };

let folder = '';
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'zdc-save-'));
});
afterEach(() => rm(folder, { recursive: true }));

const certificateIn = async (path: string): Promise<string> => {
  const contents = await readCaseFile(path);
  return contents.kind === 'counterexample' ? contents.file.certificate : contents.kind;
};

test('a failure that is found again only updates the date of its file', async () => {
  const { path } = await addCaseFile(FILE, folder);
  const yesterday = new Date(Date.now() - 24 * 60 * 60 * 1000);
  await utimes(path, yesterday, yesterday);
  const again = { ...FILE, run: { seed: 7, index: 7 } };
  expect(await addCaseFile(again, folder)).toEqual({ path, wasThere: true });
  expect(await readCaseFile(path)).toEqual({ kind: 'counterexample', file: FILE });
  expect((await stat(path)).mtimeMs).toBeGreaterThan(yesterday.getTime() + 1000);
  expect(await readdir(folder)).toHaveLength(1);
});

test('a stronger certificate replaces a weaker one, and never the reverse', async () => {
  const { path } = await addCaseFile(UNSHRUNK, folder);
  expect(await certificateIn(path)).toBe('found');
  expect(await addCaseFile(FILE, folder)).toEqual({ path, wasThere: false });
  expect(await certificateIn(path)).toBe('2-minimal');
  await addCaseFile(UNSHRUNK, folder);
  expect(await certificateIn(path)).toBe('2-minimal');
});

test('a saved failure rate is not replaced by none', async () => {
  const { path } = await addCaseFile(UNSHRUNK, folder);
  const flaky = { failed: 3, of: 20 };
  expect((await addCaseFile({ ...UNSHRUNK, flaky }, folder)).wasThere).toBe(false);
  expect((await addCaseFile(UNSHRUNK, folder)).wasThere).toBe(true);
  expect(await readCaseFile(path)).toMatchObject({ file: { flaky } });
});

test('a damaged file is replaced', async () => {
  await writeFile(join(folder, caseFileName(FILE)), '{"format":');
  const { path } = await addCaseFile(FILE, folder);
  expect(await certificateIn(path)).toBe('2-minimal');
});

test('a different counterexample with the same file name is not lost', async () => {
  const other: CaseFile = { ...FILE, case: { ...FILE.case, observe: 'inspect' } };
  await writeFile(join(folder, caseFileName(FILE)), JSON.stringify(other));
  const { path } = await addCaseFile(FILE, folder);
  expect(path).toMatch(/-[0-9a-f]{64}\.json$/);
  expect(await addCaseFile(FILE, folder)).toEqual({ path, wasThere: true });
  expect(await readdir(folder)).toHaveLength(2);
});

test('a requirement that looks like a path does not leave the folder', async () => {
  const { path } = await addCaseFile({ ...FILE, requirement: '../../x\u0000' }, join(folder, 'in'));
  expect(path).toMatch(/in\/\.\._\.\._x_-[0-9a-f]{8}\.json$/);
  expect(await readdir(folder)).toEqual(['in']);
});

test('concurrent saves of equal and different counterexamples are all complete', async () => {
  const files = Array.from({ length: 40 }, (_, index): CaseFile => ({
    ...FILE,
    certificate: index % 2 === 0 ? 'found' : '2-minimal',
    target: { ...FILE.target, spec: `stdio:${index % 5}` },
  }));
  const saved = await Promise.all(files.map((file) => addCaseFile(file, folder)));
  expect(new Set(saved.map(({ path }) => path)).size).toBe(5);
  expect(await readdir(folder)).toHaveLength(5);
  for (const { path } of saved) expect(await certificateIn(path)).not.toBe('faulty');
});

test('only unshrunk cases are discarded', async () => {
  const unshrunk = await addCaseFile(UNSHRUNK, folder);
  await discardUnshrunk(unshrunk.path);
  expect(await readdir(folder)).toEqual([]);
  const shrunk = await addCaseFile(FILE, folder);
  await discardUnshrunk(shrunk.path);
  await discardUnshrunk(join(folder, 'none.json'));
  expect(await readdir(folder)).toHaveLength(1);
});
