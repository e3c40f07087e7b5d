import { POISON } from '../spec/vocabulary/snapshot.ts';
import { isWatchedForStores } from './mapping-table.ts';
import type { TraceStep } from './step.ts';
import type { ExclusiveCommand } from './step-lists.ts';
import { findsUnpopulatedWatched } from './access-outcome.ts';

/** Whether a usable device may write to the page. */
export const isExclusivePermitted = (step: TraceStep<ExclusiveCommand>): boolean =>
  step.usable && step.permits(true) && step.code !== POISON;

/** Whether the step meets a watch. */
export const isWatchedForExclusive = (step: TraceStep): boolean =>
  isWatchedForStores(step.mapping) || findsUnpopulatedWatched(step);
