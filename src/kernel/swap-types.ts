import { type ProfileName, type Since, valueIn } from '../../spec/profiles/profile.ts';

/**
 * The table of swap types. A page-table entry that is not present has five bits for its type, so there are 32. The
 * special entries take some of them; the others are left for swap areas.
 */
export const SWAP_TYPE_BITS = 5;

/** Device entries, two flavours. A WRITE type is always the READ type plus one. */
const DEVICE_WRITE = 31;
export const DEVICE_READ = 30;
/** Entries that stand in while a page is being migrated. */
const MIGRATION_WRITE = 29;
export const MIGRATION_READ = 28;
/**
 * A page of system memory that a device has to itself. The second type of these is never made here: whether such a
 * page may be written when it is taken back, its mapping tells. It took room all the same, until it was dropped.
 */
const EXCLUSIVE_SECOND = 27;
export const EXCLUSIVE_TYPE = 26;
/** An entry whose page was lost. */
export const HWPOISON = 25;

/** Types that came later; this kernel never makes such entries, but they take room all the same. */
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

/** How many swap areas can be on at once: one for every type that is not reserved. */
export const usableSwapTypes = (profile: ProfileName): number =>
  (1 << SWAP_TYPE_BITS) - valueIn(RESERVED, profile).length;
