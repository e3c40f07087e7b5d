import { runInNewContext } from 'node:vm';
import { describe, expect, test } from 'vitest';
import { MATCHING_JAVASCRIPT } from './matching-javascript.ts';
import { directedRuns, distortedRuns, randomRuns, type RecordedRun } from './recorded.fixture.ts';

const DIRECTED = directedRuns();

/** What an exported JavaScript test would say. */
function saidOf({ steps, case: testCase, counts, observations, shows }: RecordedRun): unknown {
  return runInNewContext(`${MATCHING_JAVASCRIPT}; firstNotAllowed(observations, shows)`, {
    STEPS: steps,
    CASE: testCase,
    COUNTS: counts,
    observations,
    shows: new Set(shows),
  });
}

describe.each([
  ['every mutant in its own case', DIRECTED, 200],
  ['beginnings of random cases', randomRuns(500, 12), 12],
  ['what is told wrongly', distortedRuns(80, 9), 40],
])('exported tests and the judge agree on %s', (_, runs, least) => {
  test('there is enough to agree on', () => {
    expect(runs.filter(({ wrong }) => wrong).length).toBeGreaterThan(least);
    expect(runs.filter(({ wrong }) => !wrong).length).toBeGreaterThan(least);
  });

  test('run by run', () => {
    const verdicts = runs.map((run): [string, boolean] => [run.name, saidOf(run) !== undefined]);
    expect(verdicts).toEqual(runs.map(({ name, wrong }): [string, boolean] => [name, wrong]));
  });
});

test('what is said names the step, what is allowed and what was seen', () => {
  const run = DIRECTED.find(({ wrong, name }) => wrong && name.startsWith('fork-keeps-parent-write'));
  expect(run === undefined ? '' : saidOf(run)).toMatch(
    /^step 3 \(fork\): expected process 0 page 0: \{"frame":"A","write":false\}; seen \{"result":"ok"/,
  );
});
