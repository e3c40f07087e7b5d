/**
 * What an inspection shows of a target, packed. Integers in plain arrays, so that a judge can compare a whole
 * snapshot in a few dozen nanoseconds; the readable form on the wire is in spec/protocol.
 *
 * Lengths follow from the case's scope: `entries` has processes × pages items, row by process (a dead process's
 * row is all `UNMAPPED`); `refs`, `maps` and `least` one item per frame; `rss` one per process.
 */
export interface Snapshot {
  readonly entries: readonly number[] | undefined;
  /** Reference counts of the device's frames, now. */
  readonly refs: readonly number[] | undefined;
  /** How many page-table entries name each frame. */
  readonly maps: readonly number[] | undefined;
  /** The least reference count of each frame since the last inspection: at rest a count of zero is never seen. */
  readonly least: readonly number[] | undefined;
  /** Resident private pages of each process, in pages. */
  readonly rss: readonly number[] | undefined;
  /** Pages charged to the control group of the case. */
  readonly charged: number | undefined;
}

/** Nothing is mapped here. */
export const UNMAPPED = 0;
/** Mapped; no page of its own yet: it reads zero. */
export const UNPOPULATED = 1;
/** A page in system memory (for a host mapping: the host page). */
export const PRESENT = 2;
/** The remains of a page that was lost: every touch fails. */
export const POISON = 3;
/** A device has the page, which is in system memory, to itself: a touch takes it back. */
export const EXCLUSIVE_ENTRY = 4;
/** From here on, device entries: two for each frame, the READ flavour first. */
const FIRST_DEVICE_CODE = 5;

/** The code of an entry that names a device frame, in its READ or its WRITE flavour. */
export const deviceEntry = (frame: number, write: boolean): number =>
  FIRST_DEVICE_CODE + 2 * frame + (write ? 1 : 0);

export const isDeviceEntry = (code: number): boolean => code >= FIRST_DEVICE_CODE;

/** The frame that a device entry names. */
export const frameOf = (code: number): number => (code - FIRST_DEVICE_CODE) >> 1;

/** Whether a device entry is of the WRITE flavour. */
export const isWriteEntry = (code: number): boolean => ((code - FIRST_DEVICE_CODE) & 1) === 1;
