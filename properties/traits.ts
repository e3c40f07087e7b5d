// The history of a content, as the bits of a mask, so that a property can select the reads that it is about.

/** A migration moved it. */
export const MOVED = 1;
/** A migration sent it to the device, and no later result shows that it was migrated to system memory. */
export const SENT = 2;
/** It was sent to the second device. */
export const SENT_TO_SECOND = 4;
/** It was unpopulated when a migration moved it, and has not been stored to since. */
export const BORN_BY_MIGRATION = 8;
/** The device wrote to it last. */
export const WRITTEN_BY_DEVICE = 16;
/** The kernel wrote to it last. */
export const WRITTEN_BY_KERNEL = 32;
/** The device wrote to it last, by an exchange. */
export const EXCHANGED = 64;
/** A fork shared it. */
export const SHARED_CODE = 128;
/** It was populated. */
export const POPULATED = 256;
/** It was the subject of advice. */
export const ADVISED = 512;
/** It is a copy of a page of the file. */
export const COPIED_FROM_FILE = 1024;
/** At some time it could have been on a device. */
export const ROAMED = 2048;

/** The traits that the next store clears. */
export const OF_LAST_STORE = BORN_BY_MIGRATION | WRITTEN_BY_DEVICE | WRITTEN_BY_KERNEL | EXCHANGED;
/** The traits that describe its location. */
export const OF_PLACE = SENT | SENT_TO_SECOND;

/** The device that it was sent to, if it was. */
export const homeOf = (traits: number): number | undefined =>
  (traits & SENT) === 0 ? undefined : (traits & SENT_TO_SECOND) === 0 ? 0 : 1;
