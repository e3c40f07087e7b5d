import type { CommandOf } from '../spec/vocabulary/command.ts';
import { UNPOPULATED, PRESENT } from '../spec/vocabulary/snapshot.ts';
import type { ShadowState } from './shadow-state.ts';
import { isObject } from './contents.ts';
import type { TraceStep } from './step.ts';
import { isLazyFree, isPrivate, isWatchedForStores } from './mapping-table.ts';

/**
 * Applies advice that succeeded. The entries after it show which pages were dropped; returns false where this is
 * unknown.
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
  // The advice has no effect on a page that is on a device or that a device has exclusively.
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

/** The page of zeroes becomes lazy-free for all processes that share it, because its value stays the same. */
function markLazyFree({ mappings, memory }: ShadowState, cell: number): void {
  const code = memory.code(cell);
  const isZero = memory.contents.value(code) === 0;
  for (let at = 0; at < memory.row.length; at++) {
    if (at === cell || (isZero && memory.row[at] === code)) mappings.markLazyFree(at);
  }
}

/** Whether another entry was dropped with the advised one: it shared a page of zeroes and is lazy-free, too. */
export function isDroppedToo(step: TraceStep<CommandOf<'advise'>>, at: number): boolean {
  const { after, before, code, command, mappingsBefore, rowBefore, value } = step;
  if (value !== 0 || !isObject(code) || rowBefore[at] !== code) return false;
  const isGiven = command.advice === 'free' || isLazyFree(mappingsBefore[at] ?? 0);
  return (
    isGiven && before?.[at] === PRESENT && after?.[at] === UNPOPULATED && after[step.cell] === UNPOPULATED
  );
}

/** Drops the page for the other processes that lost it with this one: they shared a page of zeroes. */
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

/** The process loses its private memory at this cell. */
export function discard(shadow: ShadowState, cell: number): void {
  const { mappings, memory } = shadow;
  mappings.discard(cell);
  if (isPrivate(mappings.at(cell))) memory.empty(cell, mappings.at(cell));
}

/** Whether the page is lazy-free and not pinned. */
function mayGo(shadow: ShadowState, cell: number): boolean {
  const { contents } = shadow.memory;
  return isLazyFree(shadow.mappings.at(cell)) && !contents.isPinned(shadow.memory.code(cell));
}
