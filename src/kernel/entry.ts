import { DEVICE_READ, HWPOISON, MIGRATION_READ, SWAP_TYPE_BITS } from './swap-types.ts';

/**
 * Page-table entries, encoded as integers.
 *
 * - nothing: 0
 * - present: bit 0 set, bit 1 writable, the page frame number from bit 2 on
 * - not present, swap style: bit 0 clear, the swap type from bit 1 on, the page frame number above it
 *
 * Each WRITE swap type is a READ type plus one, so that bit 1 means "writable" in all that may be.
 */
const PRESENT_BIT = 1;
const WRITE_BIT = 2;
const PRESENT_SHIFT = 2;
const SWAP_SHIFT = SWAP_TYPE_BITS + 1;
/** Bit 0 and the swap type, but for the flavour. */
const KIND_MASK = ((1 << SWAP_SHIFT) - 1) & ~WRITE_BIT;
const DEVICE_KIND = DEVICE_READ << 1;
const MIGRATION_KIND = MIGRATION_READ << 1;

/** No page of its own here; whether anything is mapped, the VMA tells. */
export const NONE = 0;

/** The remains of a lost page. It names no frame. */
export const POISON_ENTRY = HWPOISON << 1;

export const presentEntry = (pfn: number, write: boolean): number =>
  (pfn << PRESENT_SHIFT) | (write ? WRITE_BIT : 0) | PRESENT_BIT;

export const deviceEntry = (pfn: number, write: boolean): number =>
  (pfn << SWAP_SHIFT) | DEVICE_KIND | (write ? WRITE_BIT : 0);

export const migrationEntry = (pfn: number, write: boolean): number =>
  (pfn << SWAP_SHIFT) | MIGRATION_KIND | (write ? WRITE_BIT : 0);

export const isPresent = (entry: number): boolean => (entry & PRESENT_BIT) !== 0;

export const isDevice = (entry: number): boolean => (entry & KIND_MASK) === DEVICE_KIND;

export const isMigration = (entry: number): boolean => (entry & KIND_MASK) === MIGRATION_KIND;

/** Writable, or of the WRITE flavour. */
export const isWritable = (entry: number): boolean => (entry & WRITE_BIT) !== 0;

/** The entry without its right to write: the READ flavour of a device or migration entry. */
export const readOnly = (entry: number): number => entry & ~WRITE_BIT;

/** A present entry with the right to write. There is no such step for device entries: READ never turns WRITE. */
export const writable = (entry: number): number => entry | WRITE_BIT;

/** The page frame number that the entry names; 0 for none. */
export const pfnOf = (entry: number): number =>
  (entry & PRESENT_BIT) === 0 ? entry >> SWAP_SHIFT : entry >> PRESENT_SHIFT;
