import type { CommandOf } from '../vocabulary/command.ts';
import { blame } from './blame.ts';
import type { Step } from './step.ts';

const SWAP = blame({ result: 'types.swap-limit', value: 'types.swap-limit' });

export function swapOn(step: Step, command: CommandOf<'swap-on'>): void {
  const { state, terms } = step;
  const on = state.machine[1] ?? 0;
  const accepted = Math.min(command.areas, terms.profile.swapAreas - on);
  step.blame = SWAP;
  if (accepted < command.areas) step.exercise('types.swap-limit');
  state.machine[1] = on + accepted;
  step.result = accepted;
}
