import type { CommandOf } from '../vocabulary/command.ts';
import { MOVE } from './attribution/mapping.ts';
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

/** Moves a mapping with its unchanged entry from one page to another, or all mappings of a block. */
export function move(step: Step, command: CommandOf<'move'>): void {
  const { state } = step;
  const from = state.at(command.process, command.page);
  const to = state.at(command.process, command.to);
  step.select(command.keep ? MOVE.keptMapping : MOVE.moved);
  step.keepsWritable = true;
  if (command.whole !== true) {
    namePagesBetween(step, command.process, command.page, command.to);
    movePage(step, from, to, command.keep, false);
    return;
  }
  const sources = state.blockOf(from);
  const targets = state.blockOf(to);
  const [first = from] = sources;
  const [target = to] = targets;
  const { pages } = state.scope;
  const last = sources.length - 1;
  const ends = [first % pages, target % pages, (first % pages) + last, (target % pages) + last];
  namePagesBetween(step, command.process, Math.min(...ends), Math.max(...ends));
  step.refine(MOVE.wholeBlock);
  for (const [part, source] of sources.entries())
    movePage(step, source, targets[part] ?? source, command.keep, true);
}

/** The range includes both pages. Pages in between do no harm, because the rules distinguish them. */
const namePagesBetween = (step: Step, process: number, one: number, other: number): void =>
  step.names(process, Math.min(one, other), Math.abs(one - other) + 1);

function movePage(step: Step, from: number, to: number, keep: boolean, isWhole: boolean): void {
  const { state } = step;
  if (!isMapped(state.mapping[from] ?? NOT_MAPPED)) {
    // This happens only in a race: the other side has unmapped or moved the page.
    step.result = 'EFAULT';
    return;
  }
  const object = state.entry[from] ?? NO_OBJECT;
  step.refine(MOVE.page);
  if (keep) step.refine(MOVE.pageKeepsMapping);
  if (object > NO_OBJECT) {
    step.refine(MOVE.populatedPage);
    state.history[object] = (state.history[object] ?? 0) | WAS_REMAPPED;
    if (state.onDevice(object)) step.refine(MOVE.pageOnDevice);
    if (!isWhole && state.isInFolio(object)) {
      if (state.onDevice(object)) step.refine(MOVE.partOfFolioOnDevice);
      state.splitEntry(from);
    }
  }
  const mapping = state.mapping[from] ?? NOT_MAPPED;
  state.mapping[to] = mapping;
  state.mapping[from] = keep ? mapping & ~LOCKED : NOT_MAPPED;
  state.moveEntry(from, to);
  becomeDirtyOrClean(state, to);
  if (keep) becomeDirtyOrClean(state, from);
  if (isExclusive(state.writable[to] ?? 0)) state.writable[to] = MAYBE_EXCLUSIVE;
}
