import { ruleIndex } from '../requirements/catalogue.ts';
import { attribution } from './attribution.ts';
import { BROUGHT_BACK, fault } from './migrate-back.ts';
import { NO_OBJECT, OOM, SIGBUS, WAS_MOVED } from './state.ts';
import type { Step } from './step.ts';
import { choice } from './choice.ts';

const FOREIGN_LOAD = choice('page of another device', 'migrates to system', 'refused', 'in place');
const FOREIGN_STORE = choice('page of another device', 'migrates to system', 'refused');
const JOINED_ACCESS = choice('page of another device of the owner', 'migrates to system', 'in place');

const DEVICES_FOREIGN_ACCESS = ruleIndex('devices.foreign-access');
const DEVICES_FOREIGN_VALUE = ruleIndex('devices.foreign-value');
const DEVICES_OWNER_CALLED = ruleIndex('devices.owner-called');
/** For a page on another device: whether it migrates to system memory, by which device, and the value that is read. */
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
 * Accesses a page on another device. The owner migrates the page to system memory and the access continues there. In older
 * versions the access may also be refused, and a load may be executed in place.
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
    const outcome = write
      ? step.choose(FOREIGN_STORE, seenForeignStore(step, entry, struck))
      : step.choose(FOREIGN_LOAD, seenForeign(step, entry, struck));
    if (outcome === 'refused') {
      step.result = 'EFAULT';
      return ANSWERED;
    }
    if (outcome === 'in place') return IN_PLACE;
  }
  step.cover(DEVICES_OWNER_CALLED);
  if (fault(step, entry, 'ENOMEM', 'EFAULT') === BROUGHT_BACK) {
    state.history[object] = (state.history[object] ?? 0) | WAS_MOVED;
    step.cover(DEVICES_FOREIGN_VALUE);
    return IN_SYSTEM;
  }
  if (struck) step.result = step.chooseResult(['EFAULT', 'ENOMEM']) ?? 'EFAULT';
  return ANSWERED;
}

/** The option of FOREIGN_LOAD that the observation shows. */
function seenForeign(
  step: Step,
  entry: number,
  struck: boolean,
): 'migrates to system' | 'refused' | 'in place' | undefined {
  const calls = step.faultCalls();
  if (calls !== undefined && calls > 0) return 'migrates to system';
  const onDevice = step.isOnDevice(entry);
  if (calls === undefined && onDevice !== true)
    return onDevice === undefined ? undefined : 'migrates to system';
  // Without callbacks, page_fault may have been called and failed.
  if (step.returned('EFAULT') === true) return calls === undefined && struck ? undefined : 'refused';
  return 'in place';
}

/** The same for a store. A store is never executed in place, so the page should have migrated. */
function seenForeignStore(
  step: Step,
  entry: number,
  struck: boolean,
): 'migrates to system' | 'refused' | undefined {
  const seen = seenForeign(step, entry, struck);
  return seen === 'in place' ? 'migrates to system' : seen;
}

/** A page on another device of the same owner is accessed in place, or migrates to system memory like a foreign page. */
function reachJoined(step: Step, entry: number, write: boolean): number {
  const { state } = step;
  const object = state.entry[entry] ?? NO_OBJECT;
  step.attribution = JOINED;
  step.cover(DEVICES_JOINED_ACCESS);
  const calls = step.faultCalls();
  // A store through a READ entry may also call page_fault if the page stays.
  const hint =
    calls === undefined || (calls > 0 && write) ? undefined : calls === 0 ? 'in place' : 'migrates to system';
  if (step.choose(JOINED_ACCESS, hint) === 'in place') return IN_PLACE;
  const struck = step.strikes(SIGBUS, object, entry) || step.strikes(OOM, object, entry);
  step.cover(DEVICES_OWNER_CALLED);
  if (fault(step, entry, 'ENOMEM', 'EFAULT') === BROUGHT_BACK) {
    state.history[object] = (state.history[object] ?? 0) | WAS_MOVED;
    return IN_SYSTEM;
  }
  if (struck) step.result = step.chooseResult(['EFAULT', 'ENOMEM']) ?? 'EFAULT';
  return ANSWERED;
}
