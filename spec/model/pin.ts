import { ruleIndex } from '../requirements/catalogue.ts';
import type { CommandOf } from '../vocabulary/command.ts';
import { breakSharing } from './access.ts';
import { isHost } from './permission.ts';
import { PIN_ANSWERS, reach } from './touch.ts';
import { LIKELY_WRITE, NO_OBJECT, SYSTEM, WAS_SHARED } from './state.ts';
import type { Step } from './step.ts';
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
  if (!reach(step, entry, true, PIN_ANSWERS)) return;
  if (isHost(state.mapping[entry] ?? 0)) {
    state.slot[command.slot] = -1 - command.page;
    return;
  }
  if (step.faults > 0) {
    step.exercise(PIN_BRINGS_BACK);
    if (step.faults === 1) step.blame = PINNED;
  }
  if (state.entry[entry] === NO_OBJECT) step.link(entry, step.newObject(0, SYSTEM), LIKELY_WRITE);
  const object = breakSharing(step, entry);
  state.flavour[entry] = LIKELY_WRITE;
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
    step.result = state.hostValue[-1 - held] ?? 0;
    return;
  }
  if (((state.history[held] ?? 0) & WAS_SHARED) !== 0) step.blame = SHARED_UNPINNED;
  step.result = state.value[held] ?? 0;
  step.unpinObject(held);
}
