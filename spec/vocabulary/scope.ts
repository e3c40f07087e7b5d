import { z } from 'zod';

/** Maximum number of processes in a world. */
export const MAX_PROCESSES = 8;

/** Maximum number of devices in a world. */
export const MAX_DEVICES = 2;

/** Maximum number of pages in a block: of a large folio. */
const MAX_BLOCK = 8;

/** Number of control groups in every world: a process begins in the first. */
export const CONTROL_GROUPS = 2;

/**
 * The world size of a case. A target creates exactly this many process slots, pages in each process, frames on each
 * device, and slots for pins; one device if their number is omitted.
 *
 * Frames are numbered consecutively: with 3 frames, frame 4 is the second of device 1.
 *
 * @example `{ processes: 2, pages: 2, frames: 2, slots: 1 }`
 */
export const Scope = z.object({
  processes: z.int().min(1).max(MAX_PROCESSES),
  pages: z.int().min(1).max(16),
  frames: z.int().min(0).max(32),
  slots: z.int().min(0).max(8),
  devices: z.int().min(1).max(MAX_DEVICES).optional(),
  /** Number of pages in a large folio; a world without it has base pages only. */
  block: z.int().min(2).max(MAX_BLOCK).optional(),
});
export type Scope = Readonly<z.infer<typeof Scope>>;

export const devicesIn = (scope: Scope): number => scope.devices ?? 1;

/** Number of pages in a block; 1 in a world of base pages. */
export const blockIn = (scope: Scope): number => scope.block ?? 1;

/** The first page of the block that a page belongs to. Pages after the last complete block belong to none. */
export function blockStart(scope: Scope, page: number): number | undefined {
  const block = blockIn(scope);
  const first = page - (page % block);
  return block > 1 && first + block <= scope.pages ? first : undefined;
}

/** Whether a device has a block of frames that begins at this frame. */
export function isFrameBlock(scope: Scope, frame: number): boolean {
  const block = blockIn(scope);
  const within = frame % scope.frames;
  return block > 1 && within % block === 0 && within + block <= scope.frames;
}

/** A number that is different for different worlds. */
export const scopeKey = (scope: Scope): number =>
  [scope.processes, scope.pages, scope.slots, devicesIn(scope), blockIn(scope)].reduce(
    (key, size) => key * 32 + size,
    scope.frames,
  );

/** Number of frames on all devices. */
export const framesIn = (scope: Scope): number => scope.frames * devicesIn(scope);

/** The largest value that a store may write: it fits in 15 bits, so that every cell of a page can hold it. */
export const LARGEST_VALUE = 32_767;

/** Maximum number of swap areas that one `swap-on` may request. */
export const MAX_SWAP_AREAS = 32;

/** The content of each page of the file that can be mapped. */
export const fileValue = (page: number): number => 30_000 + page;
