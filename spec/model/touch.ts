import { ruleIndex } from '../requirements/catalogue.ts';
import type { Profile } from '../profiles/profile.ts';
import type { ErrorName } from '../vocabulary/result.ts';
import { BROUGHT_BACK, fault, poison, STRUCK_BY_SIGBUS } from './bring-back.ts';
import { isHost, isMapped, mayRead, mayWrite } from './permission.ts';
import { NO_OBJECT, POISONED, WAS_MOVED, WAS_SHARED } from './state.ts';
import type { Step } from './step.ts';
import {
  REFUSED_UNMAPPED,
  REFUSED_ON_DEVICE,
  REFUSED,
  POISON_TOUCHED,
  HOST_TOUCHED,
  HOLE_TOUCHED,
  IN_SYSTEM,
  NEVER_MOVED,
  SHARED_IN_SYSTEM,
  faultedBlame,
  FAILED_ORIGIN,
  FAILED_LINUX,
  OUT_OF_MEMORY,
  PIN_FAILED_ORIGIN,
  PIN_FAILED_LINUX,
  PIN_OUT_OF_MEMORY,
  PIN_REFUSED,
} from './touch-blames.ts';

const COUNT_FREE_ONCE = ruleIndex('count.free-once');
const COUNT_FREE_UNMAPPED = ruleIndex('count.free-unmapped');
const FAILURE_NOTHING_LOST = ruleIndex('failure.nothing-lost');
const FAILURE_OOM = ruleIndex('failure.oom');
const FAILURE_OOM_KEEPS = ruleIndex('failure.oom-keeps');
const FAILURE_POISON = ruleIndex('failure.poison');
const FAILURE_POISON_LASTS = ruleIndex('failure.poison-lasts');
const FAILURE_POISON_RELEASES = ruleIndex('failure.poison-releases');
const FAILURE_SHARERS_KEEP = ruleIndex('failure.sharers-keep');
const FAILURE_SIGBUS = ruleIndex('failure.sigbus');
const FAULT_BRINGS_BACK = ruleIndex('fault.brings-back');
const FAULT_CALLS_ONCE = ruleIndex('fault.calls-once');
const FAULT_EXTRAS_OPTIONAL = ruleIndex('fault.extras-optional');
const FAULT_LAST_VALUE = ruleIndex('fault.last-value');
const FAULT_MOVES_ALL = ruleIndex('fault.moves-all');
const FAULT_NEVER_DIRECT = ruleIndex('fault.never-direct');
const FAULT_NO_NEEDLESS_CALL = ruleIndex('fault.no-needless-call');
const FAULT_PERMISSION_FIRST = ruleIndex('fault.permission-first');
const MIGRATE_TRANSPARENT = ruleIndex('migrate.transparent');
const PIN_FAILURE = ruleIndex('pin.failure');
const PIN_PERMISSION = ruleIndex('pin.permission');
const PROTECT_ENFORCED = ruleIndex('protect.enforced');
const TYPES_HOST_QUIET = ruleIndex('types.host-quiet');
const TYPES_HOST_VALUE = ruleIndex('types.host-value');
const UNMAP_THEN_REFUSED = ruleIndex('unmap.then-refused');

/** The words in which a kind of touch is refused. */
interface Answers {
  readonly denied: 'SIGSEGV' | ErrorName;
  readonly lost: 'SIGBUS' | ErrorName;
  readonly memory: 'oom' | ErrorName;
}
export const CPU_ANSWERS: Answers = { denied: 'SIGSEGV', lost: 'SIGBUS', memory: 'oom' };
export const PIN_ANSWERS: Answers = { denied: 'EFAULT', lost: 'EFAULT', memory: 'ENOMEM' };

/**
 * The way of every CPU touch up to the page: permission, poison, fault. True when the touch may go on, to a hole, a
 * host page, or an object that is in system memory now; false when it was answered.
 */
