import type { CommandOf } from '../spec/vocabulary/command.ts';
import type { Answered, ShadowState } from './shadow-state.ts';
import { isObject } from './contents.ts';
import { isOn } from './devices-apart.ts';
import { ROAMED } from './traits.ts';

/**
 * Applies the loss of a device: all processes lose the pages on it. Returns false where these pages are unknown; they
 * are known from the entries before it, or if no page was ever sent to a device.
 */
export function noteRemoval(
  shadow: ShadowState,
  command: CommandOf<'surprise-remove'>,
  { result, before }: Answered,
): boolean {
  if (result !== 'ok') return result === 'ENODEV';
  const { memory } = shadow;
  const { device = 0 } = command;
  shadow.devices = shadow.devices.after(command, result);
  for (const [cell, code] of memory.row.entries()) {
    if (!isObject(code) || (memory.contents.traits(code) & ROAMED) === 0) continue;
    const entry = before?.[cell];
    if (entry === undefined) return false;
    if (isOn(entry, device, shadow.scope)) memory.poison(cell);
  }
  return true;
}
