import { ruleIndex } from '../requirements/catalogue.ts';
import { type Attribution, attribution } from './attribution.ts';
import { isMapped, mayRead, mayWrite } from './permission.ts';
import {
  isPoison,
  LOST,
  MAYBE_EXCLUSIVE,
  NO_OBJECT,
  READ_ONLY,
  WATCHED_MISSING,
  isExclusive,
} from './state.ts';
import type { Step } from './step.ts';
import { MISSING_ACCESSED } from './access-attributions.ts';

const DEVICE_CLOSED = ruleIndex('device.closed');
const DEVICE_DETACHED = ruleIndex('device.detached');
const DEVICE_PERMISSION = ruleIndex('device.permission');
const FAILURE_POISON_LASTS = ruleIndex('failure.poison-lasts');
const REMOVAL_ACCESS_FAILS = ruleIndex('removal.access-fails');
const WATCH_TRAPS_MISSING = ruleIndex('watch.traps-missing');
const UNMAP_ACCESS_FAULTS = ruleIndex('unmap.access-faults');
const CLOSED = attribution({ result: 'device.closed', value: 'device.closed' });
const DETACHED = attribution({ result: 'device.detached', value: 'device.detached' });
const REFUSED = attribution({
  result: 'device.permission',
  value: 'device.permission',
  faults: 'device.permission',
});
const GONE: Attribution = { ...REFUSED, result: 'unmap.access-faults', value: 'unmap.access-faults' };
const LOST_REACHED: Attribution = {
  ...REFUSED,
  result: 'removal.access-fails',
  entry: 'removal.access-fails',
};
const POISON: Attribution = { ...REFUSED, result: 'failure.poison-lasts', entry: 'failure.poison-lasts' };

/** Whether the device is attached and open. If not, the command returns ENODEV. */
export function isAnswering(step: Step, device: number): boolean {
  const { state } = step;
  if (state.works(device)) return true;
  const detached = state.attached[device] !== 1;
  step.result = 'ENODEV';
  step.attribution = detached ? DETACHED : CLOSED;
  step.cover(detached ? DEVICE_DETACHED : DEVICE_CLOSED);
  return false;
}

/** The checks that every device access passes before it reaches the page. Returns true if the access may continue. */
export function deviceReach(step: Step, entry: number, write: boolean, device: number): boolean {
  const { state } = step;
  const mapping = state.mapping[entry] ?? 0;
  if (!isAnswering(step, device)) return false;
  if (!isMapped(mapping)) {
    step.result = 'EFAULT';
    step.attribution = GONE;
    step.cover(UNMAP_ACCESS_FAULTS);
    return false;
  }
  if (!mayRead(mapping) || (write && !mayWrite(mapping))) {
    step.result = mayRead(mapping) ? 'EPERM' : 'EFAULT';
    step.attribution = REFUSED;
    step.cover(DEVICE_PERMISSION);
    return false;
  }
  const object = state.entry[entry] ?? NO_OBJECT;
  if (isPoison(object)) {
    step.result = 'EFAULT';
    step.attribution = object === LOST ? LOST_REACHED : POISON;
    step.cover(object === LOST ? REMOVAL_ACCESS_FAILS : FAILURE_POISON_LASTS);
    return false;
  }
  if (state.entry[entry] === NO_OBJECT && (mapping & WATCHED_MISSING) !== 0) {
    refuseWatched(step);
    step.attribution = MISSING_ACCESSED;
    step.cover(WATCH_TRAPS_MISSING);
    return false;
  }
  const writable = state.writable[entry] ?? READ_ONLY;
  if (isExclusive(writable)) state.writable[entry] = MAYBE_EXCLUSIVE;
  return true;
}

export function refuseWatched(step: Step): void {
  step.result = step.chooseResult(['trapped', 'EFAULT']) ?? 'trapped';
}
