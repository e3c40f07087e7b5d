import { ruleIndex } from '../requirements/catalogue.ts';
import type { CommandOf } from '../vocabulary/command.ts';
import { type Blame, blame } from './blame.ts';
import { isCommon, isHost } from './permission.ts';
import {
  CLEAN,
  DIRTY_OR_CLEAN,
  GIVEN_AWAY,
  isExclusive,
  LOCKED,
  MAYBE_EXCLUSIVE,
  NO_OBJECT,
  NOT_MAPPED,
  PAGED_OUT,
  POISONED,
  READ_FLAVOUR,
  SYSTEM,
  WAS_SHARED,
  WATCHED_MISSING,
  WATCHED_STORES,
} from './state.ts';
import type { Step } from './step.ts';
import { mayBecomeClean, softOf } from './tracking.ts';

const COUNT_FREE_ONCE = ruleIndex('count.free-once');
const COUNT_FREE_UNMAPPED = ruleIndex('count.free-unmapped');
const DEVICE_CLOSE_KEEPS = ruleIndex('device.close-keeps');
const EXCLUSIVE_FORK = ruleIndex('exclusive.fork');
const FAILURE_POISON_INERT = ruleIndex('failure.poison-inert');
const FORK_COUNTS = ruleIndex('fork.counts');
const FORK_PIN_STAYS = ruleIndex('fork.pin-stays');
const FORK_QUIET = ruleIndex('fork.quiet');
const FORK_READ_BOTH = ruleIndex('fork.read-both');
const FORK_SHARES = ruleIndex('fork.shares');
const FORK_SURVIVES = ruleIndex('fork.survives');
const TYPES_HOST_VALUE = ruleIndex('types.host-value');
const TYPES_SHARED_VALUE = ruleIndex('types.shared-value');
const UNMAP_CLEARS = ruleIndex('unmap.clears');
const UNMAP_QUIET = ruleIndex('unmap.quiet');
const UNMAP_RELEASES = ruleIndex('unmap.releases');
const WATCH_OWN = ruleIndex('watch.own');

const FORKED = blame({
  result: 'fork.shares',
  faults: 'fork.quiet',
  frees: 'fork.quiet',
  entry: 'fork.shares',
  sharers: 'fork.shares',
  flavour: 'fork.read-both',
  references: 'fork.counts',
  mappings: 'fork.counts',
});
const FORKED_EXCLUSIVE: Blame = { ...FORKED, entry: 'exclusive.fork' };
const EXITED = blame({
  result: 'unmap.clears',
  faults: 'unmap.quiet',
  frees: 'unmap.releases',
  entry: 'unmap.clears',
  sharers: 'fork.survives',
  references: 'unmap.releases',
  mappings: 'unmap.releases',
});

export function spawn(step: Step, command: CommandOf<'spawn'>): void {
  step.state.alive[command.process] = 1;
  step.state.member[command.process] = 0;
}

export function fork(step: Step, command: CommandOf<'fork'>): void {
  const { state } = step;
  const { pages } = state.scope;
  step.names(command.process, 0, pages);
  step.blame = FORKED;
  state.alive[command.child] = 1;
  state.member[command.child] = state.member[command.process] ?? 0;
  for (let page = 0; page < pages; page++) {
    const from = state.at(command.process, page);
    const to = state.at(command.child, page);
    const mapping = state.mapping[from] ?? NOT_MAPPED;
    state.mapping[to] = mapping & ~(LOCKED | WATCHED_MISSING);
    if (isCommon(mapping)) step.exercise(isHost(mapping) ? TYPES_HOST_VALUE : TYPES_SHARED_VALUE);
    // A clean page stays clean on both sides; of a dirty one only the parent in system memory is sure to know.
    state.track[to] = softOf(state.track[from] ?? 0) === CLEAN ? CLEAN : DIRTY_OR_CLEAN;
    copyEntry(step, from, to);
  }
}

/** What the child of a fork gets of one entry of its parent. */
function copyEntry(step: Step, from: number, to: number): void {
  const { state, terms } = step;
  const object = state.entry[from] ?? NO_OBJECT;
  if (object === NO_OBJECT) return;
  if (object === POISONED) {
    state.entry[to] = POISONED;
    step.exercise(FAILURE_POISON_INERT);
    return;
  }
  if (((state.track[from] ?? 0) & WATCHED_STORES) !== 0) step.exercise(WATCH_OWN);
  const flavour = state.flavour[from] ?? READ_FLAVOUR;
  if (isExclusive(flavour) || flavour === MAYBE_EXCLUSIVE) {
    step.blame = FORKED_EXCLUSIVE;
    step.exercise(EXCLUSIVE_FORK);
    state.flavour[from] = READ_FLAVOUR;
  }
  if (state.pinned(object)) {
    step.exercise(FORK_PIN_STAYS);
    if (terms.profile.forkCopiesPinned) {
      const copy = step.newObject(state.value[object] ?? 0, SYSTEM, to);
      step.link(to, copy, READ_FLAVOUR);
      state.history[object] = (state.history[object] ?? 0) | WAS_SHARED;
      state.history[copy] = state.history[object] ?? 0;
      return;
    }
  }
  state.track[to] = (state.track[to] ?? 0) | ((state.track[from] ?? 0) & (GIVEN_AWAY | PAGED_OUT));
  state.history[object] = (state.history[object] ?? 0) | WAS_SHARED;
  if (state.onDevice(object)) {
    step.exercise(FORK_SHARES);
    step.exercise(FORK_QUIET);
    step.exercise(FORK_COUNTS);
    step.exercise(FORK_READ_BOTH);
    mayBecomeClean(state, from);
  }
  state.flavour[from] = READ_FLAVOUR;
  step.link(to, object, READ_FLAVOUR);
}

export function exit(step: Step, command: CommandOf<'exit'>): void {
  const { state } = step;
  const { pages } = state.scope;
  step.names(command.process, 0, pages);
  step.blame = EXITED;
  state.alive[command.process] = 0;
  state.member[command.process] = 0;
  for (let page = 0; page < pages; page++) {
    const entry = state.at(command.process, page);
    removeEntry(step, entry);
    state.mapping[entry] = NOT_MAPPED;
    state.track[entry] = 0;
  }
}

/** Ends an entry of any sort, and says what was exercised by it. */
export function removeEntry(step: Step, entry: number): void {
  const { state } = step;
  const object = state.entry[entry] ?? NO_OBJECT;
  if (object === POISONED) step.exercise(FAILURE_POISON_INERT);
  if (object > NO_OBJECT) {
    step.exercise(UNMAP_CLEARS);
    if ((state.maps[object] ?? 0) > 1) step.exercise(FORK_SURVIVES);
    if (state.onDevice(object)) {
      if (state.closed[state.deviceOf(state.place[object] ?? 0)] === 1) step.exercise(DEVICE_CLOSE_KEEPS);
      step.exercise(UNMAP_RELEASES);
      step.exercise(UNMAP_QUIET);
      step.exercise(COUNT_FREE_ONCE);
      step.exercise(COUNT_FREE_UNMAPPED);
    }
  }
  step.unlink(entry);
}