export function reach(step: Step, entry: number, write: boolean, answers: Answers): boolean {
  const { state } = step;
  const mapping = state.mapping[entry] ?? 0;
  const object = state.entry[entry] ?? NO_OBJECT;
  if (!(write ? mayWrite(mapping) : mayRead(mapping))) {
    step.result = answers.denied;
    deny(step, mapping, object, answers === PIN_ANSWERS);
    return false;
  }
  if (object === POISONED) {
    step.result = answers.lost;
    step.blame = POISON_TOUCHED;
    step.exercise(FAILURE_POISON_LASTS);
    return false;
  }
  if (isHost(mapping)) {
    step.blame = HOST_TOUCHED;
    step.exercise(TYPES_HOST_VALUE);
    step.exercise(TYPES_HOST_QUIET);
    return true;
  }
  if (object === NO_OBJECT) {
    step.blame = HOLE_TOUCHED;
    step.exercise(FAULT_NO_NEEDLESS_CALL);
    return true;
  }
  if (!state.onDevice(object)) {
    const history = state.history[object] ?? 0;
    const moved = (history & WAS_MOVED) !== 0;
    step.blame = (history & WAS_SHARED) !== 0 ? SHARED_IN_SYSTEM : moved ? IN_SYSTEM : NEVER_MOVED;
    step.exercise(FAULT_NO_NEEDLESS_CALL);
    if (moved) step.exercise(MIGRATE_TRANSPARENT);
    return true;
  }
  return bring(step, entry, object, answers);
}

/** Names the rule by which a touch was denied. */
function deny(step: Step, mapping: number, object: number, forPin: boolean): void {
  if (!isMapped(mapping)) {
    step.blame = REFUSED_UNMAPPED;
    step.exercise(UNMAP_THEN_REFUSED);
  } else if (forPin) {
    step.blame = PIN_REFUSED;
    step.exercise(PIN_PERMISSION);
  } else if (object > NO_OBJECT && step.state.onDevice(object)) {
    step.blame = REFUSED_ON_DEVICE;
    step.exercise(FAULT_PERMISSION_FIRST);
    step.exercise(PROTECT_ENFORCED);
  } else {
    step.blame = REFUSED;
    step.exercise(PROTECT_ENFORCED);
  }
}

/** The touch of an object on the device. */
function bring(step: Step, entry: number, object: number, answers: Answers): boolean {
  const { state, terms } = step;
  const wasShared = ((state.history[object] ?? 0) & WAS_SHARED) !== 0;
  const mappers = state.maps[object] ?? 0;
  const outcome = fault(step, entry, answers.memory);
  step.exercise(FAULT_CALLS_ONCE);
  if (step.faults > 1) {
    step.exercise(FAILURE_OOM);
    step.blame = answers === PIN_ANSWERS ? PIN_OUT_OF_MEMORY : OUT_OF_MEMORY;
  }
  if (outcome === BROUGHT_BACK) {
    state.history[object] = (state.history[object] ?? 0) | WAS_MOVED;
    step.exercise(FAULT_BRINGS_BACK);
    step.exercise(FAULT_NEVER_DIRECT);
    step.exercise(FAULT_LAST_VALUE);
    step.exercise(COUNT_FREE_ONCE);
    step.exercise(COUNT_FREE_UNMAPPED);
    if (mappers > 1) step.exercise(FAULT_MOVES_ALL);
    if (step.faults === 1) {
      const past = state.isStillTheHole(object) ? 'hole' : wasShared ? 'shared' : 'plain';
      step.blame = faultedBlame(past, step.hasExercised(FAULT_EXTRAS_OPTIONAL), step.seenFaults() === 0);
    }
    return true;
  }
  const forPin = answers === PIN_ANSWERS;
  if (forPin) step.exercise(PIN_FAILURE);
  if (outcome === STRUCK_BY_SIGBUS) {
    step.result = answers.lost;
    failWithSigbus(step, entry, mappers, terms.profile, forPin);
  } else {
    step.result = answers.memory;
    step.blame = forPin ? PIN_OUT_OF_MEMORY : OUT_OF_MEMORY;
    step.exercise(FAILURE_OOM);
    step.exercise(FAILURE_OOM_KEEPS);
  }
  return false;
}

function failWithSigbus(step: Step, entry: number, mappers: number, profile: Profile, forPin: boolean): void {
  step.exercise(FAILURE_SIGBUS);
  if (!profile.failedFaultPoisons) {
    step.blame = forPin ? PIN_FAILED_LINUX : FAILED_LINUX;
    step.exercise(FAILURE_NOTHING_LOST);
    return;
  }
  step.blame = forPin ? PIN_FAILED_ORIGIN : FAILED_ORIGIN;
  step.exercise(FAILURE_POISON);
  step.exercise(FAILURE_POISON_RELEASES);
  if (mappers > 1) step.exercise(FAILURE_SHARERS_KEEP);
  poison(step, entry);
}
