import type { CommandOf, RaceSide } from '../../spec/vocabulary/command.ts';
import { type Answer, type BothAnswers, isBoth, type Result } from '../../spec/vocabulary/result.ts';
import type { Machine } from './machine.ts';
import { performOnMachine } from './perform.ts';
import type { ConcurrentCommand } from './concurrent-command.ts';

/** Two commands at once: the left one begins, and the right one runs at its window; or after it, if it comes to none. */
export function performRace(machine: Machine, { left, right }: CommandOf<'race'>): BothAnswers {
  const { kernel } = machine;
  let second: Answer | undefined = undefined;
  const run = (): Answer => (second = answer(performOnMachine(machine, right)));
  kernel.concurrent = { ...locksOf(right), run };
  const first = answer(performOnMachine(machine, left));
  kernel.concurrent = undefined;
  return { left: first, right: second ?? run() };
}

/** What a command must wait for where the other one holds it. */
function locksOf(command: RaceSide): Omit<ConcurrentCommand, 'run'> {
  const process = 'process' in command ? command.process : NOBODY;
  const changes = CHANGES_MAPPINGS.has(command.op) ? process : NOBODY;
  return {
    // A fork must not copy some of the pages before the command and some after it.
    needs: command.op === 'migrate-to-device' || command.op === 'unmap' ? process : changes,
    changes,
    looksInto: BY_FRAME.has(command.op) ? NOBODY : process,
    drains: command.op === 'detach',
  };
}

const NOBODY = -1;
const CHANGES_MAPPINGS: ReadonlySet<string> = new Set(['protect', 'move', 'exit']);
/** Commands of a driver: they find a page by its frame, whoever maps it where. */
const BY_FRAME: ReadonlySet<string> = new Set(['evict', 'migrate-to-system']);

function answer(result: Result): Answer {
  if (isBoth(result)) throw new TypeError('a race within a race');
  return result;
}
