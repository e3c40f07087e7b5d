import { profilesWith } from '../../spec/profiles/profile.ts';
import type { Command, CommandOf, Protection } from '../../spec/vocabulary/command.ts';
import { compound, map, store, toDevice, toSystem, whole } from '../../spec/vocabulary/shorthand.ts';
import type { KernelMutation } from '../kernel/world.ts';
import type { Mutant } from './planted-bug.ts';

/** The block of two pages that begins at this page, in commands of process 0. */
export const mapBlock = (page = 0, protection: Protection = 'write'): Command =>
  whole(map(0, page, protection));
export const compoundToDevice = (page = 0): CommandOf<'migrate-to-device'> => compound(toDevice(0, page, 2));
export const compoundToSystem = (page = 0): CommandOf<'migrate-to-system'> => compound(toSystem(0, page, 2));

/** A large folio of zeros on the device. */
export const ZERO_FOLIO: readonly Command[] = [mapBlock(), compoundToDevice()];
/** The same after a store to its second page. */
export const STORED_FOLIO: readonly Command[] = [mapBlock(), store(0, 1, 1), compoundToDevice()];

interface Planted {
  readonly id: string;
  readonly title: string;
  readonly source?: string;
  readonly requirement: Mutant['requirement'];
  /** The profiles in which the bug exists, if not in all that have large folios. */
  readonly profiles?: Mutant['profiles'];
  readonly mutation: KernelMutation;
  readonly witness: readonly Command[];
}

export const planted = ({ source = 'own', ...rest }: Planted): Mutant => ({
  source,
  profiles: profilesWith(({ hasLargeFolios }) => hasLargeFolios),
  ...rest,
});
