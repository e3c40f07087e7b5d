import type { CommandOf } from '../spec/vocabulary/command.ts';
import { UNPOPULATED, isDeviceEntry, POISON } from '../spec/vocabulary/snapshot.ts';
import type { ShadowState } from './shadow-state.ts';
import { isObject } from './contents.ts';
import { PENDING_SIGBUS } from './injected.ts';
import { mayPopulate } from './mapping-table.ts';

/**
 * Applies a change of protection. It changes no content, but a locked page that becomes writable may be populated, and
 * the result does not report that. Returns false where the content of memory is unknown afterwards.
 */
export function noteProtection(
  shadow: ShadowState,
  command: CommandOf<'protect'>,
  after: readonly number[] | undefined,
): boolean {
  const cell = shadow.cell(command);
  const populates = mayPopulate(shadow.mappings.at(cell), command.protection);
  shadow.mappings.protect(cell, command.protection);
  return !populates || notePopulated(shadow, cell, after?.[cell]);
}

function notePopulated(shadow: ShadowState, cell: number, entry: number | undefined): boolean {
  const { memory } = shadow;
  const code = memory.code(cell);
  if (code === POISON) return true;
  if (entry === undefined) {
    const mayBeLost = shadow.profile.failedFaultPoisons && (shadow.injected.active & PENDING_SIGBUS) !== 0;
    if (mayBeLost || !isObject(code) || !memory.contents.isSole(code)) return false;
  } else if (entry === POISON) {
    memory.poison(cell);
    return true;
  } else if (entry === UNPOPULATED || isDeviceEntry(entry)) {
    return true;
  } else if (isObject(code) && !memory.contents.isSole(code)) {
    // The result does not tell whether the sharing was broken.
    return false;
  } else {
    memory.own(cell);
  }
  memory.accessed(cell);
  return true;
}
