import { ruleIndex } from '../requirements/catalogue.ts';
import type { Result } from '../vocabulary/result.ts';
import type { Step } from './step.ts';
import { LOST, NO_OBJECT, OOM, POISONED, SIGBUS, type State } from './state.ts';
import { becomeDirtyOrClean } from './tracking.ts';
import { choice } from './choice.ts';
import { ifSeen } from './hints.ts';

const FAILURE = choice('injected failure', 'sigbus', 'oom');
const OUT_OF_MEMORY = choice('fault without memory', 'given up', 'retried');
const STRUCK_EXTRA = choice('further page with an injected failure', 'not tried', 'tried');
const EXTRA = choice('further page of the process', 'stays', 'migrates');

const FAULT_EXTRAS_OPTIONAL = ruleIndex('fault.extras-optional');
const FAULT_EXTRAS_OWN = ruleIndex('fault.extras-own');

/** How an attempt to bring an object back ended. */
export const BROUGHT_BACK = 0;
export const STRUCK_BY_SIGBUS = 1;
const STRUCK_BY_OOM = 2;

/**
 * One attempt to bring the object at an entry back to system memory; the object moves if nothing strikes. Where both
 * injections could strike, either may have been met first.
 */
export function attemptBack(step: Step, object: number, entry: number): number {
  const sigbus = step.strikes(SIGBUS, object, entry);
  const oom = step.strikes(OOM, object, entry);
  if (!sigbus && !oom) {
    step.moveToSystem(object);
    return BROUGHT_BACK;
  }
  const failure = sigbus && oom ? step.choose(FAILURE) : sigbus ? 'sigbus' : 'oom';
  const struckBy = failure === 'sigbus' ? STRUCK_BY_SIGBUS : STRUCK_BY_OOM;
  step.consume(struckBy === STRUCK_BY_SIGBUS ? SIGBUS : OOM);
  return struckBy;
}

/**
 * The fault: page_fault is called for the object behind an entry, and again as often as the implementation retries
 * when memory is short. On success the driver may have brought back more.
 *
 * @param memory how the touch is answered when it runs out of memory
 * @param orThis how it may be answered then as well
 */
export function fault(step: Step, entry: number, memory: Result, orThis: Result = memory): number {
  const { state, judging } = step;
  const object = state.entry[entry] ?? NO_OBJECT;
  step.faultPlace = state.place[object] ?? 0;
  for (;;) {
    step.faults++;
    const outcome = attemptBack(step, object, entry);
    if (outcome === BROUGHT_BACK) {
      migrateExtrasBack(step, entry);
      return BROUGHT_BACK;
    }
    if (outcome === STRUCK_BY_SIGBUS) return STRUCK_BY_SIGBUS;
    // Once more, silently? Not for ever: what lasts until healed would never end.
    // A pin is a call that can fail, and so may answer whatever a target declares of its touches.
    const mayAnswer = judging.oomResult || memory !== 'oom';
    const mayRetry = !step.lasting(OOM);
    if (!mayRetry) return STRUCK_BY_OOM;
    const hint = ifSeen(step.isRetried(memory, orThis), 'retried', 'given up');
    if (mayAnswer && step.choose(OUT_OF_MEMORY, hint) === 'given up') return STRUCK_BY_OOM;
  }
}

/**
 * What else the driver brings back: any of the objects that the toucher's process sees on the same device (on any of them,
 * before pages had owners). One that an injection strikes stays; whether it was tried, and a strike used up, cannot be seen.
 *
 * @param whence what the caller goes by afterwards, besides the state
 */
export function migrateExtrasBack(step: Step, entry: number, whence = ''): void {
  const { state, judging } = step;
  const { pages } = state.scope;
  const first = entry - (entry % pages);
  const device = state.deviceOf(step.faultPlace);
  if (isForeignOn(state, first, device)) step.cover(FAULT_EXTRAS_OWN);
  for (let extra = first; extra < first + pages; extra++) {
    const object = state.entry[extra] ?? NO_OBJECT;
    if (extra === entry || object <= NO_OBJECT || !state.onDevice(object)) continue;
    if (!step.passes(() => `extra ${extra} ${step.faults} ${step.faultPlace} ${whence}`)) return;
    if (judging.ownersMatter && !state.isOn(object, device)) continue;
    if (step.strikes(SIGBUS, object, extra) || step.strikes(OOM, object, extra)) {
      step.cover(FAULT_EXTRAS_OPTIONAL);
      if (spendable(step, object, extra) && step.choose(STRUCK_EXTRA) === 'tried')
        attemptBack(step, object, extra);
    } else if (step.choose(EXTRA, ifSeen(step.hasLeft(object, extra), 'migrates', 'stays')) === 'migrates') {
      step.cover(FAULT_EXTRAS_OPTIONAL);
      step.moveToSystem(object);
    }
  }
}

/** Whether there is a page on the device that the process whose entries begin here does not map. */
function isForeignOn(state: State, first: number, device: number): boolean {
  const end = first + state.scope.pages;
  for (let entry = 0; entry < state.entry.length; entry++) {
    const object = state.entry[entry] ?? NO_OBJECT;
    if (entry >= first && entry < end) continue;
    if (object > NO_OBJECT && state.isOn(object, device) && !state.isSeenBetween(object, first, end))
      return true;
  }
  return false;
}

/** Whether a failing attempt on this object would use something up. */
export const spendable = (step: Step, object: number, entry: number): boolean =>
  (step.strikes(SIGBUS, object, entry) && !step.lasting(SIGBUS)) ||
  (step.strikes(OOM, object, entry) && !step.lasting(OOM));

/** Replaces an entry whose page was lost with its device. */
export function loseEntry(step: Step, entry: number): void {
  poison(step, entry);
  step.state.entry[entry] = LOST;
}

/** Replaces an entry whose page was lost. The frame's counts fall, and the frame is left if this was the last entry. */
export function poison(step: Step, entry: number): void {
  step.unlink(entry);
  step.state.entry[entry] = POISONED;
  becomeDirtyOrClean(step.state, entry);
}
