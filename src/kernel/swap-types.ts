import type { ProfileName } from '../../spec/profiles/profile.ts';

/**
 * The table of swap types. A page-table entry that is not present has five bits for its type, so there are 32. The
 * special entries take theirs from the upper end; what lies below the lowest of them is left for swap areas.
 */
export const SWAP_TYPE_BITS = 5;

/** Device entries, two flavours. A WRITE type is always the READ type plus one. */
const DEVICE_WRITE = 31;
export const DEVICE_READ = 30;
/** Entries that stand in while a page is being migrated. */
const MIGRATION_WRITE = 29;
export const MIGRATION_READ = 28;
/** An entry whose page was lost. */
export const HWPOISON = 27;

/** Types that came after the origin; this kernel never makes such entries, but they take room all the same. */
const EXCLUSIVE_WRITE = 26;
const EXCLUSIVE_READ = 25;
const MIGRATION_READ_EXCLUSIVE = 24;
const PTE_MARKER = 23;
const SWAPIN_ERROR = 22;

const RESERVED_IN_ORIGIN = [DEVICE_WRITE, DEVICE_READ, MIGRATION_WRITE, MIGRATION_READ, HWPOISON];

const RESERVED: { readonly [N in ProfileName]: readonly number[] } = {
  origin: RESERVED_IN_ORIGIN,
  'linux-6.1': [
    ...RESERVED_IN_ORIGIN,
    EXCLUSIVE_WRITE,
    EXCLUSIVE_READ,
    MIGRATION_READ_EXCLUSIVE,
    PTE_MARKER,
    SWAPIN_ERROR,
  ],
};

/** How many swap areas can be on at once: the types below every reserved one. */
export const usableSwapTypes = (profile: ProfileName): number => Math.min(...RESERVED[profile]);
