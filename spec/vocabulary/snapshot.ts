/**
 * The state of a target at an inspection, packed: integers in plain arrays, so that a judge can compare a whole
 * snapshot in a few dozen nanoseconds. The readable form on the wire is in spec/protocol.
 *
 * Lengths follow from the case's scope: `entries` has processes × pages items, row by process (a dead process's row is
 * all `UNMAPPED`); `refs`, `maps` and `least` one item per frame; `rss` one per process.
 */
export interface Snapshot {
  readonly entries: readonly number[] | undefined;
  /** Current reference counts of the device's frames. */
  readonly refs: readonly number[] | undefined;
  /** Number of page-table entries that name each frame. */
  readonly maps: readonly number[] | undefined;
  /** The minimum reference count of each frame since the last inspection: at rest a count of zero is never visible. */
  readonly least: readonly number[] | undefined;
  /** Resident private pages of each process, in pages. */
  readonly rss: readonly number[] | undefined;
  /** Pages charged to the control group of the case. */
  readonly charged: number | undefined;
  /** In a world with blocks, for each entry whether it is part of a whole entry: one entry for all pages of a block. */
  readonly whole?: readonly boolean[] | undefined;
  /** In a world with blocks, for each frame whether a large folio is on it. */
  readonly large?: readonly boolean[] | undefined;
}

/** No mapping. */
export const UNMAPPED = 0;
/** Mapped and unpopulated: it reads zero. */
export const UNPOPULATED = 1;
/** A page in system memory (for a host mapping: the host page). */
export const PRESENT = 2;
/** A poison entry of a page that was lost: every access fails. */
export const POISON = 3;
/** A device has exclusive access to the page, which is in system memory; an access of the CPU ends that. */
export const EXCLUSIVE_ENTRY = 4;
/** Device entries start here: two for each frame, the READ entry first. */
const FIRST_DEVICE_CODE = 5;

/** The code of a READ or WRITE entry that names a device frame. */
export const deviceEntry = (frame: number, write: boolean): number =>
  FIRST_DEVICE_CODE + 2 * frame + (write ? 1 : 0);

export const isDeviceEntry = (code: number): boolean => code >= FIRST_DEVICE_CODE;

/** The frame that a device entry names. */
export const frameOf = (code: number): number => (code - FIRST_DEVICE_CODE) >> 1;

/** Whether a device entry is a WRITE entry. */
export const isWriteEntry = (code: number): boolean => ((code - FIRST_DEVICE_CODE) & 1) === 1;
