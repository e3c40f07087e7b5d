import { expect, test } from 'vitest';
import { counterexampleText } from './counterexample-text.ts';
import { golden } from './golden.fixture.ts';
import { PLAIN } from './paint.ts';
import { replayCommand } from './replay-command.ts';
import { SAMPLE_COUNTEREXAMPLE, SAMPLE_CRASH, SAMPLE_TRACE, TROUBLED } from './sample-outcome.fixture.ts';

const CIRCUMSTANCES = {
  capabilities: undefined,
  shrinking: 'reduced',
  found: 'case 15 of seed 42',
  replay: replayCommand('/', 'runs/a file.json', "stdio:python3 'my adapter.py'"),
};

test('the text of a counterexample', () => {
  const { made, kept } = golden(
    'counterexample.txt',
    counterexampleText(SAMPLE_COUNTEREXAMPLE, CIRCUMSTANCES, PLAIN),
  );
  expect(made).toBe(kept);
});

test('a crash has no trace, so no results are shown', () => {
  const [, crash] = TROUBLED.profiles[0]?.findings ?? [];
  if (crash === undefined) throw new Error('The sample has a crash.');
  const text = counterexampleText(crash.counterexample, CIRCUMSTANCES, PLAIN);
  const { made, kept } = golden('counterexample-crash.txt', text);
  expect(made).toBe(kept);
  expect(text).not.toContain(SAMPLE_CRASH.stderr);
});

test('all allowed outcomes are listed', () => {
  const violation = { ...SAMPLE_COUNTEREXAMPLE.violation, expected: ['SIGBUS', 'oom'] };
  const text = counterexampleText({ ...SAMPLE_COUNTEREXAMPLE, violation }, CIRCUMSTANCES, PLAIN);
  expect(text).toMatch(/Expected one of\n +SIGBUS\n +oom\n/);
});

test('if the failing step has no snapshot, the last one before it is shown', () => {
  const observations = SAMPLE_TRACE.observations.map((one, step) =>
    one === undefined || step < 2 ? one : { ...one, state: undefined },
  );
  const trace = { ...SAMPLE_TRACE, observations };
  const text = counterexampleText({ ...SAMPLE_COUNTEREXAMPLE, trace }, CIRCUMSTANCES, PLAIN);
  expect(text).toContain('State after step 2, the last snapshot:');
});

test('a target that shows no state at all', () => {
  const observations = SAMPLE_TRACE.observations.map((one) => one && { ...one, state: undefined });
  const trace = { ...SAMPLE_TRACE, observations };
  const text = counterexampleText({ ...SAMPLE_COUNTEREXAMPLE, trace }, CIRCUMSTANCES, PLAIN);
  expect(text).toContain('The target shows no state.');
});
