import type { FamilyName, Region } from '../../spec/model/families.ts';
import { type Capability, USUAL_CAPABILITIES } from '../../spec/vocabulary/capability.ts';
import type { LearnedState } from './choice-learner.ts';
import { ResolvedMachine } from './resolved-machine.ts';
import { type TransitionGraph, transitionGraph } from './transition-graph.ts';
import type { ValueSymmetry } from './value-symmetry.ts';

export const EVERYTHING: ReadonlySet<Capability> = new Set(USUAL_CAPABILITIES);

export const regionOf = (processes: number, ...families: readonly FamilyName[]): Region => ({
  scope: { processes, pages: 1, frames: 1, slots: families.includes('pin') ? 1 : 0 },
  profile: 'linux-6.12',
  families: ['core', ...families],
});

export async function graphOf(region: Region, capabilities = EVERYTHING): Promise<TransitionGraph> {
  const graph = await transitionGraph({ region, capabilities, maxStates: Infinity });
  if (graph === undefined) throw new Error('not finished');
  return graph;
}

/** The machine that always takes the most likely transition. */
export function modelMachine(symmetry: ValueSymmetry): ResolvedMachine {
  const { graph } = symmetry;
  const states = Array.from({ length: graph.states }, (_, id): LearnedState => {
    const next = new Map<number, { to: number; exchanges: number }>();
    for (let move = graph.firstMove[id] ?? 0; move < (graph.firstMove[id + 1] ?? 0); move++) {
      const transition = graph.firstTransition[move] ?? 0;
      next.set(graph.commandOf[move] ?? 0, {
        to: graph.target[transition] ?? 0,
        exchanges: graph.exchanges[transition] ?? 0,
      });
    }
    return { id, word: [], exchanged: 0, next };
  });
  return new ResolvedMachine(symmetry, states);
}
