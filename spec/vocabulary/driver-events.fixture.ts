import type { DriverEvent } from './event.ts';

// Callbacks of the driver, for hand-made observations.

export const alloc = (frame: number): DriverEvent => ({ event: 'alloc', frame });
export const fault = (process: number, page: number, frame?: number, device?: number): DriverEvent => ({
  event: 'fault',
  process,
  page,
  ...(frame === undefined ? {} : { frame }),
  ...(device === undefined ? {} : { device }),
});
/** Without a reference count the target shows no counts. */
export const free = (frame: number, refs?: number, maps = 0): DriverEvent =>
  refs === undefined ? { event: 'free', frame } : { event: 'free', frame, refs, maps };
