import { spawnSync } from 'node:child_process';
import { describe, expect, test } from 'vitest';
import { MATCHING_PYTHON } from './matching-python.ts';
import { directedRuns, distortedRuns, randomRuns } from './recorded.fixture.ts';

const hasPython = spawnSync('python3', ['--version']).status === 0;

/** Reads runs, and answers for each whether an exported Python test would find something. */
const PROGRAM = `
import json, sys
${MATCHING_PYTHON}
verdicts = []
for run in json.load(sys.stdin):
    STEPS, CASE, COUNTS = run["steps"], run["case"], run["counts"]
    verdicts.append(first_not_allowed(run["observations"], set(run["shows"])) is not None)
json.dump(verdicts, sys.stdout)
`;

describe.skipIf(!hasPython)('exported Python tests (python3)', () => {
  test('agree with the judge, run by run', () => {
    const runs = [...directedRuns(), ...randomRuns(100, 12), ...distortedRuns(40, 9)];
    const { stdout, stderr } = spawnSync('python3', ['-c', PROGRAM], {
      input: JSON.stringify(runs),
      encoding: 'utf8',
      maxBuffer: 1 << 26,
    });
    expect(stderr).toBe('');
    const verdicts: readonly boolean[] = JSON.parse(stdout);
    const named = runs.map(({ name, wrong }) => ({ name, wrong }));
    expect(runs.map(({ name }, index) => ({ name, wrong: verdicts[index] }))).toEqual(named);
  });
});
