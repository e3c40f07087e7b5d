import { spawnSync } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { describe, expect, test } from 'vitest';
import { directedRuns, distortedRuns, randomRuns } from './recorded.fixture.ts';

const folder = fileURLToPath(new URL('walker/', import.meta.url));
const hasPython = spawnSync('python3', ['--version']).status === 0;

function python(...args: readonly string[]): (input: string) => { said: string; complaint: string } {
  return (input) => {
    const options = { input, cwd: folder, encoding: 'utf8', maxBuffer: 1 << 26 } as const;
    const { stdout, stderr } = spawnSync('python3', ['-B', '-W', 'error', ...args], options);
    return { said: stdout, complaint: stderr };
  };
}

/** Reads runs and replies with the mismatch that walk.py finds in each. */
const PROGRAM = `
import json, sys, walk
runs = json.load(sys.stdin)
json.dump([walk.first_mismatch(run, run["observations"], set(run["shows"])) for run in runs], sys.stdout)
`;

describe.skipIf(!hasPython)('the walker in Python (python3)', () => {
  test('agrees with the judge, run by run', () => {
    const runs = [...directedRuns(), ...randomRuns(100, 12), ...distortedRuns(40, 9)];
    const { said, complaint } = python('-c', PROGRAM)(JSON.stringify(runs));
    expect(complaint).toBe('');
    const mismatches: readonly unknown[] = JSON.parse(said);
    const verdicts = runs.map(({ name }, index) => ({ name, wrong: mismatches[index] !== null }));
    expect(verdicts).toEqual(runs.map(({ name, wrong }) => ({ name, wrong })));
  });

  test.each(['walk.py', 'table.py', 'conformance_test.py'])('%s compiles without a warning', (name) => {
    const program = `import pathlib; compile(pathlib.Path("${name}").read_text("utf-8"), "${name}", "exec")`;
    expect(python('-c', program)('')).toEqual({ said: '', complaint: '' });
  });
});
