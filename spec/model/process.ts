import type { CommandOf } from '../vocabulary/command.ts';
import { blame } from './blame.ts';
import { isHost } from './permission.ts';
import { NO_OBJECT, NOT_MAPPED, POISONED, READ_FLAVOUR, SYSTEM, WAS_SHARED } from './state.ts';
import type { Step } from './step.ts';

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
    if (isHost(state.mapping[from] ?? 0)) step.exercise('types.host-value');
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
    step.exercise('failure.poison-inert');
    return;
  }
  if (state.pinned(object)) {
    step.exercise('fork.pin-stays');
    if (terms.profile.forkCopiesPinned) {
      const copy = step.newObject(state.value[object] ?? 0, SYSTEM);
      step.link(to, copy, READ_FLAVOUR);
      state.history[copy] = (state.history[object] ?? 0) | WAS_SHARED;
      return;
    }
  }
  state.history[object] = (state.history[object] ?? 0) | WAS_SHARED;
  if (state.onDevice(object)) {
    step.exercise('fork.shares');
    step.exercise('fork.quiet');
    step.exercise('fork.counts');
    step.exercise('fork.read-both');
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
  if (object === POISONED) step.exercise('failure.poison-inert');
  if (object > NO_OBJECT) {
    step.exercise('unmap.clears');
    if ((state.maps[object] ?? 0) > 1) step.exercise('fork.survives');
    if (state.onDevice(object)) {
      step.exercise('unmap.releases');
      step.exercise('unmap.quiet');
      step.exercise('count.free-once');
      step.exercise('count.free-unmapped');
    }
  }
  step.unlink(entry);
}
