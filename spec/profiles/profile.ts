import { z } from 'zod';

/** The profiles, the oldest first. */
export const ProfileName = z.enum([
  'origin',
  'linux-4.14',
  'linux-5.18',
  'linux-6.1',
  'linux-6.12',
  'linux-6.19',
  'linux-7.3',
]);
export type ProfileName = z.infer<typeof ProfileName>;

/** This profile and all that came after it. */
export const profilesFrom = (first: ProfileName): readonly ProfileName[] =>
  ProfileName.options.slice(ProfileName.options.indexOf(first));

/** All profiles before this one. */
export const profilesBefore = (end: ProfileName): readonly ProfileName[] =>
  ProfileName.options.slice(0, ProfileName.options.indexOf(end));

/** A value by version: the one in `origin`, and for each profile in which it changes the one that holds from then on. */
export type Since<T> = { readonly origin: T } & { readonly [N in ProfileName]?: T };

/** The value that holds in a profile. */
export function valueIn<T>(values: Since<T>, name: ProfileName): T {
  let value = values.origin;
  for (const profile of ProfileName.options) {
    value = values[profile] ?? value;
    if (profile === name) break;
  }
  return value;
}

const TITLES: { readonly [N in ProfileName]: string } = {
  origin: 'Linux commit 5042db43cc26 (v4.14), as its text states the rules',
  'linux-4.14': 'Linux 4.14, private memory as it was run',
  'linux-5.18': 'Linux 5.18, private memory of base pages',
  'linux-6.1': 'Linux 6.1, private memory of base pages',
  'linux-6.12': 'Linux 6.12, private memory of base pages',
  'linux-6.19': 'Linux 6.19, private memory of base pages and large folios',
  'linux-7.3': 'Linux 7.3, private memory of base pages and large folios',
};

/** One version of the rules: a row for each switch, which names the versions in which its value changes. */
function profileOf(name: ProfileName) {
  const since = <T>(values: Since<T>): T => valueIn(values, name);
  return {
    name,
    title: TITLES[name],
    /** The reference count of a device frame that holds nothing. */
    idleCount: since<0 | 1>({ origin: 1, 'linux-6.1': 0 }),
    /** Whether the first entry that names a frame takes over the idle reference, so that m entries count m. */
    entryAllocatesIdleReference: since<boolean>({ origin: false, 'linux-5.18': true, 'linux-6.1': false }),
    /** Whether a `page_fault` that ends in SIGBUS poisons the entry that was accessed, or changes nothing. */
    failedFaultPoisons: since<boolean>({ origin: true, 'linux-4.14': false }),
    /** Whether a protect that changes nothing leaves device entries alone, or may turn WRITE entries to READ. */
    sameProtectionIsQuiet: since<boolean>({ origin: false, 'linux-4.14': true }),
    /** Whether the child of a fork gets its own copy of a pinned page at once, or shares it until the first store. */
    forkCopiesPinned: since<boolean>({ origin: false, 'linux-5.18': true }),
    /**
     * Whether a pin for reading breaks the sharing of its page, or holds the page that is shared. Linux unshares since
     * 5.19, which the profile linux-5.18 stands for, too.
     */
    readPinUnshares: since<boolean>({ origin: false, 'linux-5.18': true }),
    /**
     * How many swap areas may be on at once: 32 swap types, less those of special entries. `origin`: 2 for device
     * entries, 2 for migration entries, 1 for poisoned pages. 5.18: 2 more for exclusive entries. 6.1: 1 more each for
     * migration entries, for page-table markers, and for pages that could not be read back; from 6.12 the last is a
     * marker, too. 6.19: exclusive entries need one type.
     */
    swapAreas: since<number>({
      origin: 27,
      'linux-5.18': 25,
      'linux-6.1': 22,
      'linux-6.12': 23,
      'linux-6.19': 24,
    }),
    /** Whether a migration skips pages of another device, or may move them like its own. */
    ownersMatter: since<boolean>({ origin: false, 'linux-5.18': true }),
    /** Whether a device's access to a page on another device brings it back, or may do other things. */
    foreignAccessFaults: since<boolean>({ origin: false, 'linux-6.1': true }),
    /**
     * Whether a device's access whose fault fails returns the cause (out of memory or not), or either error. The version
     * in which hmm_range_fault began to do so was not determined; 6.12 does not.
     */
    foreignErrorTellsCause: since<boolean>({ origin: false, 'linux-7.3': true }),
    /**
     * Whether page_fault runs with the page locked, so that of two accesses to one page the second waits for the first.
     * Linux locks it from 6.15, and an access that does not get the lock waits from 7.0.
     */
    faultLocksPage: since<boolean>({ origin: false, 'linux-7.3': true }),
    /** Whether soft-dirty and the watch for stores survive migration. */
    tracksThroughMigration: since<boolean>({ origin: false, 'linux-5.18': true }),
    /** Whether the page map says of an entry that is not present that this process alone has the page. */
    tellsSoleMapper: since<boolean>({ origin: true, 'linux-6.12': false }),
    /** Whether userfaultfd has the mode in which write protection also holds on an unpopulated page (Linux 6.4). */
    offersUnpopulatedWatch: since<boolean>({ origin: false, 'linux-6.12': true }),
    /** Whether a large folio of device memory can be mapped by one entry (Linux 6.19). */
    hasLargeFolios: since<boolean>({ origin: false, 'linux-6.19': true }),
    /** Which of a process's pages are charged to its new control group when it joins one. */
    joinMoves: since<'all' | 'what-is-in-system-memory' | 'nothing'>({
      origin: 'what-is-in-system-memory',
      'linux-5.18': 'all',
      'linux-6.19': 'nothing',
    }),
  };
}

