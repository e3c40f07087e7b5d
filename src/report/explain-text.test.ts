import { expect, test } from 'vitest';
import type { Violation } from '../../spec/judge/verdict.ts';
import { explain, explainRecorded } from '../explain/explain.ts';
import type { Explanation } from '../explain/explanation.ts';
import { witnessCase } from '../mutation-testing/check-mutant.ts';
import { mutantById } from '../planted-bugs/planted-bugs.ts';
import { EmbeddedTarget } from '../targets/embedded.ts';
import { explainText } from './explain-text.ts';
import { golden } from './golden.fixture.ts';
import { PLAIN } from './paint.ts';
import { SAMPLE_COUNTEREXAMPLE, SAMPLE_CRASH } from './sample-outcome.fixture.ts';

const { violation } = SAMPLE_COUNTEREXAMPLE;
const LATER: Violation = { ...violation, requirement: 'fork.survives', observed: 'torn\u001B[2J' };

const REPORTED: Explanation = {
  ...explainRecorded(SAMPLE_COUNTEREXAMPLE),
  asSaved: { ...violation, step: 5 },
  byAnswers: { kind: 'seen', violation: LATER },
  content: { step: 4, violation: { ...violation, step: 6 } },
  matters: {
    asked: 1234,
    complete: false,
    names: [
      { sort: 'page', name: 0, failing: ['page 1', 'page 2'], passing: [] },
      { sort: 'value', name: 7, failing: ['value 8'], passing: ['value 1'] },
      { sort: 'slot', name: 0, failing: [], passing: ['slot 1'] },
    ],
    arguments: [
      { step: 0, argument: 'kind', failing: [], passing: ['host'] },
      { step: 0, argument: 'protection', failing: [], passing: ['read', 'none'] },
      { step: 1, argument: 'count', failing: ['1', '3'], passing: [] },
      { step: 4, argument: 'value', failing: ['8'], passing: ['1'] },
    ],
  },
};

test('the text of an explanation', () => {
  const { made, kept } = golden('explain.txt', `${explainText(REPORTED, undefined, PLAIN)}\n`);
  expect(made).toBe(kept);
  expect(made).not.toContain('\u001B');
});

test('the explanation of a case with large folios draws them as bars', async () => {
  const mutant = mutantById('split-never-frees-tails');
  if (mutant === undefined) throw new Error('There is no such planted bug.');
  const outcome = await explain(
    new EmbeddedTarget({ mutation: mutant.mutation }),
    witnessCase(mutant, 'linux-6.19'),
    { asks: 20, stopped: () => false },
  );
  if (outcome.kind !== 'explained') throw new Error(`It is not explained: ${outcome.kind}`);
  const { made, kept } = golden(
    'explain-folio.txt',
    `${explainText(outcome.explanation, undefined, PLAIN)}\n`,
  );
  expect(made).toBe(kept);
});

test('a flaky failure is reported with its rate', () => {
  const reported = explainText({ ...REPORTED, rate: { failed: 7, of: 21 } }, undefined, PLAIN);
  expect(reported).toContain('Flaky: these steps failed in 7 of 21 runs.');
  expect(explainText(REPORTED, undefined, PLAIN)).not.toContain('Flaky');
});

test('the explanation of a crash shows no results', () => {
  const crash: Explanation = explainRecorded({
    ...SAMPLE_COUNTEREXAMPLE,
    trace: undefined,
    failure: SAMPLE_CRASH,
    violation: { ...violation, requirement: 'robust.no-crash', step: 1, breaches: [] },
  });
  const { made, kept } = golden('explain-crash.txt', `${explainText(crash, undefined, PLAIN)}\n`);
  expect(made).toBe(kept);
});
