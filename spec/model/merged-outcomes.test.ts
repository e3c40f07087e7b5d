import { expect, test } from 'vitest';
import type { Command } from '../vocabulary/command.ts';
import { evict, inject, load, map, race, store, toDevice, toSystem } from '../vocabulary/shorthand.ts';
import { applyRule } from './commands.ts';
import type { State } from './state.ts';
import { Step } from './step.ts';
import { Model } from './outcomes.fixture.ts';

/** A step that completes every outcome. */
class EveryOutcome extends Step {
  override mergeOutcomes(): void {
    // No outcome is ruled out.
  }
}

/** The distinct results of a command, and the number of completed outcomes. */
function outcomesOf(
  step: Step,
  from: State,
  command: Command,
): { readonly outcomes: number; readonly results: ReadonlySet<string> } {
  const results = new Set<string>();
  let outcomes = 0;
  step.begin(from, undefined, false);
  do {
    applyRule(step, command);
    if (step.ruledOut) continue;
    outcomes++;
    const mayCall = step.atOnce?.mayCall.toSorted((one, other) => one - other);
    const { faults, keepsWritable, result, state, taken } = step;
    const left = step.left.toSorted((one, other) => one - other);
    const rest = [mayCall, faults, keepsWritable, left, result, taken];
    results.add(`${state.key()} ${JSON.stringify(rest)}`);
  } while (step.next(from));
  return { outcomes, results };
}

test.each([
  race(toSystem(0, 0, 2), store(0, 1, 9)),
  race(load(0, 0), toSystem(0, 0, 2)),
  race(evict(0, 2), store(0, 1, 9)),
  race(load(0, 0), load(0, 1)),
])(
  'outcomes of $left.op concurrent with $right.op that reach one state are continued once, and none is lost',
  (command) => {
    const { state, judging } = new Model({ pages: 3, frames: 3 }).go(
      map(0, 0),
      map(0, 1),
      map(0, 2),
      toDevice(0, 0, 3),
      inject('oom', 2),
      inject('sigbus', 2),
    );
    const all = outcomesOf(new EveryOutcome(state.scope, judging), state, command);
    const merged = outcomesOf(new Step(state.scope, judging), state, command);
    expect(merged.results).toEqual(all.results);
    expect(merged.outcomes).toBeLessThan(all.outcomes / 3);
  },
);
