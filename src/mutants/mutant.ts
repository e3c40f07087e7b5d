import { ProfileName } from '../../spec/profiles/profile.ts';
import type { RequirementId } from '../../spec/requirements/catalogue.ts';
import type { Command } from '../../spec/vocabulary/command.ts';
import type { Scope } from '../../spec/vocabulary/scope.ts';
import type { KernelMutation } from '../kernel/world.ts';

/**
 * A planted bug: the embedded implementation with one step done wrong, to show that the suite catches it. It keeps
 * nothing of its own, so that a copy of its world is a copy of all there is; but for the bugs that are about just that.
 */
export interface Mutant {
  /** Lower-case words joined by hyphens. */
  readonly id: string;
  /** What the implementation does wrong, in one sentence. */
  readonly title: string;
  /** What it is taken from: a bug of a real implementation (`C-25`), a class of them (`class (d)`), or `own`. */
  readonly source: string;
  /** The requirement that it is about. */
  readonly requirement: RequirementId;
  /** The profiles in which it is a bug, and has an effect. */
  readonly profiles: readonly ProfileName[];
  readonly mutation: KernelMutation;
  /** A case, written by hand and as short as can be, in which the primary requirement is the first that breaks. */
  readonly witness: readonly Command[];
  /** Cases that must run before the directed one on the same target, for a bug that carries a state from case to case. */
  readonly before?: readonly (readonly Command[])[];
}

export const EVERY_PROFILE: readonly ProfileName[] = ProfileName.options;

/** The world in which the directed case of a mutant plays: one with a second device where it names that. */
export function witnessScope({ witness: directed }: Pick<Mutant, 'witness'>): Scope {
  const scope = { processes: 2, pages: 2, frames: 2, slots: 1 };
  const namesAnother = directed.some((command) => 'device' in command && command.device === 1);
  return namesAnother ? { ...scope, devices: 2 } : scope;
}
