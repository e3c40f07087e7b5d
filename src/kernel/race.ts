import type { CommandOf } from '../../spec/vocabulary/command.ts';
import { type Answer, type BothAnswers, isBoth, type Result } from '../../spec/vocabulary/result.ts';
import type { Machine } from './machine.ts';
import { perform } from './perform.ts';

/** Two commands at once: the left one begins, and the right one runs at its window; or after it, if it comes to none. */
export function race(machine: Machine, { left, right }: CommandOf<'race'>): BothAnswers {
  const { kernel } = machine;
  let second: Answer | undefined = undefined;
  const run = (): Answer => (second = answer(perform(machine, right)));
  // What fills holes in a range must not find some of them copied by a fork, and some not yet.
  kernel.rival = { needs: right.op === 'migrate-to-device' ? right.process : -1, run };
  const first = answer(perform(machine, left));
  kernel.rival = undefined;
  return { left: first, right: second ?? run() };
}

function answer(result: Result): Answer {
  if (isBoth(result)) throw new TypeError('a race within a race');
  return result;
}
