import { PROFILES, type ProfileName } from '../../spec/profiles/profile.ts';
import type { CasePlan } from '../search/case-plan.ts';
import { Tours } from '../search/tours.ts';
import { TransitionCoverage } from '../search/transition-coverage.ts';
import { transitionGraph } from '../search/transition-graph.ts';
import type { RunOptions } from './run-options.ts';

/** Maximum number of states of a slice. Ten times as many would exhaust the memory of most machines. */
export const MAX_SLICE_STATES = 2_000_000;

/** The coverage of a slice in one profile, and the cases of a strategy that covers it. */
export interface ProfileSpecification {
  readonly coverage: TransitionCoverage;
  /** The tours of the strategy `transitions`; undefined for random cases. */
  readonly tours: (CasePlan & Pick<Tours, 'extend'>) | undefined;
}

/** Constructs the transitions of the requested slice; undefined without one, or if the run was stopped. */
export async function specificationFor(
  { slice, strategy = 'random', target, signal, onStates }: RunOptions,
  profile: ProfileName,
): Promise<ProfileSpecification | undefined> {
  if (slice === undefined) return undefined;
  const graph = await transitionGraph({
    region: { ...slice, profile: PROFILES[profile].name },
    capabilities: target.hello.capabilities,
    maxStates: MAX_SLICE_STATES,
    stopped: () => signal?.aborted === true,
    ...(onStates === undefined ? {} : { onProgress: onStates }),
  });
  if (graph === undefined) {
    if (signal?.aborted === true) return undefined;
    throw new SliceTooLarge();
  }
  return {
    coverage: new TransitionCoverage(graph),
    tours: strategy === 'transitions' ? new Tours(graph) : undefined,
  };
}

/** A slice has more than `MAX_SLICE_STATES` states. */
export class SliceTooLarge extends Error {}
