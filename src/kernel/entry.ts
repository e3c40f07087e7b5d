import { type ProfileName, type Since, valueIn } from '../../spec/profiles/profile.ts';

// Swap types

/**
 * A page-table entry that is not present has a five-bit type, so there are 32 swap types. The special entries reserve
 * some of them; the others are left for swap areas. A WRITE type is always the READ type plus one.
 */
const SWAP_TYPE_BITS = 5;

const DEVICE_WRITE = 31;
const DEVICE_READ = 30;
const MIGRATION_WRITE = 29;
const MIGRATION_READ = 28;
/**
 * The second type of device-exclusive entries. It is reserved until Linux 6.19 but never made here: the VMA decides
 * whether a restored page is writable.
 */
const EXCLUSIVE_SECOND = 27;
const EXCLUSIVE_TYPE = 26;
const HWPOISON = 25;

/** Types of later versions. This kernel never makes such entries, but the types are reserved. */
const MIGRATION_READ_EXCLUSIVE = 24;
const PTE_MARKER = 23;
const SWAPIN_ERROR = 22;

const IN_ORIGIN = [DEVICE_WRITE, DEVICE_READ, MIGRATION_WRITE, MIGRATION_READ, HWPOISON];
const IN_5_18 = [...IN_ORIGIN, EXCLUSIVE_TYPE, EXCLUSIVE_SECOND];
const IN_6_12 = [...IN_5_18, MIGRATION_READ_EXCLUSIVE, PTE_MARKER];
const IN_6_1 = [...IN_6_12, SWAPIN_ERROR];

const RESERVED: Since<readonly number[]> = {
  origin: IN_ORIGIN,
  'linux-5.18': IN_5_18,
  'linux-6.1': IN_6_1,
  'linux-6.12': IN_6_12,
  'linux-6.19': IN_6_12.filter((type) => type !== EXCLUSIVE_SECOND),
};

/** The number of swap areas that can be enabled at the same time: one for each type that is not reserved. */
export const usableSwapTypes = (profile: ProfileName): number =>
  (1 << SWAP_TYPE_BITS) - valueIn(RESERVED, profile).length;

// Encoding

/*
 * Page-table entries are integers. An empty entry is 0; in all others the page frame number starts at bit 8. The bits
 * below it differ, as they do in hardware, so that decoding an entry as the wrong kind gives a wrong result:
 *
 * - present: bit 0 set, bit 1 writable, bit 3 write-protected by userfaultfd, bit 4 soft-dirty
 * - swap entry: bit 0 clear, bit 1 soft-dirty, bit 2 write-protected by userfaultfd, swap type from bit 3
 *
 * Bit 3 of a device or migration entry is therefore its WRITE bit.
 */
const PRESENT_BIT = 1;
const WRITE_BIT = 1 << 1;
const WATCHED_BIT = 1 << 3;
const SOFT_DIRTY_BIT = 1 << 4;

const SWAP_SOFT_DIRTY_BIT = 1 << 1;
const SWAP_WATCHED_BIT = 1 << 2;
const SWAP_TYPE_SHIFT = 3;
const SWAP_WRITE_BIT = 1 << SWAP_TYPE_SHIFT;

const PFN_SHIFT = SWAP_TYPE_SHIFT + SWAP_TYPE_BITS;
/** The swap type without its WRITE bit. */
const KIND_MASK = (((1 << SWAP_TYPE_BITS) - 1) << SWAP_TYPE_SHIFT) & ~SWAP_WRITE_BIT;
const KIND_OR_PRESENT = KIND_MASK | PRESENT_BIT;
const DEVICE_KIND = DEVICE_READ << SWAP_TYPE_SHIFT;
const MIGRATION_KIND = MIGRATION_READ << SWAP_TYPE_SHIFT;
const EXCLUSIVE_KIND = EXCLUSIVE_TYPE << SWAP_TYPE_SHIFT;

/** An empty entry. The VMA tells whether the page is mapped. */
export const NONE = 0;

/** The entry of a lost page. It contains no page frame number. */
export const POISON_ENTRY = HWPOISON << SWAP_TYPE_SHIFT;

export const presentEntry = (pfn: number, write: boolean): number =>
  (pfn << PFN_SHIFT) | (write ? WRITE_BIT : 0) | PRESENT_BIT;

export const makeDeviceEntry = (pfn: number, write: boolean): number =>
  (pfn << PFN_SHIFT) | DEVICE_KIND | (write ? SWAP_WRITE_BIT : 0);

export const migrationEntry = (pfn: number, write: boolean): number =>
  (pfn << PFN_SHIFT) | MIGRATION_KIND | (write ? SWAP_WRITE_BIT : 0);

export const exclusiveEntry = (pfn: number): number => (pfn << PFN_SHIFT) | EXCLUSIVE_KIND;

export const isPresent = (entry: number): boolean => (entry & PRESENT_BIT) !== 0;

export const isDevice = (entry: number): boolean => (entry & KIND_OR_PRESENT) === DEVICE_KIND;

export const isMigration = (entry: number): boolean => (entry & KIND_OR_PRESENT) === MIGRATION_KIND;

export const isExclusiveEntry = (entry: number): boolean => (entry & KIND_OR_PRESENT) === EXCLUSIVE_KIND;

/** The page frame number in the entry; 0 if there is none. */
export const pfnOf = (entry: number): number => entry >> PFN_SHIFT;

/** The entry that a page of a whole entry would have by itself: the pages of a large folio follow each other. */
export const entryWithin = (whole: number, offset: number): number => whole + (offset << PFN_SHIFT);

// Access rights

export const isWritable = (entry: number): boolean =>
  (entry & (isPresent(entry) ? WRITE_BIT : SWAP_WRITE_BIT)) !== 0;

export const readOnly = (entry: number): number => entry & ~(isPresent(entry) ? WRITE_BIT : SWAP_WRITE_BIT);

/** The writable form of an entry. A correct kernel does not use it on a device entry: READ is never upgraded to WRITE. */
export const writable = (entry: number): number => entry | (isPresent(entry) ? WRITE_BIT : SWAP_WRITE_BIT);

// Soft-dirty and userfaultfd bits

/** Whether the entry records a store since its soft-dirty bit was cleared. */
export const isSoftDirty = (entry: number): boolean =>
  (entry & (isPresent(entry) ? SOFT_DIRTY_BIT : SWAP_SOFT_DIRTY_BIT)) !== 0;

export const dirtied = (entry: number): number =>
  entry | (isPresent(entry) ? SOFT_DIRTY_BIT : SWAP_SOFT_DIRTY_BIT);

export const cleaned = (entry: number): number =>
  entry & ~(isPresent(entry) ? SOFT_DIRTY_BIT : SWAP_SOFT_DIRTY_BIT);

/** Whether userfaultfd write-protects the page, so that stores to it are trapped. */
export const isWatched = (entry: number): boolean =>
  (entry & (isPresent(entry) ? WATCHED_BIT : SWAP_WATCHED_BIT)) !== 0;

export const watched = (entry: number): number => entry | (isPresent(entry) ? WATCHED_BIT : SWAP_WATCHED_BIT);

export const unwatched = (entry: number): number =>
  entry & ~(isPresent(entry) ? WATCHED_BIT : SWAP_WATCHED_BIT);

/** An entry with the soft-dirty and userfaultfd bits of another one added. */
export function trackedLike(entry: number, other: number): number {
  const tracked = isSoftDirty(other) ? dirtied(entry) : entry;
  return isWatched(other) ? watched(tracked) : tracked;
}
