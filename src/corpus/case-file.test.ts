import { execFileSync } from 'node:child_process';
import { mkdtemp, readdir, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { caseFileName, caseFileOf, parseCaseFile, readCaseFile } from './case-file.ts';
import { golden } from '../report/golden.fixture.ts';
import {
  SAMPLE_CASE,
  SAMPLE_COUNTEREXAMPLE,
  SAMPLE_HELLO,
  sampleFinding,
  TROUBLED,
} from '../report/sample-outcome.fixture.ts';
import { readJournal } from './journal.ts';
import { saveCaseFile, savingFolder } from './save-case-file.ts';

const ORIGIN = { hello: SAMPLE_HELLO, targetSpec: 'embedded', seed: 42 };
const FILE = caseFileOf(sampleFinding(SAMPLE_COUNTEREXAMPLE, undefined), ORIGIN);
const TEXT = `${JSON.stringify(FILE, null, 2)}\n`;

let folder = '';
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'zdc-case-file-'));
});
afterAll(() => rm(folder, { recursive: true }));

test.skipIf(process.platform === 'win32')('a named pipe is refused', async () => {
  const pipe = join(folder, 'pipe');
  execFileSync('sh', ['-c', 'mkfifo "$0"', pipe]);
  expect(await readCaseFile(pipe)).toEqual({
    kind: 'faulty',
    message: 'it is a named pipe, not a regular file',
  });
  await expect(readJournal(pipe)).rejects.toThrow('it is a named pipe');
});

test('a saved counterexample contains all data for a replay', () => {
  const { made, kept } = golden('counterexample.json.golden', TEXT);
  expect(made).toBe(kept);
});

test('reading a saved counterexample returns the written one', () => {
  const read = parseCaseFile(TEXT);
  expect(read).toEqual({ kind: 'counterexample', file: FILE });
});

test('a file with a former requirement id is read with the current one', () => {
  const old = JSON.stringify({ ...FILE, requirement: 'race.books' });
  expect(parseCaseFile(old)).toMatchObject({ file: { requirement: 'race.frame-accounting' } });
});

test('a counterexample with earlier cases is saved in format version 2, without them in version 1', () => {
  expect(FILE.version).toBe(1);
  const counterexample = { ...SAMPLE_COUNTEREXAMPLE, earlier: [SAMPLE_CASE] };
  const file = caseFileOf(sampleFinding(counterexample, undefined), ORIGIN);
  expect(file).toMatchObject({ version: 2, earlier: [SAMPLE_CASE] });
  expect(parseCaseFile(JSON.stringify(file))).toEqual({ kind: 'counterexample', file });
  expect(caseFileName(file)).not.toBe(caseFileName(FILE));
  expect(parseCaseFile(JSON.stringify({ ...file, version: 3 }))).toMatchObject({ kind: 'faulty' });
});

test('a crash is saved without a trace', () => {
  const [, crash] = TROUBLED.profiles[0]?.findings ?? [];
  if (crash === undefined) throw new Error('The sample has a crash.');
  const file = caseFileOf(crash, ORIGIN);
  expect(file.failure?.kind).toBe('crash');
  expect(file.flaky).toEqual(crash.counterexample.flaky);
  expect(parseCaseFile(JSON.stringify(file)).kind).toBe('counterexample');
});

test('the file name contains the requirement and depends only on the case', async () => {
  expect(caseFileName(FILE)).toMatch(/^fork\.isolation-[0-9a-f]{8}\.json$/);
  expect(caseFileName({ ...FILE, run: { seed: 1, index: 1 } })).toBe(caseFileName(FILE));
  expect(caseFileName({ ...FILE, case: { ...FILE.case, observe: 'inspect' } })).not.toBe(caseFileName(FILE));
});

test('saving creates the folder and leaves only the complete file', async () => {
  const path = await saveCaseFile(FILE, join(folder, 'a', 'b'));
  expect(await readFile(path, 'utf8')).toBe(TEXT);
  expect(await readdir(join(folder, 'a', 'b'))).toEqual([caseFileName(FILE)]);
  expect((await readCaseFile(path)).kind).toBe('counterexample');
});

test('counterexamples are saved to reports/runs in a checkout of zdc and to .zdc elsewhere', () => {
  expect(savingFolder(import.meta.dirname)).toMatch(/reports\/runs$/);
  expect(savingFolder(import.meta.dirname)).not.toContain('src');
  expect(savingFolder(folder)).toBe(join(folder, '.zdc'));
});

describe('a file that cannot be replayed is refused with a reason', () => {
  test.each([
    ['empty', '', 'it is empty'],
    ['cut off', TEXT.slice(0, 700), 'only the beginning'],
    ['no JSON', 'hello', 'it is not JSON'],
    ['no object', '[1]', 'no JSON object'],
    ['of another format', '{"format":"zdc-report"}', 'its format is "zdc-report"'],
    [
      'of another version',
      TEXT.replace('"version": 1,', '"version": 3,'),
      'version 3; this suite reads versions 1 and 2',
    ],
    ['without a version', '{"format":"zdc-counterexample"}', 'version null'],
    ['damaged', TEXT.replace('"op": "fork"', '"op": "spoon"'), 'case.commands.3'],
    ['something else', '{"name":"x"}', 'neither a counterexample'],
    ['a case with a bad scope', JSON.stringify({ ...SAMPLE_CASE, scope: { processes: 99 } }), 'scope'],
  ])('%s', (_, text, reason) => {
    const read = parseCaseFile(text);
    expect(read.kind === 'faulty' ? read.message : read.kind).toContain(reason);
  });

  test('missing, or a folder', async () => {
    expect(await readCaseFile(join(folder, 'none.json'))).toEqual({
      kind: 'faulty',
      message: 'there is no such file or folder',
    });
    expect(await readCaseFile(folder)).toMatchObject({ kind: 'faulty' });
  });
});

test('a case without a counterexample is accepted', () => {
  expect(parseCaseFile(JSON.stringify(SAMPLE_CASE))).toEqual({ kind: 'case', case: SAMPLE_CASE });
});
