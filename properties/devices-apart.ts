import type { Scope } from '../spec/vocabulary/scope.ts';
import { frameOf, isDeviceEntry } from '../spec/vocabulary/snapshot.ts';
import type { TraceStep } from './step.ts';
import { homeOf } from './contents.ts';

/** The device that owns this frame. */
export const ownerOf = (frame: number, { frames }: Scope): number => Math.trunc(frame / frames);

/** The device that a device entry names. */
export const deviceOf = (entry: number, scope: Scope): number => ownerOf(frameOf(entry), scope);

/** Whether an entry names a frame of this device. */
export const isOn = (entry: number, device: number, scope: Scope): boolean =>
  isDeviceEntry(entry) && deviceOf(entry, scope) === device;

/** The device that the page at this cell was on before a step; undefined if it was on none or the device is unknown. */
export function homeBefore({ before, traits }: TraceStep, cell: number, scope: Scope): number | undefined {
  if (before === undefined) return homeOf(traits);
  const entry = before[cell] ?? 0;
  return isDeviceEntry(entry) ? deviceOf(entry, scope) : undefined;
}

/** Whether the page that a step names is known to be on another device than the one that the step names. */
export function isForeign(step: TraceStep, scope: Scope): boolean {
  if (scope.devices === undefined || step.before === undefined) return false;
  const home = homeBefore(step, step.cell, scope);
  return home !== undefined && home !== step.device;
}

/** Whether the page that a step names may be on another device. */
export const mayBeForeign = (step: TraceStep, scope: Scope): boolean =>
  scope.devices !== undefined && (step.before === undefined || isForeign(step, scope));
