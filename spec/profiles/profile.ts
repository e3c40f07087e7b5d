import { z } from 'zod';

/** The profiles, the oldest first. */
export const ProfileName = z.enum([
  'origin',
  'linux-4.14',
  'linux-5.18',
  'linux-6.1',
  'linux-6.12',
  'linux-6.19',
]);
export type ProfileName = z.infer<typeof ProfileName>;

/** This profile and all that came after it. */
export const profilesFrom = (first: ProfileName): readonly ProfileName[] =>
  ProfileName.options.slice(ProfileName.options.indexOf(first));

/** All profiles before this one. */
export const profilesBefore = (end: ProfileName): readonly ProfileName[] =>
  ProfileName.options.slice(0, ProfileName.options.indexOf(end));

/**
 * The switches in which versions of the rules differ. A profile is data: the model reads it, and no rule asks for
 * a profile by name.
 */
export interface Profile {
  readonly name: ProfileName;
  readonly title: string;
  /** The reference count of a device frame that holds nothing. */
  readonly idleCount: 0 | 1;
  /** Whether the first entry that names a frame takes over the idle reference, so that m entries count m. */
  readonly entryTakesIdleReference: boolean;
  /** Whether a `page_fault` that ends in SIGBUS replaces the toucher's entry by poison, or changes nothing. */
  readonly failedFaultPoisons: boolean;
  /** Whether a protect that changes nothing leaves device entries alone, or may turn WRITE entries to READ. */
  readonly sameProtectionIsQuiet: boolean;
  /** Whether the child of a fork gets its own copy of a pinned page at once, or shares it until the first store. */
  readonly forkCopiesPinned: boolean;
  /** How many swap areas may be on at once: the swap types that special entries take away are missing here. */
  readonly swapAreas: number;
  /** Whether a migration passes over pages of another device, or may move them like its own. */
  readonly ownersMatter: boolean;
  /** Whether a device's access to a page on another device brings it back, or may do other things. */
  readonly foreignAccessFaults: boolean;
  /** Whether soft-dirty and the watch for stores survive migration. */
  readonly tracksThroughMigration: boolean;
  /** Whether the page map says of an entry that is not present that this process alone has the page. */
  readonly tellsSoleMapper: boolean;
  /** What of a process's pages is charged to its new control group when it joins one. */
  readonly joinMoves: 'all' | 'what-is-in-system-memory' | 'nothing';
}

/** The reference count of a frame that so many entries name. */
export const referencesOf = (profile: Profile, entries: number): number =>
  profile.entryTakesIdleReference ? Math.max(profile.idleCount, entries) : profile.idleCount + entries;

/** What a frame's reference count is inside `page_free`. */
export const referencesInFree = (profile: Profile): number =>
  profile.entryTakesIdleReference ? 0 : profile.idleCount;

/** Whether a frame's reference count is never zero, not even for a moment. */
export const neverCountsZero = (profile: Profile): boolean =>
  profile.idleCount === 1 && !profile.entryTakesIdleReference;
