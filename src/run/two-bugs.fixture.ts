import { mutantById } from '../mutants/mutants.ts';
import { EmbeddedTarget } from '../targets/embedded.ts';
import type { Plant } from '../kernel/plant.ts';

/** The plant of a mutant. */
export function plantOf(id: string): Plant {
  const mutant = mutantById(id);
  if (mutant === undefined) throw new Error(`There is no mutant ${id}.`);
  return mutant.plant;
}

/** The embedded kernel with all of these bugs. */
export function withBugs(...plants: readonly Plant[]): EmbeddedTarget {
  const plant: Plant = {
    kernel: (base) => plants.reduce((made, { kernel }) => kernel?.(made) ?? made, base),
    driver: (base) => plants.reduce((made, { driver }) => driver?.(made) ?? made, base),
  };
  return new EmbeddedTarget({ plant });
}
