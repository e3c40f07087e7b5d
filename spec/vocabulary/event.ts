import { z } from 'zod';

/**
 * The calls of the device driver, in order.
 *
 * - `fault`: the CPU accessed a page of the device and `page_fault` was called, once per call, for the process and page
 *   of the access; `frame` is the frame it was called for, `device` the device whose driver was called, if there are
 *   several.
 * - `free`: `page_free` was called for a frame; `refs` and `maps` are its counts inside the callback.
 * - `alloc`: the driver allocated one of its free frames.
 * - `split`: `folio_split` was called while the large folio whose first frame is `frame` was split: for each further
 *   frame as `tail`, in order, and then once without `tail`.
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
  z.object({ event: z.literal('split'), frame: z.int(), tail: z.int().optional() }),
]);
export type DriverEvent = Readonly<z.infer<typeof DriverEvent>>;

/** A call by which a frame, or the frames of a large folio, are allocated or freed. */
export type FrameEvent = Extract<DriverEvent, { readonly event: 'free' | 'alloc' }>;

export const isFrameEvent = (event: DriverEvent): event is FrameEvent =>
  event.event === 'free' || event.event === 'alloc';
