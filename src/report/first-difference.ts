import { isDeepStrictEqual } from 'node:util';
import type { WireObservation } from '../../spec/protocol/wire.ts';
import type { Trace } from '../../spec/vocabulary/trace.ts';
import { wireObservations } from '../corpus/wire-observation.ts';

/** The observations of one step, as recorded and in this run. */
export interface Difference {
  readonly step: number;
  readonly recorded: string;
  readonly seen: string;
}

/**
 * The first step at which the target differs from the recorded observations. It shows where to look if a failure does
 * not occur again.
 */
export function firstDifference(
  recorded: readonly (WireObservation | null)[],
  trace: Trace,
): Difference | undefined {
  const seen = wireObservations(trace);
  for (let step = 0; step < Math.max(recorded.length, seen.length); step++) {
    const [one, other] = [recorded[step], seen[step]];
    if (!isDeepStrictEqual(one, other)) return { step, recorded: inWords(one), seen: inWords(other) };
  }
  return undefined;
}

const inWords = (observation: WireObservation | null | undefined): string =>
  observation === undefined || observation === null ? 'not sent' : JSON.stringify(observation);
