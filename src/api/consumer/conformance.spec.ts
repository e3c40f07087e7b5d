import { embedded } from 'zone-device-conformance';
import { conformance } from 'zone-device-conformance/vitest';

// A planted bug, on a target that shows the entries.
conformance(
  () =>
    embedded({
      mutant: 'fork-keeps-parent-write',
      capabilities: ['fork', 'entries', 'every-step', 'callbacks'],
    }),
  { profiles: ['origin'], runs: 20, seed: 1 },
);
