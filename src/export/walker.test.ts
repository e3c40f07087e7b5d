import { describe, expect, test } from 'vitest';
import {
  directedRuns,
  distortedRuns,
  handMadeRuns,
  randomRuns,
  type RecordedTest,
} from './recorded.fixture.ts';
import { firstMismatch } from './walker/walk.mjs';

const DIRECTED = directedRuns();

const mismatchIn = ({ observations, shows, ...table }: RecordedTest): string | undefined =>
  firstMismatch(table, observations, new Set(shows));

describe.each([
  ['the witness of every planted bug', DIRECTED, 200],
  ['prefixes of random cases', randomRuns(700, 20), 12],
  ['distorted observations', distortedRuns(80, 9), 40],
  ['hand-made observations of large folios', handMadeRuns(), 2],
])('the walker in JavaScript agrees with the judge on %s', (_, runs, min) => {
  test('which include enough right and wrong runs', () => {
    expect(runs.filter(({ wrong }) => wrong).length).toBeGreaterThan(min);
    expect(runs.filter(({ wrong }) => !wrong).length).toBeGreaterThan(min);
  });

  test('run by run', () => {
    const verdicts = runs.map((run): [string, boolean] => [run.name, mismatchIn(run) !== undefined]);
    expect(verdicts).toEqual(runs.map(({ name, wrong }): [string, boolean] => [name, wrong]));
  });
});

test('a mismatch names the step, the allowed outcomes and the observation', () => {
  const run = DIRECTED.find(({ wrong, name }) => wrong && name.startsWith('fork-keeps-parent-write'));
  expect(run && mismatchIn(run)).toMatch(
    /^step 3 \(.*fork.*\): expected process 0 page 0: \{"frame":"A","write":false\}; observed \{"result":"ok"/,
  );
});
