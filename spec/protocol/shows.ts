import type { Capability } from '../vocabulary/capability.ts';

/** What a target promised to show, as flags that cost nothing to ask in the reading of every observation. */
export interface Shows {
  readonly callbacks: boolean;
  readonly allocations: boolean;
  readonly entries: boolean;
  readonly frames: boolean;
  readonly minCount: boolean;
  readonly accounting: boolean;
  /** Whether it may send events that we have no name for: it declared capabilities that we do not know. */
  readonly unknownEvents: boolean;
}

export function showsOf(capabilities: ReadonlySet<Capability>, unknownEvents = false): Shows {
  return {
    callbacks: capabilities.has('callbacks'),
    allocations: capabilities.has('allocations'),
    entries: capabilities.has('entries'),
    frames: capabilities.has('frames'),
    minCount: capabilities.has('least-count'),
    accounting: capabilities.has('accounting'),
    unknownEvents,
  };
}
