import type { Command } from '../../../spec/vocabulary/command.ts';
import type { KernelMutation } from '../../kernel/world.ts';
import { type Child, type Prober, searchShorter } from '../../search/breadth-first.ts';
import { SLICE_COMMANDS, SliceWorld } from './slice.ts';

/** Runs the kernel with and without a planted bug. The bug is seen at the first reply that differs. */
class DifferenceProber implements Prober {
  asked = 0;
  readonly #mutation: KernelMutation;

  constructor(mutation: KernelMutation) {
    this.#mutation = mutation;
  }

  async probe(path: readonly Command[]): Promise<readonly Child[]> {
    const correct = new SliceWorld(undefined);
    const mutated = new SliceWorld(this.#mutation);
    for (const command of path) {
      correct.execute(command);
      mutated.execute(command);
    }
    const children: Child[] = [];
    for (const command of SLICE_COMMANDS) {
      if (!correct.wouldAdmit(command)) continue;
      this.asked++;
      const [next, wrong] = [correct.clone(undefined), mutated.clone(this.#mutation)];
      if (next.execute(command) !== wrong.execute(command)) return [...children, { kind: 'found', command }];
      children.push({ kind: 'goes on', command, key: `${next.key} ${wrong.key}` });
    }
    return children;
  }
}

/** The shortest case of the slice in which a reply differs, up to a length; every shorter case was tried. */
export async function shortestInSlice(
  mutation: KernelMutation,
  longest: number,
): Promise<readonly Command[] | undefined> {
  const { commands } = await searchShorter(new DifferenceProber(mutation), { longest, maxStates: Infinity });
  return commands;
}
