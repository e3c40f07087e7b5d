import { encodeObservation } from '../../spec/protocol/encode-observation.ts';
import type { WireObservation } from '../../spec/protocol/wire.ts';
import type { Trace } from '../../spec/vocabulary/trace.ts';

/** The observations of a trace in the readable form of the wire, for files that people read; null for what was not sent. */
export const wireObservations = ({ observations, case: { scope } }: Trace): (WireObservation | null)[] =>
  observations.map((observation) =>
    observation === undefined ? null : encodeObservation(observation, scope),
  );
