import type { CommandOf } from '../spec/vocabulary/command.ts';
import type { Answered, Books } from './books.ts';
import { isObject } from './contents.ts';
import { isOn } from './devices-apart.ts';
import { ROAMED } from './traits.ts';

/**
 * What the loss of a device makes of memory: what it had is lost to all. False where it is not known what it had: the
 * entries before it tell, or that nothing was ever sent to a device.
 */
export function noteRemoval(
  books: Books,
  command: CommandOf<'surprise-remove'>,
  { result, before }: Answered,
): boolean {
  if (result !== 'ok') return result === 'ENODEV';
  const { memory } = books;
  const { device = 0 } = command;
  books.devices = books.devices.after(command, result);
  for (const [cell, code] of memory.row.entries()) {
    if (!isObject(code) || (memory.contents.traits(code) & ROAMED) === 0) continue;
    const entry = before?.[cell];
    if (entry === undefined) return false;
    if (isOn(entry, device, books.scope)) memory.poison(cell);
  }
  return true;
}
