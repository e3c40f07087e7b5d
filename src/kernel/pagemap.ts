/** Device memory that the CPU addresses like any other. */
export const PAGEMAP_HOST = 0;
/** Device memory that the CPU cannot address: only its struct pages exist. */
export const PAGEMAP_PRIVATE = 1;
type MemoryType = typeof PAGEMAP_HOST | typeof PAGEMAP_PRIVATE;

/** What came of a page_fault: the page is back in system memory; */
export const FAULT_DONE = 0;
/** it cannot be had back; */
export const FAULT_SIGBUS = 1;
/** there was no system page to bring it back to. */
export const FAULT_OOM = 2;
export type FaultResult = typeof FAULT_DONE | typeof FAULT_SIGBUS | typeof FAULT_OOM;

/** A range of page frame numbers. */
export interface Resource {
  readonly start: number;
  readonly count: number;
}

/**
 * One range of device memory and who looks after it. `P` is the struct page: a parameter only because that in turn
 * names its pagemap.
 */
export interface DevPagemap<P> {
  readonly type: MemoryType;
  readonly res: Resource;
  /** How many of its pages are handed out; the pagemap must not go before they came back. */
  ref: number;
  /** Whose memory it is: what has one owner may be used and migrated by any of its devices. */
  readonly owner: unknown;
  /** The device, for people. */
  readonly dev: string;
  /** The driver's own, handed to `pageFree`. */
  readonly data: unknown;
  /** Where the struct pages themselves are kept, if on the device; here never. */
  readonly altmap: Resource | undefined;
  /** The CPU touched a page: bring it back. A process is named by its slot. PRIVATE only. */
  readonly pageFault: ((process: number, index: number, page: P) => FaultResult) | undefined;
  /** A page lost its last reference but the idle one. PRIVATE only. */
  readonly pageFree: ((page: P, data: unknown) => void) | undefined;
}
