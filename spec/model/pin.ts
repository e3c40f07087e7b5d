import { ruleIndex } from '../requirements/catalogue.ts';
import type { CommandOf } from '../vocabulary/command.ts';
import { commonIndex } from './access.ts';
import { ownPage } from './own-page.ts';
import { isCommon } from './permission.ts';
import { reach } from './touch.ts';
import { BY_PIN } from './touch-kind.ts';
import { LIKELY_WRITE, WAS_SHARED } from './state.ts';
import type { Step } from './step.ts';
import { becomeDirtyOrClean } from './tracking.ts';
import { PINNED, SLOT, UNPINNED, SHARED_UNPINNED } from './touch-blames.ts';

const PIN_BRINGS_BACK = ruleIndex('pin.brings-back');
const PIN_SEES_STORES = ruleIndex('pin.sees-stores');
const PIN_SLOT = ruleIndex('pin.slot');

export function pin(step: Step, command: CommandOf<'pin'>): void {
  const { state } = step;
  const entry = state.at(command.process, command.page);
  step.names(command.process, command.page);
  if (state.slot[command.slot] !== 0) {
    step.result = 'EBUSY';
    step.blame = SLOT;
    step.exercise(PIN_SLOT);
    return;
  }
  if (!reach(step, entry, true, BY_PIN)) return;
  if (isCommon(state.mapping[entry] ?? 0)) {
    state.slot[command.slot] = -1 - commonIndex(state, entry);
    return;
  }
  if (step.faults > 0) {
    step.exercise(PIN_BRINGS_BACK);
    if (step.faults === 1) step.blame = PINNED;
  }
  const object = ownPage(step, entry, BY_PIN.memory);
  if (object === undefined) return;
  state.flavour[entry] = LIKELY_WRITE;
  becomeDirtyOrClean(state, entry);
  state.slot[command.slot] = object;
  state.pins[object] = (state.pins[object] ?? 0) + 1;
}

export function unpin(step: Step, command: CommandOf<'unpin'>): void {
  const { state } = step;
  const held = state.slot[command.slot] ?? 0;
  if (held === 0) {
    step.result = 'EINVAL';
    step.blame = SLOT;
    step.exercise(PIN_SLOT);
    return;
  }
  step.blame = UNPINNED;
  step.exercise(PIN_SEES_STORES);
  state.slot[command.slot] = 0;
  if (held < 0) {
    step.result = state.common[-1 - held] ?? 0;
    return;
  }
  if (((state.history[held] ?? 0) & WAS_SHARED) !== 0) step.blame = SHARED_UNPINNED;
  step.result = state.value[held] ?? 0;
  step.unpinObject(held);
}
