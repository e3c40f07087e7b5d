import type { CommandOf } from '../vocabulary/command.ts';
import { BY_KERNEL } from './access-kind.ts';
import { KERNEL_ACCESS } from './attribution/access.ts';
import { commonIndex, loadBy, storeBy } from './access.ts';
import { emptyValue } from './own-page.ts';
import { isCommon, isPoison, mayRead, NO_OBJECT } from './state.ts';
import type { Step } from './step.ts';
import { choice, ifSeen } from './choice.ts';

const NOFAULT_LOAD = choice('no-fault load', 'fails', 'reads');

export function kernelLoad(step: Step, command: CommandOf<'kernel-load'>): void {
  if (loadBy(step, command, BY_KERNEL)) noteReturn(step);
}

export function kernelStore(step: Step, command: CommandOf<'kernel-store'>): void {
  if (!storeBy(step, command, BY_KERNEL)) return;
  step.refine(KERNEL_ACCESS.stored);
  noteReturn(step);
}

function noteReturn(step: Step): void {
  if (step.faults === 0) return;
  step.refine(KERNEL_ACCESS.afterFault);
  if (step.faults === 1) step.select(KERNEL_ACCESS.migratedBack);
}

/** A load that must not fault. It returns the current value, or EFAULT if there is none that it can read. */
export function peek(step: Step, command: CommandOf<'peek'>): void {
  const { state } = step;
  const entry = state.at(command.process, command.page);
  const mapping = state.mapping[entry] ?? 0;
  const object = state.entry[entry] ?? NO_OBJECT;
  step.names(command.process, command.page);
  step.result = 'EFAULT';
  step.select(KERNEL_ACCESS.nofault);
  if (!mayRead(mapping) || isPoison(object)) return;
  if (object > NO_OBJECT && state.onDevice(object)) {
    step.select(KERNEL_ACCESS.nofaultOnDevice);
    return;
  }
  step.refine(KERNEL_ACCESS.nofaultReadable);
  if (step.choose(NOFAULT_LOAD, ifSeen(step.returned('EFAULT'), 'fails', 'reads')) === 'fails') return;
  step.result = isCommon(mapping)
    ? (state.common[commonIndex(state, entry)] ?? 0)
    : object === NO_OBJECT
      ? emptyValue(step, entry)
      : (state.value[object] ?? 0);
}
