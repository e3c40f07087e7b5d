import { ProfileName } from '../../spec/profiles/profile.ts';
import type { RequirementId } from '../../spec/requirements/catalogue.ts';
import type { Command } from '../../spec/vocabulary/command.ts';
import type { Scope } from '../../spec/vocabulary/scope.ts';
import type { KernelMutation } from '../kernel/world.ts';

/**
 * A planted bug: the embedded implementation with one wrong step, to show that the suite catches it. It has no state of
 * its own, so that a copy of its world is complete, except where the bug is about such state.
 */
export interface Mutant {
  /** Lower-case words joined by hyphens. */
  readonly id: string;
  /** The error of the implementation, in one sentence. */
  readonly title: string;
  /** The source of the bug: a bug of a real implementation (`C-25`), a class of bugs (`class (d)`), or `own`. */
  readonly source: string;
  /** The requirement that the bug violates. */
  readonly requirement: RequirementId;
  /** The profiles in which it is a bug and has an effect. */
  readonly profiles: readonly ProfileName[];
  readonly mutation: KernelMutation;
  /** The shortest known case, written by hand, in which the requirement of the mutant is the first that is violated. */
  readonly witness: readonly Command[];
  /** Cases that must run before the witness on the same target, for a bug that carries state from case to case. */
  readonly before?: readonly (readonly Command[])[];
}

export const EVERY_PROFILE: readonly ProfileName[] = ProfileName.options;

const isForBlocks = (command: Command): boolean =>
  ('whole' in command && command.whole === true) ||
  ('compound' in command && command.compound === true) ||
  command.op === 'collapse' ||
  command.op === 'split';

/** The world size of the witness of a mutant: it includes a second device if the witness names one, and blocks. */
export function witnessScope({ witness: directed }: Pick<Mutant, 'witness'>): Scope {
  const scope = { processes: 2, pages: 2, frames: 2, slots: 1 };
  if (directed.some(isForBlocks)) return { ...scope, pages: 4, frames: 4, block: 2 };
  const namesAnother = directed.some((command) => 'device' in command && command.device === 1);
  return namesAnother ? { ...scope, devices: 2 } : scope;
}
