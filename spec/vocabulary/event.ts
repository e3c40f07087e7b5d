import { z } from 'zod';

/**
 * What the device driver was asked to do, in order.
 *
 * - `fault`: the CPU touched a page of the device and `page_fault` was called, once per call, for the process and
 *   page that were touched; `frame` is the frame it was called for, `device` the device whose driver was called, where
 *   there are several.
 * - `free`: `page_free` was called for a frame; `refs` and `maps` are its counts as they stood inside the callback.
 * - `alloc`: the driver took a frame out of its own free ones.
 */
export const DriverEvent = z.discriminatedUnion('event', [
  z.object({
    event: z.literal('fault'),
    process: z.int(),
    page: z.int(),
    frame: z.int().optional(),
    device: z.int().optional(),
  }),
  z.object({ event: z.literal('free'), frame: z.int(), refs: z.int().optional(), maps: z.int().optional() }),
  z.object({ event: z.literal('alloc'), frame: z.int() }),
]);
export type DriverEvent = Readonly<z.infer<typeof DriverEvent>>;
