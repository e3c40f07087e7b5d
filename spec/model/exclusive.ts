import type { CommandOf } from '../vocabulary/command.ts';
import { BY_EXCLUSIVE } from './access-kind.ts';
import { EXCLUSIVE } from './attribution/device-access.ts';
import { isAnswering } from './device-reach.ts';
import { becomeDirtyOrClean, keep } from './tracking.ts';
import { ownPage } from './own-page.ts';
import {
  exclusiveTo,
  isExclusive,
  isPoison,
  MAYBE_EXCLUSIVE,
  mayRead,
  mayWrite,
  NO_OBJECT,
  WAS_EXCLUSIVE,
  WATCHED_STORES,
} from './state.ts';
import type { Step } from './step.ts';
import { reach } from './page-access.ts';
import { choice, ifSeen } from './choice.ts';

const EXCLUSIVE_LEFT = choice('exclusive access that may have been revoked', 'revoked', 'held');

/** Results of an exchange on a page that is watched for stores. */
const NOT_EXCHANGED = ['EINVAL', 'trapped', 'EFAULT'] as const;

/** Whether the device may have exclusive access to the page. */
function isPermitted(step: Step, entry: number, device: number): boolean {
  const { state } = step;
  const mapping = state.mapping[entry] ?? 0;
  if (!isAnswering(step, device)) {
    step.select(EXCLUSIVE.denied);
    return false;
  }
  if (mayWrite(mapping) && !isPoison(state.entry[entry] ?? NO_OBJECT)) return true;
  step.select(EXCLUSIVE.denied);
  const readOnly = mayRead(mapping) && !mayWrite(mapping);
  step.result = (readOnly ? step.chooseResult(['EPERM', 'EFAULT']) : undefined) ?? 'EFAULT';
  return false;
}

/** Gives a device exclusive access to a page of system memory. A page on a device first migrates to system memory. */
export function makeExclusive(step: Step, command: CommandOf<'make-exclusive'>): void {
  const { state } = step;
  const { device = 0 } = command;
  const entry = state.at(command.process, command.page);
  step.names(command.process, command.page);
  if (!isPermitted(step, entry, device)) return;
  if (!reach(step, entry, true, BY_EXCLUSIVE)) {
    const watched = step.result === 'trapped';
    if (watched) step.result = step.chooseResult(['trapped', 'EFAULT']) ?? 'trapped';
    return;
  }
  if (step.faults === 0) step.select(EXCLUSIVE.made);
  else {
    step.refine(EXCLUSIVE.afterFault);
    if (step.faults === 1) step.select(EXCLUSIVE.madeAfterFault);
  }
  const object = ownPage(step, entry, BY_EXCLUSIVE.memory);
  if (object === undefined) {
    step.result = step.chooseResult(['ENOMEM', 'EFAULT']) ?? 'ENOMEM';
    return;
  }
  step.refine(EXCLUSIVE.granted);
  keep(state, entry);
  state.history[object] = (state.history[object] ?? 0) | WAS_EXCLUSIVE;
  state.writable[entry] = exclusiveTo(device);
  becomeDirtyOrClean(state, entry);
}

/** Exchanges the value of a page to which the device has exclusive access. */
export function deviceExchange(step: Step, command: CommandOf<'device-exchange'>): void {
  const { state } = step;
  const { device = 0 } = command;
  const entry = state.at(command.process, command.page);
  step.names(command.process, command.page);
  if (!isPermitted(step, entry, device)) return;
  if (((state.track[entry] ?? 0) & WATCHED_STORES) !== 0) {
    // The exchange stores nothing, even if the device has exclusive access.
    step.select(EXCLUSIVE.exchangeTrapped);
    step.result = step.chooseResult(NOT_EXCHANGED) ?? 'EINVAL';
    return;
  }
  const writable = state.writable[entry] ?? 0;
  const object = state.entry[entry] ?? NO_OBJECT;
  const sure = writable === exclusiveTo(device);
  const maybe = !sure && (isExclusive(writable) || writable === MAYBE_EXCLUSIVE);
  const wasExclusive = ((state.history[Math.max(NO_OBJECT, object)] ?? 0) & WAS_EXCLUSIVE) !== 0;
  step.select(!sure && wasExclusive ? EXCLUSIVE.exchangedAfterAccess : EXCLUSIVE.exchanged);
  if (
    !sure &&
    (!maybe || step.choose(EXCLUSIVE_LEFT, ifSeen(step.returned('EINVAL'), 'revoked', 'held')) === 'revoked')
  ) {
    step.result = 'EINVAL';
    return;
  }
  step.result = state.value[object] ?? 0;
  state.value[object] = command.value;
  becomeDirtyOrClean(state, entry);
}
