import { ruleIndex } from '../requirements/catalogue.ts';
import type { CommandOf } from '../vocabulary/command.ts';
import { commonIndex, loadBy, storeBy } from './access.ts';
import { blame } from './blame.ts';
import { emptyValue } from './own-page.ts';
import { isCommon, mayRead } from './permission.ts';
import { NO_OBJECT, isPoison } from './state.ts';
import type { Step } from './step.ts';
import { BY_KERNEL } from './touch-kind.ts';

const KERNEL_ACCESS_LANDS = ruleIndex('kernel.access-lands');
const KERNEL_ACCESS_RETURNS = ruleIndex('kernel.access-returns');
const KERNEL_PEEK_STAYS = ruleIndex('kernel.peek-stays');
const KERNEL_PEEK_VALUE = ruleIndex('kernel.peek-value');

const RETURNED = blame({
  result: 'kernel.access-returns',
  value: 'kernel.access-returns',
  faults: 'kernel.access-returns',
  entry: 'kernel.access-returns',
  sharers: 'fault.moves-all',
});
const PEEKED = blame({ result: 'kernel.peek-value', value: 'kernel.peek-value' });
const PEEKED_ON_DEVICE = blame({
  result: 'kernel.peek-stays',
  value: 'kernel.peek-stays',
  faults: 'kernel.peek-stays',
  frees: 'kernel.peek-stays',
  entry: 'kernel.peek-stays',
  sharers: 'kernel.peek-stays',
});

export function kernelLoad(step: Step, command: CommandOf<'kernel-load'>): void {
  if (loadBy(step, command, BY_KERNEL)) noteReturn(step);
}

export function kernelStore(step: Step, command: CommandOf<'kernel-store'>): void {
  if (!storeBy(step, command, BY_KERNEL)) return;
  step.exercise(KERNEL_ACCESS_LANDS);
  noteReturn(step);
}

function noteReturn(step: Step): void {
  if (step.faults === 0) return;
  step.exercise(KERNEL_ACCESS_RETURNS);
  if (step.faults === 1) step.blame = RETURNED;
}

/** A read that must not fault: it sees what is there, or says that nothing is. */
export function peek(step: Step, command: CommandOf<'peek'>): void {
  const { state } = step;
  const entry = state.at(command.process, command.page);
  const mapping = state.mapping[entry] ?? 0;
  const object = state.entry[entry] ?? NO_OBJECT;
  step.names(command.process, command.page);
  step.result = 'EFAULT';
  step.blame = PEEKED;
  if (!mayRead(mapping) || isPoison(object)) return;
  if (object > NO_OBJECT && state.onDevice(object)) {
    step.blame = PEEKED_ON_DEVICE;
    step.exercise(KERNEL_PEEK_STAYS);
    return;
  }
  step.exercise(KERNEL_PEEK_VALUE);
  if (step.pick(2, step.seenAnswer('EFAULT')) === 0) return;
  step.result = isCommon(mapping)
    ? (state.common[commonIndex(state, entry)] ?? 0)
    : object === NO_OBJECT
      ? emptyValue(step, entry)
      : (state.value[object] ?? 0);
}
