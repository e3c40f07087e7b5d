import { z } from 'zod';

/**
 * How large the world of a case is. A target makes exactly this much: so many process slots, so many pages in
 * each process, so many frames on the device, so many slots for pins.
 *
 * @example `{ processes: 2, pages: 2, frames: 2, slots: 1 }`
 */
export const Scope = z.object({
  processes: z.int().min(1).max(8),
  pages: z.int().min(1).max(16),
  frames: z.int().min(0).max(32),
  slots: z.int().min(0).max(8),
});
export type Scope = Readonly<z.infer<typeof Scope>>;

/** The largest value that a store may write: it fits in 15 bits, so that every cell of a page can hold it. */
export const LARGEST_VALUE = 32_767;

/** The most swap areas that one `swap-on` may ask for. */
export const MOST_SWAP_AREAS = 32;
