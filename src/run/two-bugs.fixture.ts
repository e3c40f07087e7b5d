import { mutantById } from '../planted-bugs/planted-bugs.ts';
import { EmbeddedTarget } from '../targets/embedded.ts';
import type { KernelMutation } from '../kernel/world.ts';

export function mutationOf(id: string): KernelMutation {
  const mutant = mutantById(id);
  if (mutant === undefined) throw new Error(`There is no mutant ${id}.`);
  return mutant.mutation;
}

/** The embedded kernel with all of these bugs. */
export function withBugs(...mutations: readonly KernelMutation[]): EmbeddedTarget {
  const mutation: KernelMutation = {
    kernel: (base) => mutations.reduce((made, { kernel }) => kernel?.(made) ?? made, base),
    driver: (base) => mutations.reduce((made, { driver }) => driver?.(made) ?? made, base),
  };
  return new EmbeddedTarget({ mutation });
}