/**
 * The switches in which versions of the rules differ. A profile is data: the model reads it, and no rule asks for
 * a profile by name.
 */
export type Profile = Readonly<ReturnType<typeof profileOf>>;

/** Every profile by its name. */
export const PROFILES: { readonly [N in ProfileName]: Profile } = {
  origin: profileOf('origin'),
  'linux-4.14': profileOf('linux-4.14'),
  'linux-5.18': profileOf('linux-5.18'),
  'linux-6.1': profileOf('linux-6.1'),
  'linux-6.12': profileOf('linux-6.12'),
  'linux-6.19': profileOf('linux-6.19'),
  'linux-7.3': profileOf('linux-7.3'),
};

/** The profiles of one value of a switch. */
export const profilesWith = (holds: (profile: Profile) => boolean): readonly ProfileName[] =>
  ProfileName.options.filter((name) => holds(PROFILES[name]));

/** The profile by which a kernel is judged. */
export interface KernelProfile {
  readonly profile: ProfileName;
  /** Whether it is the profile of this version, and not the one of an older version. */
  readonly isOwn: boolean;
  /** The next profile, which has rules that a version without a profile of its own may follow already. */
  readonly next: ProfileName | undefined;
}

const LINUX_VERSION = /^(?:linux-)?(\d+)\.(\d+)(?![\d])/;

/** Major and minor version as one number that grows with the version; undefined if the text begins with no version. */
function versionOf(text: string): number | undefined {
  const [, major, minor] = LINUX_VERSION.exec(text) ?? [];
  return major === undefined ? undefined : Number(major) * 1000 + Number(minor);
}

/**
 * The newest profile that is not newer than a kernel; undefined if the kernel is older than every profile, or if the
 * text is not a version. A release candidate counts as the version that it leads to.
 *
 * @param release a version of Linux, as `7.3`, `6.15.2-1~bpo12+1` or `7.0.0-rc3+`
 */
export function profileForKernel(release: string): KernelProfile | undefined {
  const version = versionOf(release);
  if (version === undefined) return undefined;
  const { options } = ProfileName;
  const at = options.findLastIndex((name) => (versionOf(name) ?? Infinity) <= version);
  const profile = options[at];
  if (profile === undefined) return undefined;
  return { profile, isOwn: versionOf(profile) === version, next: options[at + 1] };
}

/** The reference count of a frame that so many entries name. */
export const referencesOf = (profile: Profile, entries: number): number =>
  profile.entryAllocatesIdleReference ? Math.max(profile.idleCount, entries) : profile.idleCount + entries;

/** What a frame's reference count is inside `page_free`. */
export const referencesInFree = (profile: Profile): number =>
  profile.entryAllocatesIdleReference ? 0 : profile.idleCount;

/** Whether a frame's reference count is never zero, not even for a moment. */
export const neverCountsZero = (profile: Profile): boolean =>
  profile.idleCount === 1 && !profile.entryAllocatesIdleReference;
