import { encodeObservation } from '../../spec/protocol/encode-observation.ts';
import type { WireObservation } from '../../spec/protocol/wire.ts';
import type { Trace } from '../../spec/vocabulary/trace.ts';

/** The observations of a trace in the form of the wire protocol; null for a command that was not sent. */
export const wireObservations = ({ observations, case: { scope } }: Trace): (WireObservation | null)[] =>
  observations.map((observation) =>
    observation === undefined ? null : encodeObservation(observation, scope),
  );
