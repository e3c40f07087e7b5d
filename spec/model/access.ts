import { ruleIndex } from '../requirements/catalogue.ts';
import type { CommandOf } from '../vocabulary/command.ts';
import { isHost } from './permission.ts';
import { CPU_ANSWERS, reach } from './touch.ts';
import { LIKELY_WRITE, NO_OBJECT, READ_FLAVOUR, SYSTEM, WAS_SHARED } from './state.ts';
import type { Step } from './step.ts';

const FORK_ISOLATION = ruleIndex('fork.isolation');
const FORK_PIN_STAYS = ruleIndex('fork.pin-stays');
const UNMAP_READS_ZERO = ruleIndex('unmap.reads-zero');

/** A store or a pin breaks the sharing: the toucher gets its own object, the others keep the old one with its pins. */
export function breakSharing(step: Step, entry: number): number {
  const { state } = step;
  const shared = state.entry[entry] ?? NO_OBJECT;
  if ((state.maps[shared] ?? 0) <= 1) return shared;
  const own = step.newObject(state.value[shared] ?? 0, SYSTEM);
  state.history[own] = (state.history[shared] ?? 0) | WAS_SHARED;
  step.exercise(FORK_ISOLATION);
  if (state.pinned(shared)) step.exercise(FORK_PIN_STAYS);
  step.unlink(entry);
  step.link(entry, own, READ_FLAVOUR);
  return own;
}

export function load(step: Step, command: CommandOf<'load'>): void {
  const { state } = step;
  const entry = state.at(command.process, command.page);
  step.names(command.process, command.page);
  if (!reach(step, entry, false, CPU_ANSWERS)) return;
  const object = state.entry[entry] ?? NO_OBJECT;
  if (isHost(state.mapping[entry] ?? 0)) {
    step.result = state.hostValue[command.page] ?? 0;
  } else if (object === NO_OBJECT) {
    step.exercise(UNMAP_READS_ZERO);
    step.result = 0;
  } else {
    if (((state.history[object] ?? 0) & WAS_SHARED) !== 0) step.exercise(FORK_ISOLATION);
    step.result = state.value[object] ?? 0;
  }
}

export function store(step: Step, command: CommandOf<'store'>): void {
  const { state } = step;
  const entry = state.at(command.process, command.page);
  step.names(command.process, command.page);
  if (!reach(step, entry, true, CPU_ANSWERS)) return;
  if (isHost(state.mapping[entry] ?? 0)) {
    state.hostValue[command.page] = command.value;
    return;
  }
  if (state.entry[entry] === NO_OBJECT) {
    step.link(entry, step.newObject(command.value, SYSTEM), LIKELY_WRITE);
    return;
  }
  const object = breakSharing(step, entry);
  state.value[object] = command.value;
  state.flavour[entry] = LIKELY_WRITE;
}
