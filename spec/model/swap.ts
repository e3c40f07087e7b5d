import { ruleIndex } from '../requirements/catalogue.ts';
import type { CommandOf } from '../vocabulary/command.ts';
import { blame } from './blame.ts';
import type { Step } from './step.ts';

const TYPES_SWAP_LIMIT = ruleIndex('types.swap-limit');

const SWAP = blame({ result: 'types.swap-limit', value: 'types.swap-limit' });

export function swapOn(step: Step, command: CommandOf<'swap-on'>): void {
  const { state, terms } = step;
  const on = state.swap[0] ?? 0;
  const accepted = Math.min(command.areas, terms.profile.swapAreas - on);
  step.blame = SWAP;
  if (accepted < command.areas) step.exercise(TYPES_SWAP_LIMIT);
  state.swap[0] = on + accepted;
  step.result = accepted;
}
