import { execFileSync } from 'node:child_process';
import * as fc from 'fast-check';
import { expect, test } from 'vitest';
import { splitCommandLine } from './command-line.ts';

/** Writes each of its arguments with a byte 1 behind it, and a byte 2 at the end. */
const SHOW = `show() { for word in "$@"; do printf '%s\\001' "$word"; done; printf '\\002'; }`;

const wordsOf = (line: string): readonly string[] | undefined => {
  const split = splitCommandLine(line);
  return split.kind === 'words' ? split.words : undefined;
};

test('a shell splits the same lines into the same words', () => {
  // Only characters of quoting, so the shell only calls `show` for every line.
  const characters = fc.constantFrom('a', 'b', ' ', '"', "'", '\\');
  const lines = fc
    .sample(fc.string({ unit: characters, maxLength: 12 }), { numRuns: 1000, seed: 1 })
    .map((rest) => `show ${rest}`)
    .filter((line) => wordsOf(line) !== undefined);
  expect(lines.length).toBeGreaterThan(300);

  const output = execFileSync('sh', ['-c', [SHOW, ...lines].join('\n')], { encoding: 'utf8' });
  const shown = output.split('\u0002').slice(0, -1);
  const byShell = shown.map((words) => ['show'].concat(words.split('\u0001').slice(0, -1)));
  expect(lines.map(wordsOf)).toEqual(byShell);
});
