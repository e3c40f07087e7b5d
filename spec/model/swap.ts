import { ruleIndex } from '../requirements/catalogue.ts';
import type { CommandOf } from '../vocabulary/command.ts';
import { attribution } from './attribution.ts';
import type { Step } from './step.ts';

const TYPES_SWAP_LIMIT = ruleIndex('types.swap-limit');

const SWAP = attribution({ result: 'types.swap-limit', value: 'types.swap-limit' });

export function swapOn(step: Step, command: CommandOf<'swap-on'>): void {
  const { state, judging } = step;
  const on = state.swap[0] ?? 0;
  const accepted = Math.min(command.areas, judging.profile.swapAreas - on);
  step.attribution = SWAP;
  if (accepted < command.areas) step.cover(TYPES_SWAP_LIMIT);
  state.swap[0] = on + accepted;
  step.result = accepted;
}
