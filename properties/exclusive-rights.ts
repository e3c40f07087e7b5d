import { POISON } from '../spec/vocabulary/snapshot.ts';
import { isWatchedForStores } from './mapping-table.ts';
import type { Step } from './step.ts';
import type { ExclusiveAccess } from './step-lists.ts';
import { findsHoleWatched } from './touch-outcome.ts';

/** Whether a device that can be used may write to what is there. */
export const isPermitted = (step: Step<ExclusiveAccess>): boolean =>
  step.usable && step.permits(true) && step.code !== POISON;

/** Whether it meets a watch. */
export const isWatchedFor = (step: Step): boolean =>
  isWatchedForStores(step.mapping) || findsHoleWatched(step);
