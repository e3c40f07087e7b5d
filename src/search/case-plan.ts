import type { Region } from '../../spec/model/families.ts';
import type { Case } from '../../spec/vocabulary/case.ts';

/** The origin of the cases after the directed suite. */
export const STRATEGIES = ['random', 'transitions', 'complete'] as const;
export type StrategyName = (typeof STRATEGIES)[number];

/** A part of the specification whose coverage is measured: a world size and the commands of some families. */
export type SpecificationSlice = Omit<Region, 'profile'>;

/** Cases by number. A case depends on the plan and its number alone. */
export interface CasePlan {
  /** Whether there is a case with this number. */
  has(index: number): boolean;
  at(index: number): Case;
}

/** A plan that depends on the choices of the target: more cases may be planned once the results of all are known. */
export interface GrowingPlan extends CasePlan {
  /** The number of all cases, if it is known. */
  readonly size?: number | undefined;
  /** Plans further cases. Returns false if there are none. */
  extend(): boolean;
}
