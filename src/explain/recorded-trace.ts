import { decodeAnswer } from '../../spec/protocol/codec.ts';
import { encodeObservation } from '../../spec/protocol/encode-observation.ts';
import { showsOf } from '../../spec/protocol/shows.ts';
import type { WireObservation } from '../../spec/protocol/wire.ts';
import type { Capability } from '../../spec/vocabulary/capability.ts';
import type { Case } from '../../spec/vocabulary/case.ts';
import type { Observation } from '../../spec/vocabulary/observation.ts';
import type { Trace } from '../../spec/vocabulary/trace.ts';

/**
 * The trace in a file. Its observations were written in the form of the wire protocol, and are read like the reply of a
 * target. Undefined if they do not fit the case.
 */
export function recordedTrace(
  testCase: Case,
  capabilities: ReadonlySet<Capability>,
  observations: readonly (WireObservation | null)[],
): Trace | undefined {
  const { profile, scope, observe, commands } = testCase;
  if (observations.length !== commands.length) return undefined;
  const sent = commands.filter((_, step) => observations[step] !== null);
  const answer = decodeAnswer(
    JSON.stringify({ type: 'observations', id: 0, observations: observations.filter((one) => one !== null) }),
    { id: 0, profile, scope, observe, commands: sent },
    showsOf(capabilities),
  );
  if (answer.kind !== 'observations') return undefined;
  const answers = answer.observations.values();
  return {
    case: testCase,
    capabilities,
    observations: observations.map((one): Observation | undefined =>
      one === null ? undefined : answers.next().value,
    ),
  };
}

/** The observations of a trace in the form of the wire protocol; null for a command that was not sent. */
export const wireObservations = ({ observations, case: { scope } }: Trace): (WireObservation | null)[] =>
  observations.map((observation) =>
    observation === undefined ? null : encodeObservation(observation, scope),
  );
