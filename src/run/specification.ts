import { Tally } from '../../spec/judge/tally.ts';
import { PROFILES, type ProfileName } from '../../spec/profiles/profile.ts';
import type { GrowingPlan } from '../search/case-plan.ts';
import { type Completeness, CompleteSuite } from '../search/complete-suite.ts';
import { Tours } from '../search/tours.ts';
import { type SliceWatcher, TransitionCoverage } from '../search/transition-coverage.ts';
import { transitionGraph } from '../search/transition-graph.ts';
import { MANY_MOVES, walkTransitions } from '../search/transition-walk.ts';
import { EmbeddedTarget } from '../targets/embedded.ts';
import type { RunOptions } from './run-options.ts';

/** Maximum number of states of a slice. Ten times as many would exhaust the memory of most machines. */
export const MAX_SLICE_STATES = 2_000_000;

/** The coverage of a slice in one profile, and the cases of a strategy that covers it. */
export interface ProfileSpecification {
  readonly coverage: TransitionCoverage;
  /** Follows the cases. */
  readonly watcher: SliceWatcher;
  /** The requirements covered by moves that were made on copies of the embedded kernel; undefined without such moves. */
  readonly walked?: Tally;
  /** The cases; undefined for random ones. */
  readonly plan: GrowingPlan | undefined;
  /** How far the strategy `complete` has come after a number of its cases. */
  readonly completeness?: (run: number) => Completeness;
}

/**
 * Constructs the transitions of the requested slice; undefined without one, or if the run was stopped. In a large slice,
 * the strategy `transitions` then takes them on copies of the embedded kernel, if that is the target; tours make the
 * moves that remain.
 *
 * @param isOver whether the time for this is over
 */
export async function specificationFor(
  { slice, strategy = 'random', extraStates = 0, target, signal, onSlice }: RunOptions,
  profile: ProfileName,
  isOver: () => boolean,
): Promise<ProfileSpecification | undefined> {
  if (slice === undefined) return undefined;
  const isStopped = (): boolean => signal?.aborted === true;
  const graph = await transitionGraph({
    region: { ...slice, profile: PROFILES[profile].name },
    capabilities: target.hello.capabilities,
    maxStates: MAX_SLICE_STATES,
    stopped: isStopped,
    onProgress: (states, expanded) => onSlice?.({ states, expanded }),
  });
  if (graph === undefined) {
    if (isStopped()) return undefined;
    throw new SliceTooLarge();
  }
  if (strategy === 'complete') {
    const suite = new CompleteSuite(graph, extraStates);
    return {
      coverage: suite.coverage,
      watcher: suite,
      plan: suite,
      completeness: (run) => suite.completeness(run),
    };
  }
  const coverage = new TransitionCoverage(graph);
  if (strategy === 'random') return { coverage, watcher: coverage, plan: undefined };
  if (graph.moves >= MANY_MOVES && target instanceof EmbeddedTarget && target.showsEverything) {
    const { states, moves: of } = graph;
    const tally = new Tally();
    await walkTransitions({
      coverage,
      mutation: target.mutation,
      tally,
      stopped: () => isStopped() || isOver(),
      onProgress: () => onSlice?.({ states, expanded: states, moves: { made: coverage.made, of } }),
    });
    return { coverage, watcher: coverage, walked: tally, plan: new Tours(graph, coverage) };
  }
  return { coverage, watcher: coverage, plan: new Tours(graph, coverage) };
}

/** A slice has more than `MAX_SLICE_STATES` states. */
export class SliceTooLarge extends Error {}
