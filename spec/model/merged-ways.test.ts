import { expect, test } from 'vitest';
import type { Command } from '../vocabulary/command.ts';
import { evict, inject, load, map, race, store, toDevice, toSystem } from '../vocabulary/shorthand.ts';
import { perform } from './commands.ts';
import type { State } from './state.ts';
import { Step } from './step.ts';
import { Model } from './ways.fixture.ts';

/** A step that goes every way to its end. */
class EveryWay extends Step {
  override meetOtherWays(): void {
    // None is ruled out.
  }
}

/** All that a command may come to, and how many ways were gone to their end. */
function outcomesOf(
  step: Step,
  from: State,
  command: Command,
): { readonly ways: number; readonly outcomes: ReadonlySet<string> } {
  const outcomes = new Set<string>();
  let ways = 0;
  step.begin(from, undefined, false);
  do {
    perform(step, command);
    if (step.ruledOut) continue;
    ways++;
    const mayCall = step.atOnce?.mayCall.toSorted((one, other) => one - other);
    const { faults, keepsFlavours, result, state, taken } = step;
    const left = step.left.toSorted((one, other) => one - other);
    const rest = [mayCall, faults, keepsFlavours, left, result, taken];
    outcomes.add(`${state.key()} ${JSON.stringify(rest)}`);
  } while (step.next(from));
  return { ways, outcomes };
}

test.each([
  race(toSystem(0, 0, 2), store(0, 1, 9)),
  race(load(0, 0), toSystem(0, 0, 2)),
  race(evict(0, 2), store(0, 1, 9)),
  race(load(0, 0), load(0, 1)),
])('ways of $left.op beside $right.op that meet are gone once from there, and none is lost', (command) => {
  const { state, terms } = new Model({ pages: 3, frames: 3 }).go(
    map(0, 0),
    map(0, 1),
    map(0, 2),
    toDevice(0, 0, 3),
    inject('oom', 2),
    inject('sigbus', 2),
  );
  const all = outcomesOf(new EveryWay(state.scope, terms), state, command);
  const merged = outcomesOf(new Step(state.scope, terms), state, command);
  expect(merged.outcomes).toEqual(all.outcomes);
  expect(merged.ways).toBeLessThan(all.ways / 3);
});
