import { ruleIndex } from '../requirements/catalogue.ts';
import type { CommandOf } from '../vocabulary/command.ts';
import { type Attribution, attribution } from './attribution.ts';
import {
  isExclusive,
  isMapped,
  LOCKED,
  MAYBE_EXCLUSIVE,
  NO_OBJECT,
  NOT_MAPPED,
  WAS_REMAPPED,
} from './state.ts';
import type { Step } from './step.ts';
import { becomeDirtyOrClean } from './tracking.ts';

const MOVE_ENTRY = ruleIndex('move.entry');
const MOVE_KEEP = ruleIndex('move.keep');
const MOVE_NO_CALLBACKS = ruleIndex('move.no-callbacks');
const MOVE_VALUE = ruleIndex('move.value');

const MOVED = attribution({
  result: 'move.no-callbacks',
  value: 'move.value',
  faults: 'move.no-callbacks',
  frees: 'move.no-callbacks',
  entry: 'move.entry',
  sharers: 'move.entry',
  writable: 'move.entry',
  references: 'move.entry',
  mappings: 'move.entry',
});
const MOVED_BY_HALF: Attribution = { ...MOVED, entry: 'move.keep' };

/** Moves a mapping with its unchanged entry from one page to another. */
export function move(step: Step, command: CommandOf<'move'>): void {
  const { state } = step;
  const from = state.at(command.process, command.page);
  const to = state.at(command.process, command.to);
  // The range includes both pages. Pages in between do no harm, because the rules distinguish them.
  step.names(command.process, Math.min(command.page, command.to), Math.abs(command.page - command.to) + 1);
  step.attribution = command.keep ? MOVED_BY_HALF : MOVED;
  step.keepsWritable = true;
  if (!isMapped(state.mapping[from] ?? NOT_MAPPED)) {
    // This happens only in a race: the other side has unmapped or moved the page.
    step.result = 'EFAULT';
    return;
  }
  const object = state.entry[from] ?? NO_OBJECT;
  step.cover(MOVE_NO_CALLBACKS);
  if (command.keep) step.cover(MOVE_KEEP);
  if (object > NO_OBJECT) {
    step.cover(MOVE_VALUE);
    state.history[object] = (state.history[object] ?? 0) | WAS_REMAPPED;
    if (state.onDevice(object)) step.cover(MOVE_ENTRY);
  }
  const mapping = state.mapping[from] ?? NOT_MAPPED;
  state.mapping[to] = mapping;
  state.mapping[from] = command.keep ? mapping & ~LOCKED : NOT_MAPPED;
  state.moveEntry(from, to);
  becomeDirtyOrClean(state, to);
  if (command.keep) becomeDirtyOrClean(state, from);
  if (isExclusive(state.writable[to] ?? 0)) state.writable[to] = MAYBE_EXCLUSIVE;
}
