/**
 * The other one of two commands at once. All happens in one thread, and yet they meet: the first lets it in at its
 * window, between what it looked up and what it does with that, where a kernel holds no lock; from there on it must find
 * out that the world has changed.
 */
export interface ConcurrentCommand {
  /** The process whose mappings it needs, by its slot: where they are locked it must wait. -1 for none. */
  readonly needs: number;
  /** The process whose mappings it changes: while somebody looks at one of its pages it must wait. -1 for none. */
  readonly changes: number;
  /** The process whose page table it looks into by address: while entries move there it must wait. -1 for none. */
  readonly looksInto: number;
  /** Whether it takes a device away: it must wait until nobody holds a frame. */
  readonly drains: boolean;
  /** Does all of it. */
  readonly run: () => void;
}
