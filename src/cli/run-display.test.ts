import { Readable } from 'node:stream';
import { expect, test } from 'vitest';
import type { Progress } from '../run/run-options.ts';
import { progressDisplay } from './run-display.ts';
import { Capture } from './world.fixture.ts';

const PROGRESS: Progress = {
  profile: 'origin',
  profileNumber: 1,
  profiles: 1,
  phase: 'exploring',
  tried: 0,
  cases: 40,
  directed: { cases: 7, of: 7 },
  wanted: 200,
  planned: undefined,
  commands: 1200,
  commandsPerSecond: 600,
  strategy: 'random',
  moves: undefined,
  covered: 30,
  coverable: 100,
  findings: 1,
  elapsed: 2000,
  left: 8000,
  sinceNew: 0,
};

/** The progress as it is drawn on a terminal. */
function drawn(progress: Progress): string {
  const stderr = new Capture(true);
  const { signal } = new AbortController();
  const stdin = (): Readable => Readable.from([]);
  progressDisplay({ stdout: new Capture(), stderr, stdin, env: {}, cwd: '/', signal }).listener(progress);
  return stderr.text;
}

test('the progress of a run shows its cases and the time left', () => {
  const text = drawn(PROGRESS);
  expect(text).toContain('origin: random cases');
  expect(text).toContain('40 of 200 cases, 1,200 commands, 600/s');
  expect(text).toContain('2.0 s elapsed, about 8.0 s left');
});

test('while a counterexample is shrunk, it shows the candidates, and the time left only if it is known', () => {
  const text = drawn({ ...PROGRESS, phase: 'reducing', tried: 17, left: undefined });
  expect(text).toContain('origin: shrinking a counterexample, 17 cases tried');
  expect(text).toContain('2.0 s elapsed');
  expect(text).not.toContain('left');
  expect(drawn({ ...PROGRESS, phase: 'reducing' })).not.toContain('tried');
});
