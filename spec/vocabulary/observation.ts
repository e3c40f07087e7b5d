import type { DriverEvent } from './event.ts';
import type { Result } from './result.ts';
import type { Snapshot } from './snapshot.ts';

/** The observation of one step of a case. */
export interface Observation {
  readonly result: Result;
  /** The driver's callbacks during this step, in order; empty if the target does not show them. */
  readonly events: readonly DriverEvent[];
  /** The state after the step, if a snapshot was taken. */
  readonly state: Snapshot | undefined;
}

/** No callbacks: one array for all steps without any. */
export const NO_EVENTS: readonly DriverEvent[] = Object.freeze([]);
