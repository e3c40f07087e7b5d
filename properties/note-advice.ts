import type { CommandOf } from '../spec/vocabulary/command.ts';
import { UNPOPULATED, PRESENT } from '../spec/vocabulary/snapshot.ts';
import type { ShadowState } from './shadow-state.ts';
import { isObject } from './contents.ts';
import type { TraceStep } from './step.ts';
import { isLazyFree, isPrivate, isWatchedForStores } from './mapping-table.ts';

/**
 * Advice that was taken. What may have been dropped is looked up where entries are shown; elsewhere nobody knows: false.
 */
export function noteAdvice(
  shadow: ShadowState,
  { advice, ...place }: CommandOf<'advise'>,
  before: readonly number[] | undefined,
  after: readonly number[] | undefined,
): boolean {
  const cell = shadow.cell(place);
  const { memory, mappings } = shadow;
  const isFree = advice === 'free';
  // On a device, and while a device has it to itself, it means nothing.
  const isInSystem = before === undefined || before[cell] === PRESENT;
  if (isFree && isInSystem && isObject(memory.code(cell))) markLazyFree(shadow, cell);
  if ((isFree || advice === 'page-out') && mayGo(shadow, cell)) {
    const entry = after?.[cell];
    if (entry === undefined || (entry === UNPOPULATED && isWatchedForStores(mappings.at(cell)))) return false;
    if (entry === UNPOPULATED) dropForAll(shadow, cell, after);
  }
  if (advice === 'page-out' && isObject(memory.code(cell))) mappings.pageOut(cell);
  memory.advise(cell);
  return true;
}

/** A page of zeroes goes for all who share it, for it reads as before. */
function markLazyFree({ mappings, memory }: ShadowState, cell: number): void {
  const code = memory.code(cell);
  const isZero = memory.contents.value(code) === 0;
  for (let at = 0; at < memory.row.length; at++) {
    if (at === cell || (isZero && memory.row[at] === code)) mappings.markLazyFree(at);
  }
}

/** Whether another entry has gone with the one that was advised about: it shared a page of zeroes, and said the same of it. */
export function isDroppedToo(step: TraceStep<CommandOf<'advise'>>, at: number): boolean {
  const { after, before, code, command, mappingsBefore, rowBefore, value } = step;
  if (value !== 0 || !isObject(code) || rowBefore[at] !== code) return false;
  const isGiven = command.advice === 'free' || isLazyFree(mappingsBefore[at] ?? 0);
  return (
    isGiven && before?.[at] === PRESENT && after?.[at] === UNPOPULATED && after[step.cell] === UNPOPULATED
  );
}

/** Whoever else has lost the page with this one shared a page of zeroes. */
function dropForAll(shadow: ShadowState, cell: number, after: readonly number[] | undefined): void {
  const { memory } = shadow;
  const code = memory.code(cell);
  const isZero = memory.contents.value(code) === 0;
  for (let at = 0; at < memory.row.length; at++) {
    const isShared = at !== cell && isZero && memory.code(at) === code && isLazyFree(shadow.mappings.at(at));
    if (isShared && after?.[at] === UNPOPULATED) discard(shadow, at);
  }
  discard(shadow, cell);
}

/** What a process sees of private memory is gone. */
export function discard(shadow: ShadowState, cell: number): void {
  const { mappings, memory } = shadow;
  mappings.discard(cell);
  if (isPrivate(mappings.at(cell))) memory.empty(cell, mappings.at(cell));
}

/** Whether what is here was given away, and nobody has pinned it. */
function mayGo(shadow: ShadowState, cell: number): boolean {
  const { contents } = shadow.memory;
  return isLazyFree(shadow.mappings.at(cell)) && !contents.isPinned(shadow.memory.code(cell));
}
