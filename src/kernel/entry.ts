import { DEVICE_READ, EXCLUSIVE_TYPE, HWPOISON, MIGRATION_READ, SWAP_TYPE_BITS } from './swap-types.ts';

/**
 * Page-table entries, encoded as integers. Nothing is 0; in all others the page frame number is from bit 8 on. What is
 * below it differs, as it does in hardware, so that whoever reads an entry of one sort as the other reads nonsense:
 *
 * - present: bit 0 set, bit 1 writable, bit 3 watched for stores, bit 4 soft-dirty
 * - not present, swap style: bit 0 clear, bit 1 soft-dirty, bit 2 watched for stores, the swap type from bit 3 on
 *
 * Each WRITE swap type is a READ type plus one, so that bit 3 means "writable" in all that may be.
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
/** Bit 0 and the swap type, but for the flavour. */
const KIND_MASK = (((1 << SWAP_TYPE_BITS) - 1) << SWAP_TYPE_SHIFT) & ~SWAP_WRITE_BIT;
const KIND_OR_PRESENT = KIND_MASK | PRESENT_BIT;
const DEVICE_KIND = DEVICE_READ << SWAP_TYPE_SHIFT;
const MIGRATION_KIND = MIGRATION_READ << SWAP_TYPE_SHIFT;
const EXCLUSIVE_KIND = EXCLUSIVE_TYPE << SWAP_TYPE_SHIFT;

/** No page of its own here; whether anything is mapped, the VMA tells. */
export const NONE = 0;

/** The remains of a lost page. It names no frame. */
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

/** Writable, or of the WRITE flavour. */
export const isWritable = (entry: number): boolean =>
  (entry & (isPresent(entry) ? WRITE_BIT : SWAP_WRITE_BIT)) !== 0;

/** The entry without its right to write: the READ flavour of a device or migration entry. */
export const readOnly = (entry: number): number => entry & ~(isPresent(entry) ? WRITE_BIT : SWAP_WRITE_BIT);

/** The entry with the right to write. A device entry never gets it where it stands: READ never turns WRITE. */
export const writable = (entry: number): number => entry | (isPresent(entry) ? WRITE_BIT : SWAP_WRITE_BIT);

/** The page frame number that the entry names; 0 for none. */
export const pfnOf = (entry: number): number => entry >> PFN_SHIFT;

/** Whether the page was stored to since it was last made clean, as far as the entry knows. */
export const isSoftDirty = (entry: number): boolean =>
  (entry & (isPresent(entry) ? SOFT_DIRTY_BIT : SWAP_SOFT_DIRTY_BIT)) !== 0;

export const dirtied = (entry: number): number =>
  entry | (isPresent(entry) ? SOFT_DIRTY_BIT : SWAP_SOFT_DIRTY_BIT);

export const cleaned = (entry: number): number =>
  entry & ~(isPresent(entry) ? SOFT_DIRTY_BIT : SWAP_SOFT_DIRTY_BIT);

/** Whether stores to the page are trapped. */
export const isWatched = (entry: number): boolean =>
  (entry & (isPresent(entry) ? WATCHED_BIT : SWAP_WATCHED_BIT)) !== 0;

export const watched = (entry: number): number => entry | (isPresent(entry) ? WATCHED_BIT : SWAP_WATCHED_BIT);

export const unwatched = (entry: number): number =>
  entry & ~(isPresent(entry) ? WATCHED_BIT : SWAP_WATCHED_BIT);

/** An entry with what another one knows of its page: whether it is soft-dirty, and whether it is watched. */
export function trackedLike(entry: number, other: number): number {
  const tracked = isSoftDirty(other) ? dirtied(entry) : entry;
  return isWatched(other) ? watched(tracked) : tracked;
}
