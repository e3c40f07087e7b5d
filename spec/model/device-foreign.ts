import { ruleIndex } from '../requirements/catalogue.ts';
import { attribution } from './attribution.ts';
import { BROUGHT_BACK, fault } from './migrate-back.ts';
import { NO_OBJECT, OOM, SIGBUS, WAS_MOVED } from './state.ts';
import type { Step } from './step.ts';

const DEVICES_FOREIGN_ACCESS = ruleIndex('devices.foreign-access');
const DEVICES_FOREIGN_VALUE = ruleIndex('devices.foreign-value');
const DEVICES_OWNER_CALLED = ruleIndex('devices.owner-called');
/** A page on another device: whether it comes back, by whom, and what is seen of it then. */
const FOREIGN = attribution({
  result: 'devices.foreign-access',
  value: 'devices.foreign-access',
  faults: 'devices.foreign-access',
  frees: 'devices.foreign-access',
  entry: 'devices.foreign-access',
  sharers: 'fault.moves-all',
});
const DEVICES_JOINED_ACCESS = ruleIndex('devices.joined-access');
const JOINED = attribution({
  result: 'devices.joined-access',
  value: 'devices.joined-access',
  faults: 'devices.joined-access',
  frees: 'devices.joined-access',
  entry: 'devices.joined-access',
  sharers: 'fault.moves-all',
});
const FOREIGN_EARLY = attribution({
  result: 'devices.foreign-value',
  value: 'devices.foreign-value',
  faults: 'devices.foreign-value',
  frees: 'devices.foreign-value',
  entry: 'devices.foreign-value',
});

export const IN_PLACE = 0;
const IN_SYSTEM = 1;
export const ANSWERED = 2;

/**
 * A page on another device. It comes back by way of its owner, and the access goes on in system memory; in older
 * versions it may also be refused, or be read where it is.
 */
export function reachForeign(step: Step, entry: number, write: boolean): number {
  const { state, judging } = step;
  const object = state.entry[entry] ?? NO_OBJECT;
  if (judging.oneOwner) return reachJoined(step, entry, write);
  const { foreignAccessFaults } = judging.profile;
  step.attribution = foreignAccessFaults ? FOREIGN : FOREIGN_EARLY;
  step.cover(foreignAccessFaults ? DEVICES_FOREIGN_ACCESS : DEVICES_FOREIGN_VALUE);
  const struck = step.strikes(SIGBUS, object, entry) || step.strikes(OOM, object, entry);
  if (!foreignAccessFaults) {
    const outcome = step.choose(write ? 2 : 3, seenForeign(step, entry, write, struck));
    if (outcome === 1) {
      step.result = 'EFAULT';
      return ANSWERED;
    }
    if (outcome === 2) return IN_PLACE;
  }
  step.cover(DEVICES_OWNER_CALLED);
  if (fault(step, entry, 'ENOMEM', 'EFAULT') === BROUGHT_BACK) {
    state.history[object] = (state.history[object] ?? 0) | WAS_MOVED;
    step.cover(DEVICES_FOREIGN_VALUE);
    return IN_SYSTEM;
  }
  if (struck) step.result = step.choose(2, step.seenAnswer('EFAULT')) === 0 ? 'EFAULT' : 'ENOMEM';
  return ANSWERED;
}

/** 0 where the page is seen to have come back or to have been asked for, 1 where it was refused, 2 where it was read in place. */
function seenForeign(step: Step, entry: number, write: boolean, struck: boolean): number {
  const calls = step.seenFaults();
  if (calls > 0) return 0;
  if (calls < 0 && step.seenInSystem(entry) < 0) return -1;
  if (calls < 0 && step.seenInSystem(entry) === 0) return 0;
  // Whoever does not show its callbacks may have asked in vain.
  if (step.seenAnswer('EFAULT') === 0) return calls < 0 && struck ? -1 : 1;
  // Nothing is stored in place: whoever did so should have asked for the page.
  return write ? 0 : 2;
}

/** A page of another device of the same owner is used where it is, as one of the device's own; or comes back as a foreign one. */
function reachJoined(step: Step, entry: number, write: boolean): number {
  const { state } = step;
  const object = state.entry[entry] ?? NO_OBJECT;
  step.attribution = JOINED;
  step.cover(DEVICES_JOINED_ACCESS);
  const calls = step.seenFaults();
  // A store through a READ entry may call page_fault, too, where it stays.
  const seen = calls < 0 || (calls > 0 && write) ? -1 : calls === 0 ? 1 : 0;
  if (step.choose(2, seen) === 1) return IN_PLACE;
  const struck = step.strikes(SIGBUS, object, entry) || step.strikes(OOM, object, entry);
  step.cover(DEVICES_OWNER_CALLED);
  if (fault(step, entry, 'ENOMEM', 'EFAULT') === BROUGHT_BACK) {
    state.history[object] = (state.history[object] ?? 0) | WAS_MOVED;
    return IN_SYSTEM;
  }
  if (struck) step.result = step.choose(2, step.seenAnswer('EFAULT')) === 0 ? 'EFAULT' : 'ENOMEM';
  return ANSWERED;
}
