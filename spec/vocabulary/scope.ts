import { z } from 'zod';

/** The most processes that a world may have. */
export const MAX_PROCESSES = 8;

/** The most devices that a world may have. */
export const MAX_DEVICES = 2;

/** How many control groups there are in every world: a process begins in the first. */
export const CONTROL_GROUPS = 2;

/**
 * How large the world of a case is. A target makes exactly this much: so many process slots, so many pages in
 * each process, so many frames on each device, so many slots for pins; one device, where the number is left out.
 *
 * Frames are numbered through: with 3 frames, frame 4 is the second of device 1.
 *
 * @example `{ processes: 2, pages: 2, frames: 2, slots: 1 }`
 */
export const Scope = z.object({
  processes: z.int().min(1).max(MAX_PROCESSES),
  pages: z.int().min(1).max(16),
  frames: z.int().min(0).max(32),
  slots: z.int().min(0).max(8),
  devices: z.int().min(1).max(MAX_DEVICES).optional(),
});
export type Scope = Readonly<z.infer<typeof Scope>>;

export const devicesIn = (scope: Scope): number => scope.devices ?? 1;

/** How many frames there are, on all devices. */
export const framesIn = (scope: Scope): number => scope.frames * devicesIn(scope);

/** The largest value that a store may write: it fits in 15 bits, so that every cell of a page can hold it. */
export const LARGEST_VALUE = 32_767;

/** The most swap areas that one `swap-on` may ask for. */
export const MAX_SWAP_AREAS = 32;

/** What the file that can be mapped holds on each of its pages. */
export const fileValue = (page: number): number => 30_000 + page;
