import { z } from 'zod';

export const ProfileName = z.enum(['origin', 'linux-6.1']);
export type ProfileName = z.infer<typeof ProfileName>;

/**
 * The switches in which versions of the rules differ. A profile is data: the model reads it, and no rule asks for
 * a profile by name.
 */
export interface Profile {
  readonly name: ProfileName;
  readonly title: string;
  /** The reference count of a device frame that holds nothing. */
  readonly idleCount: 0 | 1;
  /** Whether a `page_fault` that ends in SIGBUS replaces the toucher's entry by poison, or changes nothing. */
  readonly failedFaultPoisons: boolean;
  /** Whether a protect that changes nothing leaves device entries alone, or may turn WRITE entries to READ. */
  readonly sameProtectionIsQuiet: boolean;
  /** Whether the child of a fork gets its own copy of a pinned page at once, or shares it until the first store. */
  readonly forkCopiesPinned: boolean;
  /** How many swap areas may be on at once: the swap types that special entries take away are missing here. */
  readonly swapAreas: number;
}
