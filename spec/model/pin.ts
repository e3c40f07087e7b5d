import type { CommandOf } from '../vocabulary/command.ts';
import { fileValue } from '../vocabulary/scope.ts';
import { BY_PIN, BY_READ_PIN } from './access-kind.ts';
import { PIN } from './attribution/pin.ts';
import { commonIndex } from './access.ts';
import { ownPage, unshare } from './own-page.ts';
import { isCommon, isFile, LIKELY_WRITABLE, mayWrite, NO_OBJECT, type State, WAS_SHARED } from './state.ts';
import { choice, ifSeen } from './choice.ts';
import { reach } from './page-access.ts';
import type { Step } from './step.ts';
import { becomeDirtyOrClean } from './tracking.ts';

const UNPOPULATED_PIN = choice(
  'pin for reading of an unpopulated page',
  'pins the page of zeroes',
  'populates',
);

export function pin(step: Step, command: CommandOf<'pin'>): void {
  const { state } = step;
  const entry = state.at(command.process, command.page);
  const reads = command.access === 'read';
  step.names(command.process, command.page);
  if (state.slot[command.slot] !== 0) {
    step.result = 'EBUSY';
    step.select(PIN.slotRefused);
    return;
  }
  if (!reach(step, entry, !reads, reads ? BY_READ_PIN : BY_PIN)) return;
  if (reads) step.refine(PIN.read);
  if (isCommon(state.mapping[entry] ?? 0)) {
    state.slot[command.slot] = -1 - commonIndex(state, entry);
    return;
  }
  if (step.faults > 0) {
    step.refine(PIN.afterFault);
    if (step.faults === 1) step.select(PIN.migratedBack);
  }
  const object = reads ? readable(step, entry, command.slot) : ownPage(step, entry, BY_PIN.memory);
  // A pin for reading must not be refused on a read-only page.
  if (reads && step.result === 'ok' && !mayWrite(state.mapping[entry] ?? 0)) {
    step.refine(PIN.readOfReadOnly);
  }
  if (object === undefined) return;
  becomeDirtyOrClean(state, entry);
  if (!reads) state.writable[entry] = LIKELY_WRITABLE;
  state.slot[command.slot] = object;
  state.pins[object] = (state.pins[object] ?? 0) + 1;
}

/** The object that a pin for reading holds; undefined where it holds no object or the charge was refused. */
function readable(step: Step, entry: number, slot: number): number | undefined {
  const { state, judging } = step;
  const object = state.entry[entry] ?? NO_OBJECT;
  if (object === NO_OBJECT) {
    step.select(PIN.readUnpopulated);
    if (step.choose(UNPOPULATED_PIN, observedFill(step, entry)) === 'populates')
      return ownPage(step, entry, BY_READ_PIN.memory);
    becomeDirtyOrClean(state, entry);
    state.slot[slot] = -1 - standingIndex(state, entry);
    return undefined;
  }
  if ((state.maps[object] ?? 0) <= 1) return object;
  if (!judging.profile.readPinUnshares) {
    if (step.faults === 0) step.select(PIN.readShared);
    else step.refine(PIN.readSharedAfterFault);
    return object;
  }
  step.refine(PIN.readOfShared);
  const own = unshare(step, entry, BY_READ_PIN.memory);
  if (own === undefined) return undefined;
  if (step.faults === 0) step.select(PIN.readOwn);
  else step.refine(PIN.readOwnAfterFault);
  return own;
}

/** The hint from the observation: whether the pin populated an unpopulated page. */
function observedFill(step: Step, entry: number): 'pins the page of zeroes' | 'populates' | undefined {
  const dropped = step.isDropped(entry);
  // A page of the file may be shown as present or absent, so a present page is no hint.
  if (dropped === false && isFile(step.state.mapping[entry] ?? 0)) return undefined;
  return ifSeen(dropped, 'pins the page of zeroes', 'populates');
}

/** The index of a constant page, after the common pages: the page of zeroes, or a page of the file. */
function standingIndex({ mapping, scope }: State, entry: number): number {
  const zeroes = 2 * scope.pages;
  return isFile(mapping[entry] ?? 0) ? zeroes + 1 + (entry % scope.pages) : zeroes;
}

/** The value of a common or constant page. */
function standingValue({ common, scope }: State, index: number): number {
  const zeroes = 2 * scope.pages;
  if (index < zeroes) return common[index] ?? 0;
  return index === zeroes ? 0 : fileValue(index - zeroes - 1);
}

export function unpin(step: Step, command: CommandOf<'unpin'>): void {
  const { state } = step;
  const held = state.slot[command.slot] ?? 0;
  if (held === 0) {
    step.result = 'EINVAL';
    step.select(PIN.slotRefused);
    return;
  }
  step.select(PIN.unpinned);
  state.slot[command.slot] = 0;
  if (held < 0) {
    const index = -1 - held;
    if (index >= 2 * state.scope.pages) step.select(PIN.unpinnedUnpopulated);
    step.result = standingValue(state, index);
    return;
  }
  if (((state.history[held] ?? 0) & WAS_SHARED) !== 0) step.select(PIN.unpinnedShared);
  step.result = state.value[held] ?? 0;
  step.unpinObject(held);
}
