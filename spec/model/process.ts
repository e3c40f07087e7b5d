import { ruleIndex } from '../requirements/catalogue.ts';
import type { CommandOf } from '../vocabulary/command.ts';
import { blame } from './blame.ts';
import { isHost } from './permission.ts';
import { NO_OBJECT, NOT_MAPPED, POISONED, READ_FLAVOUR, SYSTEM, WAS_SHARED } from './state.ts';
import type { Step } from './step.ts';

const COUNT_FREE_ONCE = ruleIndex('count.free-once');
const COUNT_FREE_UNMAPPED = ruleIndex('count.free-unmapped');
const FAILURE_POISON_INERT = ruleIndex('failure.poison-inert');
const FORK_COUNTS = ruleIndex('fork.counts');
const FORK_PIN_STAYS = ruleIndex('fork.pin-stays');
const FORK_QUIET = ruleIndex('fork.quiet');
const FORK_READ_BOTH = ruleIndex('fork.read-both');
const FORK_SHARES = ruleIndex('fork.shares');
const FORK_SURVIVES = ruleIndex('fork.survives');
const TYPES_HOST_VALUE = ruleIndex('types.host-value');
const UNMAP_CLEARS = ruleIndex('unmap.clears');
const UNMAP_QUIET = ruleIndex('unmap.quiet');
const UNMAP_RELEASES = ruleIndex('unmap.releases');

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
}

export function fork(step: Step, command: CommandOf<'fork'>): void {
  const { state } = step;
  const { pages } = state.scope;
  step.names(command.process, 0, pages);
  step.blame = FORKED;
  state.alive[command.child] = 1;
  for (let page = 0; page < pages; page++) {
    const from = state.at(command.process, page);
    const to = state.at(command.child, page);
    state.mapping[to] = state.mapping[from] ?? NOT_MAPPED;
    if (isHost(state.mapping[from] ?? 0)) step.exercise(TYPES_HOST_VALUE);
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
  if (state.pinned(object)) {
    step.exercise(FORK_PIN_STAYS);
    if (terms.profile.forkCopiesPinned) {
      const copy = step.newObject(state.value[object] ?? 0, SYSTEM);
      step.link(to, copy, READ_FLAVOUR);
      state.history[object] = (state.history[object] ?? 0) | WAS_SHARED;
      state.history[copy] = state.history[object] ?? 0;
      return;
    }
  }
  state.history[object] = (state.history[object] ?? 0) | WAS_SHARED;
  if (state.onDevice(object)) {
    step.exercise(FORK_SHARES);
    step.exercise(FORK_QUIET);
    step.exercise(FORK_COUNTS);
    step.exercise(FORK_READ_BOTH);
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
  for (let page = 0; page < pages; page++) {
    const entry = state.at(command.process, page);
    removeEntry(step, entry);
    state.mapping[entry] = NOT_MAPPED;
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
      step.exercise(UNMAP_RELEASES);
      step.exercise(UNMAP_QUIET);
      step.exercise(COUNT_FREE_ONCE);
      step.exercise(COUNT_FREE_UNMAPPED);
    }
  }
  step.unlink(entry);
}
