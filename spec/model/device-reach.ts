import { ruleIndex } from '../requirements/catalogue.ts';
import { type Blame, blame } from './blame.ts';
import { isMapped, mayRead, mayWrite } from './permission.ts';
import {
  isPoison,
  LOST,
  MAYBE_EXCLUSIVE,
  NO_OBJECT,
  READ_FLAVOUR,
  WATCHED_MISSING,
  isExclusive,
} from './state.ts';
import type { Step } from './step.ts';
import { MISSING_TOUCHED } from './touch-blames.ts';

const DEVICE_CLOSED = ruleIndex('device.closed');
const DEVICE_DETACHED = ruleIndex('device.detached');
const DEVICE_PERMISSION = ruleIndex('device.permission');
const FAILURE_POISON_LASTS = ruleIndex('failure.poison-lasts');
const REMOVAL_ACCESS_FAILS = ruleIndex('removal.access-fails');
const WATCH_TRAPS_MISSING = ruleIndex('watch.traps-missing');
const UNMAP_THEN_REFUSED = ruleIndex('unmap.then-refused');
const CLOSED = blame({ result: 'device.closed', value: 'device.closed' });
const DETACHED = blame({ result: 'device.detached', value: 'device.detached' });
const REFUSED = blame({
  result: 'device.permission',
  value: 'device.permission',
  faults: 'device.permission',
});
const GONE: Blame = { ...REFUSED, result: 'unmap.then-refused', value: 'unmap.then-refused' };
const LOST_REACHED: Blame = {
  ...REFUSED,
  result: 'removal.access-fails',
  entry: 'removal.access-fails',
};
const POISON: Blame = { ...REFUSED, result: 'failure.poison-lasts', entry: 'failure.poison-lasts' };

/** Whether the device takes part at all. */
export function isAnswering(step: Step, device: number): boolean {
  const { state } = step;
  if (state.works(device)) return true;
  const detached = state.attached[device] !== 1;
  step.result = 'ENODEV';
  step.blame = detached ? DETACHED : CLOSED;
  step.exercise(detached ? DEVICE_DETACHED : DEVICE_CLOSED);
  return false;
}

/** The way of every device access up to the page. True when it may go on. */
export function reach(step: Step, entry: number, write: boolean, device: number): boolean {
  const { state } = step;
  const mapping = state.mapping[entry] ?? 0;
  if (!isAnswering(step, device)) return false;
  if (!isMapped(mapping)) {
    step.result = 'EFAULT';
    step.blame = GONE;
    step.exercise(UNMAP_THEN_REFUSED);
    return false;
  }
  if (!mayRead(mapping) || (write && !mayWrite(mapping))) {
    step.result = mayRead(mapping) ? 'EPERM' : 'EFAULT';
    step.blame = REFUSED;
    step.exercise(DEVICE_PERMISSION);
    return false;
  }
  const object = state.entry[entry] ?? NO_OBJECT;
  if (isPoison(object)) {
    step.result = 'EFAULT';
    step.blame = object === LOST ? LOST_REACHED : POISON;
    step.exercise(object === LOST ? REMOVAL_ACCESS_FAILS : FAILURE_POISON_LASTS);
    return false;
  }
  if (state.entry[entry] === NO_OBJECT && (mapping & WATCHED_MISSING) !== 0) {
    refuseWatched(step);
    step.blame = MISSING_TOUCHED;
    step.exercise(WATCH_TRAPS_MISSING);
    return false;
  }
  const flavour = state.flavour[entry] ?? READ_FLAVOUR;
  if (isExclusive(flavour)) state.flavour[entry] = MAYBE_EXCLUSIVE;
  return true;
}

export function refuseWatched(step: Step): void {
  step.result = step.pick(2, step.seenAnswer('trapped')) === 0 ? 'trapped' : 'EFAULT';
}
