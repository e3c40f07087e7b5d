import type { CommandOf } from '../vocabulary/command.ts';
import type { Outcome } from './attribution/attribution.ts';
import { MAPPING } from './attribution/mapping.ts';
import {
  DIRTY,
  isCommon,
  isExclusive,
  isHost,
  isMapped,
  isPoison,
  LARGE,
  LOCKED,
  LOST,
  mappingCode,
  MAYBE_EXCLUSIVE,
  MAYBE_WRITABLE,
  mayWrite,
  NO_OBJECT,
  NOT_MAPPED,
  READ_ONLY,
  withProtection,
} from './state.ts';
import { maybePopulateLocked } from './populate.ts';
import { removeEntry } from './process.ts';
import type { Step } from './step.ts';
import { becomeDirtyOrClean, mayBecomeClean } from './tracking.ts';

/** The attribution of an unmap or a discard, by the entry. */
function unmapping(object: number): Outcome {
  if (!isPoison(object)) return MAPPING.unmapped;
  return object === LOST ? MAPPING.unmappedLost : MAPPING.unmappedPoison;
}

export function map(step: Step, command: CommandOf<'map'>): void {
  const { state } = step;
  for (const entry of entriesOf(step, command)) {
    step.select(MAPPING.mapped);
    state.mapping[entry] =
      mappingCode(command.kind, command.protection) | (command.whole === true ? LARGE : 0);
    state.track[entry] = DIRTY;
  }
}

/** The entries that a command changes: that of its page, or with `whole` those of its block. Also names them. */
function entriesOf(
  step: Step,
  command: { readonly process: number; readonly page: number; readonly whole?: true | undefined },
): readonly number[] {
  const { state } = step;
  const entry = state.at(command.process, command.page);
  if (command.whole !== true) {
    step.names(command.process, command.page);
    return [entry];
  }
  const block = state.blockOf(entry);
  step.names(command.process, command.page - (entry - (block[0] ?? entry)), block.length);
  step.refine(MAPPING.wholeBlock);
  return block;
}

/** Covers the rules for a command on a part of a large folio, and replaces its whole entry by an entry for each page. */
function splitPartly(step: Step, entry: number): void {
  const { state } = step;
  const object = state.entry[entry] ?? NO_OBJECT;
  if (!state.isInFolio(object)) return;
  state.splitEntry(entry);
  if (!state.onDevice(object)) return;
  step.keepsWritable = true;
  step.refine(MAPPING.onPartOfFolio);
}

export function unmap(step: Step, command: CommandOf<'unmap'>): void {
  const { state } = step;
  for (const entry of entriesOf(step, command)) {
    step.select(unmapping(state.entry[entry] ?? NO_OBJECT));
    if (isCommon(state.mapping[entry] ?? 0)) step.select(MAPPING.unmappedCommon);
    if (command.whole !== true) splitPartly(step, entry);
    removeEntry(step, entry);
    state.mapping[entry] = NOT_MAPPED;
    state.track[entry] = 0;
  }
  attributeWhole(step, command);
}

/** The requirement for a wrong effect of a command on a whole block. */
function attributeWhole(step: Step, command: { readonly whole?: true | undefined }): void {
  if (command.whole === true) step.refine(MAPPING.onWholeBlock);
}

export function discard(step: Step, command: CommandOf<'discard'>): void {
  for (const entry of entriesOf(step, command)) discardPage(step, entry, command.whole === true);
  attributeWhole(step, command);
}

function discardPage(step: Step, entry: number, isWhole: boolean): void {
  const { state } = step;
  const mapping = state.mapping[entry] ?? 0;
  if (!isMapped(mapping)) {
    // This happens only in a race: the other side has unmapped the page.
    step.result = 'ENOMEM';
    return;
  }
  if (isCommon(mapping)) {
    step.select(isHost(mapping) ? MAPPING.discardedHost : MAPPING.discardedSharedMemory);
    return;
  }
  if ((mapping & LOCKED) !== 0) {
    step.result = 'EINVAL';
    step.select(MAPPING.discardRefused);
    return;
  }
  step.select(unmapping(state.entry[entry] ?? NO_OBJECT));
  if (!isWhole) splitPartly(step, entry);
  removeEntry(step, entry);
  becomeDirtyOrClean(state, entry);
}

export function protect(step: Step, command: CommandOf<'protect'>): void {
  for (const entry of entriesOf(step, command)) protectPage(step, command, entry);
  attributeWhole(step, command);
}

function protectPage(step: Step, command: CommandOf<'protect'>, entry: number): void {
  const { state } = step;
  const before = state.mapping[entry] ?? 0;
  if (!isMapped(before)) {
    // This happens only in a race: the other side has unmapped the page.
    step.result = 'ENOMEM';
    return;
  }
  const after = withProtection(before, command.protection);
  state.mapping[entry] = after;
  step.select(MAPPING.protected);
  if (isCommon(before)) return;
  if (command.whole !== true) {
    if (before === after) step.mayReplaceWhole = true;
    else splitPartly(step, entry);
  }
  changeWritable(step, entry, before !== after);
  const becomesWritable = !mayWrite(before) && mayWrite(after);
  if (becomesWritable && (after & LOCKED) !== 0) maybePopulateLocked(step, command);
}

/** Updates `writable` of an entry after a protect, which may repeat the same protection. */
function changeWritable(step: Step, entry: number, isChange: boolean): void {
  const { state, judging } = step;
  const object = state.entry[entry] ?? NO_OBJECT;
  if (isPoison(object)) {
    step.select(object === LOST ? MAPPING.protectedLost : MAPPING.protectedPoison);
    return;
  }
  if (object === NO_OBJECT) return;
  step.noteWatched(entry, object);
  const onDevice = state.onDevice(object);
  const exclusive = isExclusive(state.writable[entry] ?? 0);
  if (onDevice) {
    mayBecomeClean(state, entry);
    step.refine(MAPPING.protectedOnDevice);
    if (state.writable[entry] === READ_ONLY) step.select(MAPPING.protectedRead);
  }
  if (exclusive) {
    state.writable[entry] = MAYBE_EXCLUSIVE;
  } else if (state.writable[entry] === MAYBE_EXCLUSIVE) {
    return;
  } else if (isChange) {
    if (onDevice && state.writable[entry] !== READ_ONLY) step.refine(MAPPING.downgraded);
    state.writable[entry] = READ_ONLY;
  } else if (onDevice && !judging.profile.sameProtectionIsQuiet && state.writable[entry] !== READ_ONLY) {
    state.writable[entry] = MAYBE_WRITABLE;
  }
}
