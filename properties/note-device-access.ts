import type { CommandOf } from '../spec/vocabulary/command.ts';
import type { Result } from '../spec/vocabulary/result.ts';
import { isDeviceEntry, isWriteEntry, POISON, PRESENT } from '../spec/vocabulary/snapshot.ts';
import type { ShadowState } from './shadow-state.ts';
import { isObject } from './contents.ts';
import { NOT_EXCLUSIVE } from './exclusive-entries.ts';
import { isMapped, mayWrite } from './mapping-table.ts';
import { EXCHANGED, homeOf, ROAMED, WRITTEN_BY_DEVICE } from './traits.ts';

/** From some profile on, a page that another device reads is migrated to system memory first. */
export function noteDeviceLoad(shadow: ShadowState, command: CommandOf<'device-load'>, result: Result): void {
  const cell = shadow.cell(command);
  const home = homeOf(shadow.memory.contents.traits(shadow.memory.code(cell)));
  const isForeign = home !== undefined && home !== (command.device ?? 0);
  if (isForeign && shadow.profile.foreignAccessFaults && typeof result === 'number')
    shadow.memory.accessed(cell);
}

/** Applies a device store that returned ok. Returns false where it cannot have succeeded. */
export function noteDeviceStore(
  shadow: ShadowState,
  command: CommandOf<'device-store'>,
  before: readonly number[] | undefined,
): boolean {
  const cell = shadow.cell(command);
  if (!letsDeviceWrite(shadow, command)) return false;
  const { memory } = shadow;
  const code = memory.code(cell);
  const entry = before?.[cell];
  const isInPlace = entry === PRESENT || (entry !== undefined && isDeviceEntry(entry) && isWriteEntry(entry));
  if (isObject(code) && !isInPlace) shadow.charges.mayHaveMade(code, command.process);
  if (homeOf(memory.contents.traits(code)) !== (command.device ?? 0)) memory.accessed(cell);
  shadow.mappings.keep(cell);
  memory.write(cell, command.value, WRITTEN_BY_DEVICE | ROAMED);
  return true;
}

/** The same for exclusive access. */
export function noteMakeExclusive(shadow: ShadowState, command: CommandOf<'make-exclusive'>): boolean {
  if (!letsDeviceWrite(shadow, command)) return false;
  const cell = shadow.cell(command);
  shadow.memory.accessed(cell);
  shadow.memory.own(cell);
  shadow.mappings.keep(cell);
  return true;
}

/** The same for an exchange that returned a value. */
export function noteExchange(shadow: ShadowState, command: CommandOf<'device-exchange'>): boolean {
  const cell = shadow.cell(command);
  if (!letsDeviceWrite(shadow, command) || shadow.exclusives.at(cell) === NOT_EXCLUSIVE) return false;
  shadow.memory.write(cell, command.value, WRITTEN_BY_DEVICE | EXCHANGED);
  return true;
}

/** Whether the device may use the page, and finds a writable page that is not watched. */
function letsDeviceWrite(
  shadow: ShadowState,
  command: CommandOf<'device-store' | 'make-exclusive' | 'device-exchange'>,
): boolean {
  const cell = shadow.cell(command);
  const mapping = shadow.mappings.at(cell);
  if (!shadow.devices.isUsable(command.device ?? 0) || shadow.memory.code(cell) === POISON) return false;
  return isMapped(mapping) && mayWrite(mapping) && !shadow.isTrapped(cell, true);
}
