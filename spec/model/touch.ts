import { ruleIndex } from '../requirements/catalogue.ts';
import type { Profile } from '../profiles/profile.ts';
import type { CommandOf } from '../vocabulary/command.ts';
import type { ErrorName } from '../vocabulary/result.ts';
import { BROUGHT_BACK, fault, poison, STRUCK_BY_SIGBUS } from './bring-back.ts';
import { type Blame, blame } from './blame.ts';
import { isHost, isMapped, mayRead, mayWrite } from './permission.ts';
import {
  LIKELY_WRITE,
  NO_OBJECT,
  POISONED,
  READ_FLAVOUR,
  type State,
  SYSTEM,
  WAS_HOLE,
  WAS_MOVED,
  WAS_SHARED,
} from './state.ts';
import type { Step } from './step.ts';

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
const FORK_ISOLATION = ruleIndex('fork.isolation');
const FORK_PIN_STAYS = ruleIndex('fork.pin-stays');
const MIGRATE_TRANSPARENT = ruleIndex('migrate.transparent');
const PIN_BRINGS_BACK = ruleIndex('pin.brings-back');
const PIN_FAILURE = ruleIndex('pin.failure');
const PIN_PERMISSION = ruleIndex('pin.permission');
const PIN_SEES_STORES = ruleIndex('pin.sees-stores');
const PIN_SLOT = ruleIndex('pin.slot');
const PROTECT_ENFORCED = ruleIndex('protect.enforced');
const TYPES_HOST_QUIET = ruleIndex('types.host-quiet');
const TYPES_HOST_VALUE = ruleIndex('types.host-value');
const UNMAP_READS_ZERO = ruleIndex('unmap.reads-zero');
const UNMAP_THEN_REFUSED = ruleIndex('unmap.then-refused');

const REFUSED_UNMAPPED = blame({ result: 'unmap.then-refused', value: 'unmap.then-refused' });
const REFUSED_ON_DEVICE = blame({
  result: 'fault.permission-first',
  value: 'fault.permission-first',
  faults: 'fault.permission-first',
  frees: 'fault.permission-first',
  entry: 'fault.permission-first',
  sharers: 'fault.permission-first',
});
const REFUSED = blame({ result: 'protect.enforced', value: 'protect.enforced' });
const POISON_TOUCHED = blame({
  result: 'failure.poison-lasts',
  value: 'failure.poison-lasts',
  faults: 'failure.poison-lasts',
  entry: 'failure.poison-lasts',
});
const HOST_TOUCHED = blame({
  result: 'types.host-value',
  value: 'types.host-value',
  faults: 'types.host-quiet',
  frees: 'types.host-quiet',
  entry: 'types.host-stays',
});
const HOLE_TOUCHED = blame({
  result: 'unmap.reads-zero',
  value: 'unmap.reads-zero',
  entry: 'unmap.reads-zero',
});
const IN_SYSTEM = blame({ result: 'fault.brings-back', value: 'migrate.transparent' });
const SHARED_IN_SYSTEM = blame({
  result: 'fault.brings-back',
  value: 'fork.isolation',
  entry: 'fork.isolation',
});
const FAULTED = blame({
  result: 'fault.brings-back',
  value: 'fault.last-value',
  faults: 'fault.calls-once',
  frees: 'count.free-once',
  entry: 'fault.never-direct',
  sharers: 'fault.moves-all',
});
const HOLE_FAULTED: Blame = { ...FAULTED, value: 'migrate.hole-is-zero' };
const SHARED_FAULTED: Blame = { ...FAULTED, value: 'fork.isolation' };
const NEVER_DIRECT: Blame = { ...FAULTED, faults: 'fault.never-direct' };
const WITH_EXTRAS_FAILING: Blame = { ...FAULTED, result: 'fault.extras-optional' };
const FAILED_ORIGIN = blame({
  result: 'failure.sigbus',
  value: 'failure.sigbus',
  faults: 'fault.calls-once',
  frees: 'failure.poison-releases',
  entry: 'failure.poison',
  sharers: 'failure.sharers-keep',
  references: 'failure.poison-releases',
  mappings: 'failure.poison-releases',
});
const FAILED_LINUX = blame({
  result: 'failure.sigbus',
  value: 'failure.sigbus',
  faults: 'fault.calls-once',
  frees: 'failure.nothing-lost',
  entry: 'failure.nothing-lost',
  sharers: 'failure.nothing-lost',
  references: 'failure.nothing-lost',
  mappings: 'failure.nothing-lost',
});
const OUT_OF_MEMORY = blame({
  result: 'failure.oom',
  value: 'failure.oom',
  faults: 'failure.oom',
  frees: 'failure.oom-keeps',
  entry: 'failure.oom-keeps',
  sharers: 'failure.oom-keeps',
  references: 'failure.oom-keeps',
  mappings: 'failure.oom-keeps',
});
const PIN_FAILED_ORIGIN: Blame = { ...FAILED_ORIGIN, result: 'pin.failure' };
const PIN_FAILED_LINUX: Blame = { ...FAILED_LINUX, result: 'pin.failure' };
const PIN_OUT_OF_MEMORY: Blame = { ...OUT_OF_MEMORY, result: 'pin.failure' };
const PINNED = blame({
  result: 'pin.brings-back',
  value: 'pin.brings-back',
  faults: 'pin.brings-back',
  entry: 'pin.brings-back',
  sharers: 'fault.moves-all',
});
const PIN_REFUSED = blame({
  result: 'pin.permission',
  faults: 'pin.permission',
  entry: 'pin.permission',
  frees: 'pin.permission',
});
const SLOT = blame({ result: 'pin.slot', value: 'pin.slot' });
const UNPINNED = blame({ result: 'pin.sees-stores', value: 'pin.sees-stores' });
const SHARED_UNPINNED: Blame = { ...UNPINNED, value: 'fork.pin-stays' };

