import { z } from 'zod';

/**
 * The calls of the device driver, in order.
 *
 * - `fault`: the CPU accessed a page of the device and `page_fault` was called, once per call, for the process and page
 *   of the access; `frame` is the frame it was called for, `device` the device whose driver was called, if there are
 *   several.
 * - `free`: `page_free` was called for a frame; `refs` and `maps` are its counts inside the callback.
 * - `alloc`: the driver allocated one of its free frames.
 *
 * With `large`, `free` and `alloc` are for all frames of the block that begins at `frame`, as one large folio.
 */
export const DriverEvent = z.discriminatedUnion('event', [
  z.object({
    event: z.literal('fault'),
    process: z.int(),
    page: z.int(),
    frame: z.int().optional(),
    device: z.int().optional(),
  }),
  z.object({
    event: z.literal('free'),
    frame: z.int(),
    refs: z.int().optional(),
    maps: z.int().optional(),
    large: z.boolean().optional(),
  }),
  z.object({ event: z.literal('alloc'), frame: z.int(), large: z.boolean().optional() }),
]);
export type DriverEvent = Readonly<z.infer<typeof DriverEvent>>;
