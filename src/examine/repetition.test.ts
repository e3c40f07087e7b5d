import { expect, test, describe } from 'vitest';
import { repetitionsFor, differenceBetween } from './repetition.ts';
import { CONFORMS } from '../../spec/judge/verdict.ts';
import type { Observation } from '../../spec/vocabulary/observation.ts';
import { SAMPLE_CRASH, SAMPLE_TRACE } from '../report/sample-outcome.fixture.ts';
import type { Examined } from './examiner.ts';

test.each([
  [{ failed: 20, of: 20 }, 2],
  [{ failed: 10, of: 20 }, 5],
  [{ failed: 6, of: 20 }, 9],
  [{ failed: 2, of: 20 }, 29],
])('%j is repeated %d times, the fewest that miss it with a probability below 5 %', (rate, times) => {
  expect(repetitionsFor(rate)).toBe(times);
  const passes = 1 - Math.min(0.9, rate.failed / rate.of);
  expect(passes ** times).toBeLessThan(0.05);
  expect(passes ** (times - 1)).toBeGreaterThanOrEqual(0.05);
});

test.each([
  { failed: 1, of: 20 },
  { failed: 0, of: 20 },
])('%j is repeated at most 30 times', (rate) => {
  expect(repetitionsFor(rate)).toBe(30);
});

describe('the difference between two runs', () => {
  const judged = (changed: (observation: Observation) => Observation): Examined => ({
    kind: 'judged',
    trace: {
      ...SAMPLE_TRACE,
      observations: SAMPLE_TRACE.observations.map((one, at) =>
        one === undefined || at < 3 ? one : changed(one),
      ),
    },
    verdict: CONFORMS,
    broken: [],
  });

  const AS_IT_IS = judged((observation) => observation);

  test('names the fields of the first differing step', () => {
    const other = judged((observation) => ({
      result: 'EBUSY',
      events: [{ event: 'alloc', frame: 0 }],
      state: observation.state && { ...observation.state, refs: [2, 3], rss: [1, 0], charged: 7 },
    }));
    expect(differenceBetween(AS_IT_IS, other)).toEqual({
      step: 3,
      fields: [
        { field: 'result', failing: 'ok', passing: 'EBUSY' },
        { field: 'events', failing: 'no callback', passing: 'allocates frame 0' },
        {
          field: 'state',
          failing: 'frame 0: references 1, process 1: resident 1, charged 1',
          passing: 'frame 0: references 2, process 1: resident 0, charged 7',
        },
      ],
    });
  });

  test('names only the first places of a state that differs everywhere', () => {
    const other = judged((observation) => ({
      ...observation,
      state: observation.state && { ...observation.state, entries: [3, 3, 3, 3], refs: [9, 9] },
    }));
    const [field] = differenceBetween(AS_IT_IS, other)?.fields ?? [];
    expect(field?.passing).toBe(
      'process 0 page 0: poison, process 0 page 1: poison, process 1 page 0: poison, process 1 page 1: poison, and more',
    );
  });

  test('distinguishes a crash from a completed run', () => {
    const crashed: Examined = { kind: 'failed', failure: SAMPLE_CRASH };
    expect(differenceBetween(crashed, AS_IT_IS)).toEqual({
      step: 1,
      fields: [{ field: 'result', failing: SAMPLE_CRASH.message, passing: 'every step returned a result' }],
    });
  });

  test('is empty for equal runs', () => {
    expect(differenceBetween(AS_IT_IS, AS_IT_IS)).toBeUndefined();
  });
});
