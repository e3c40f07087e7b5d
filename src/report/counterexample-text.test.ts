import { expect, test } from 'vitest';
import { map, toDevice, unmap } from '../../spec/vocabulary/shorthand.ts';
import { deviceEntry, type Snapshot } from '../../spec/vocabulary/snapshot.ts';
import { EmbeddedTarget } from '../targets/embedded.ts';
import { stateLines } from './steps-text.ts';
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

const EMPTY: Snapshot = {
  entries: undefined,
  refs: undefined,
  maps: undefined,
  least: undefined,
  rss: undefined,
  charged: undefined,
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

test('whole entries and large folios are one item of the state', () => {
  const scope = { processes: 1, pages: 3, frames: 2, slots: 0, block: 2 };
  const trace = new EmbeddedTarget().runNow({
    profile: 'linux-6.19',
    scope,
    observe: 'every-step',
    commands: [{ ...map(0, 0), whole: true }, { ...toDevice(0, 0, 2), compound: true }, unmap(0, 1)],
  });
  const lines = trace.observations.map((one) =>
    one?.state === undefined ? [] : stateLines(one.state, scope),
  );
  expect(lines[1]?.slice(0, 3)).toEqual([
    'process 0: pages 0 to 1 one whole entry, WRITE entry for frames 0 to 1',
    'frames 0, 1: references 1, mappings 1, minimum references since the last snapshot: 0',
    'frames 0 to 1: a large folio',
  ]);
  expect(lines[2]?.slice(0, 3)).toEqual([
    'process 0: page 0 WRITE entry for frame 0',
    'frames 0, 1: references 1, mappings 1',
    'frames 0 to 1: a large folio',
  ]);
  // Entries that do not fit a whole entry are shown page by page.
  const odd = { ...trace.observations[1]?.state, entries: [deviceEntry(0, true), deviceEntry(1, false), 0] };
  expect(stateLines({ ...EMPTY, ...odd }, scope)[0]).toBe(
    'process 0: page 0 WRITE entry for frame 0, part of a whole entry · page 1 READ entry for frame 1, part of a whole entry',
  );
});

test('a target without snapshots', () => {
  const observations = SAMPLE_TRACE.observations.map((one) => one && { ...one, state: undefined });
  const trace = { ...SAMPLE_TRACE, observations };
  const text = counterexampleText({ ...SAMPLE_COUNTEREXAMPLE, trace }, CIRCUMSTANCES, PLAIN);
  expect(text).toContain('The target shows no state.');
});
