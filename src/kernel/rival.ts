/**
 * The other one of two commands at once. All happens in one thread, and yet they meet: the first lets it in at its
 * window, between what it looked up and what it does with that, where a kernel holds no lock; from there on it must find
 * out that the world has changed.
 */
export interface Rival {
  /** The process whose mappings it needs, by its slot: where they are locked it must wait. -1 for none. */
  readonly needs: number;
  /** Does all of it. */
  readonly run: () => void;
}
