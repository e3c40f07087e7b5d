import type { CommandOf } from '../vocabulary/command.ts';
import { type AccessKind, BY_POPULATE, BY_PROTECT } from './access-kind.ts';
import { POPULATE } from './attribution/pin.ts';
import { becomeDirtyOrClean, keep } from './tracking.ts';
import { ownPage } from './own-page.ts';
import { isCommon, LIKELY_WRITABLE, LOCKED, mayWrite, NO_OBJECT } from './state.ts';
import { choice, ifSeen } from './choice.ts';
import type { Step } from './step.ts';
import { reach } from './page-access.ts';

const LOCKED_PAGE = choice('locked page that became writable', 'not populated', 'populated');

interface Place {
  readonly process: number;
  readonly page: number;
}

/** Populates a page, for writing where the mapping permits it. */
export function populate(step: Step, place: Place): void {
  populateBy(step, place, BY_POPULATE);
}

function populateBy(step: Step, { process, page }: Place, kind: AccessKind): void {
  const { state } = step;
  const entry = state.at(process, page);
  const mapping = state.mapping[entry] ?? 0;
  const write = mayWrite(mapping);
  step.names(process, page);
  if (!reach(step, entry, write, kind)) return;
  if (step.faults > 0) {
    step.refine(POPULATE.afterFault);
    if (step.faults === 1) step.select(POPULATE.migratedBack);
  }
  if (isCommon(mapping)) return;
  becomeDirtyOrClean(state, entry);
  if (!write) return;
  const isOwn = (state.maps[Math.max(NO_OBJECT, state.entry[entry] ?? NO_OBJECT)] ?? 0) === 1;
  const object = ownPage(step, entry, kind.memory);
  if (object === undefined) return;
  if (!isOwn && step.faults === 0) step.select(POPULATE.ownPage);
  keep(state, entry);
  state.writable[entry] = LIKELY_WRITABLE;
}

export function lock(step: Step, command: CommandOf<'lock'>): void {
  const { state } = step;
  const entry = state.at(command.process, command.page);
  state.mapping[entry] = (state.mapping[entry] ?? 0) | LOCKED;
  populate(step, command);
}

/**
 * Lets an implementation populate a locked page that became writable, to avoid a fault at the first store. The effect is
 * observable in the state, but not in the result.
 */
export function maybePopulateLocked(step: Step, place: Place): void {
  const entry = step.state.at(place.process, place.page);
  if (step.choose(LOCKED_PAGE, observedPopulation(step, entry)) === 'not populated') return;
  const asProtected = step.attribution;
  populateBy(step, place, BY_PROTECT);
  step.result = 'ok';
  step.attribution = asProtected;
}

function observedPopulation(step: Step, entry: number): 'populated' | 'not populated' | undefined {
  const object = step.state.entry[entry] ?? NO_OBJECT;
  if (object === NO_OBJECT) return ifSeen(step.isDropped(entry), 'not populated', 'populated');
  if (object < NO_OBJECT || !step.state.onDevice(object)) return undefined;
  return ifSeen(step.hasFaulted(), 'populated', 'not populated');
}

export function unlock(step: Step, command: CommandOf<'unlock'>): void {
  const { state } = step;
  const entry = state.at(command.process, command.page);
  step.names(command.process, command.page);
  state.mapping[entry] = (state.mapping[entry] ?? 0) & ~LOCKED;
}