/** The words in which a kind of touch is refused. */
interface Answers {
  readonly denied: 'SIGSEGV' | ErrorName;
  readonly lost: 'SIGBUS' | ErrorName;
  readonly memory: 'oom' | ErrorName;
}
const CPU_ANSWERS: Answers = { denied: 'SIGSEGV', lost: 'SIGBUS', memory: 'oom' };
const PIN_ANSWERS: Answers = { denied: 'EFAULT', lost: 'EFAULT', memory: 'ENOMEM' };

/**
 * The way of every CPU touch up to the page: permission, poison, fault. True when the touch may go on, to a hole, a
 * host page, or an object that is in system memory now; false when it was answered.
 */
function reach(step: Step, entry: number, write: boolean, answers: Answers): boolean {
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
    step.blame = (history & WAS_SHARED) !== 0 ? SHARED_IN_SYSTEM : IN_SYSTEM;
    step.exercise(FAULT_NO_NEEDLESS_CALL);
    if ((history & WAS_MOVED) !== 0) step.exercise(MIGRATE_TRANSPARENT);
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
      step.blame = step.hasExercised(FAULT_EXTRAS_OPTIONAL)
        ? WITH_EXTRAS_FAILING
        : wasShared
          ? SHARED_FAULTED
          : seesNoFault(step)
            ? NEVER_DIRECT
            : isStillTheHole(state, object)
              ? HOLE_FAULTED
              : FAULTED;
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

const seesNoFault = (step: Step): boolean => step.seenFaults() === 0;

/** Nothing was ever stored to this object: a hole became it when it moved to the device. */
export const isStillTheHole = (state: State, object: number): boolean =>
  ((state.history[object] ?? 0) & WAS_HOLE) !== 0 && state.value[object] === 0;

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

export function pin(step: Step, command: CommandOf<'pin'>): void {
  const { state } = step;
  const entry = state.at(command.process, command.page);
  step.names(command.process, command.page);
  if (state.slot[command.slot] !== 0) {
    step.result = 'EBUSY';
    step.blame = SLOT;
    step.exercise(PIN_SLOT);
    return;
  }
  if (!reach(step, entry, true, PIN_ANSWERS)) return;
  if (isHost(state.mapping[entry] ?? 0)) {
    state.slot[command.slot] = -1 - command.page;
    return;
  }
  if (step.faults > 0) {
    step.exercise(PIN_BRINGS_BACK);
    if (step.faults === 1) step.blame = PINNED;
  }
  if (state.entry[entry] === NO_OBJECT) step.link(entry, step.newObject(0, SYSTEM), LIKELY_WRITE);
  const object = breakSharing(step, entry);
  state.flavour[entry] = LIKELY_WRITE;
  state.slot[command.slot] = object;
  state.pins[object] = (state.pins[object] ?? 0) + 1;
}

export function unpin(step: Step, command: CommandOf<'unpin'>): void {
  const { state } = step;
  const held = state.slot[command.slot] ?? 0;
  if (held === 0) {
    step.result = 'EINVAL';
    step.blame = SLOT;
    step.exercise(PIN_SLOT);
    return;
  }
  step.blame = UNPINNED;
  step.exercise(PIN_SEES_STORES);
  state.slot[command.slot] = 0;
  if (held < 0) {
    step.result = state.hostValue[-1 - held] ?? 0;
    return;
  }
  if (((state.history[held] ?? 0) & WAS_SHARED) !== 0) step.blame = SHARED_UNPINNED;
  step.result = state.value[held] ?? 0;
  step.unpinObject(held);
}
