import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, expect, test } from 'vitest';
import { runStep, StepFailed, type BuildProgress } from './build-step.ts';

const folder = mkdtempSync(join(tmpdir(), 'zdc-step-'));
afterAll(() => {
  rmSync(folder, { recursive: true, force: true });
});

const log = join(folder, 'deep', 'step.log');
const shell = (script: string) => ({ title: 'do it', program: 'sh', words: ['-c', script], log });
const quiet = { onProgress: () => undefined, signal: new AbortController().signal };

test('a step writes its output to a log, and reports its progress', async () => {
  const reported: BuildProgress[] = [];
  await runStep(
    { ...shell('echo one; echo two >&2'), lines: 4 },
    { ...quiet, onProgress: (p) => reported.push(p) },
  );
  expect(readFileSync(log, 'utf8').split('\n').toSorted()).toEqual(['', 'one', 'two']);
  expect(reported[0]).toMatchObject({ title: 'do it', fraction: 0 });
});

test('a failed step is reported with its name and its last output', async () => {
  const failure: unknown = await runStep(shell('echo oh no; exit 3'), quiet).catch((error: unknown) => error);
  expect(failure).toBeInstanceOf(StepFailed);
  expect(failure).toMatchObject({
    message: 'Could not do it (sh): it ended with exit code 3.\nIts last lines:\n  oh no',
    log,
  });
});

test('a missing program is a failed step', async () => {
  const step = { title: 'do it', program: 'no-such-program', words: [], log };
  await expect(runStep(step, quiet)).rejects.toThrow('ENOENT');
});

test('a stopped step ends all its processes', async () => {
  const stop = new AbortController();
  const running = runStep(shell('sleep 60 & sleep 60'), { ...quiet, signal: stop.signal });
  setTimeout(() => stop.abort(), 50);
  await expect(running).rejects.toThrow('Interrupted: do it.');
});
