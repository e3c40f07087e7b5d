import type { CommandOf } from '../spec/vocabulary/command.ts';
import { isVector, type Result } from '../spec/vocabulary/result.ts';
import { UNPOPULATED } from '../spec/vocabulary/snapshot.ts';
import type { ShadowState } from './shadow-state.ts';
import { isObject } from './contents.ts';

type Migration = CommandOf<'migrate-to-device' | 'migrate-to-system' | 'evict'>;

/** Applies the moves of a migration or an eviction. Returns false where a reported move is impossible. */
export function noteMigration(shadow: ShadowState, command: Migration, result: Result): boolean {
  const count = command.op === 'evict' ? 1 : command.count;
  if (!isVector(result) || result.length !== count) return false;
  const first = shadow.cell(command);
  for (let i = 0; i < count; i++) {
    if (result[i] === 'skipped') continue;
    const cell = first + i;
    if (command.op === 'migrate-to-device') {
      const device = command.device ?? 0;
      if (!shadow.devices.isUsable(device) || !mayMove(shadow, cell)) return false;
      shadow.memory.sent(cell, device);
    } else {
      if (shadow.memory.code(cell) === UNPOPULATED || !mayMove(shadow, cell)) return false;
      shadow.memory.returned(cell);
    }
  }
  return true;
}

/** Whether a page could move, as far as results tell. */
function mayMove(shadow: ShadowState, cell: number): boolean {
  const code = shadow.memory.code(cell);
  if (code === UNPOPULATED) return !shadow.isTrapped(cell, false);
  return isObject(code) && !shadow.memory.contents.isPinned(code);
}
