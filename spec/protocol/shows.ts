import type { Capability } from '../vocabulary/capability.ts';

/** The declared parts of the state, as flags, because they are consulted for every observation. */
export interface Shows {
  readonly callbacks: boolean;
  readonly allocations: boolean;
  readonly splits: boolean;
  readonly entries: boolean;
  readonly frames: boolean;
  readonly minCount: boolean;
  readonly accounting: boolean;
  /** Whole entries and large folios, in a world with blocks. */
  readonly folios: boolean;
  /**
   * Whether it may send events that this suite does not know, because it declared capabilities that the suite does not
   * know.
   */
  readonly unknownEvents: boolean;
}

export function showsOf(capabilities: ReadonlySet<Capability>, unknownEvents = false): Shows {
  return {
    callbacks: capabilities.has('callbacks'),
    allocations: capabilities.has('allocations'),
    splits: capabilities.has('split-callbacks'),
    entries: capabilities.has('entries'),
    frames: capabilities.has('frames'),
    minCount: capabilities.has('least-count'),
    accounting: capabilities.has('accounting'),
    folios: capabilities.has('large-folios'),
    unknownEvents,
  };
}
