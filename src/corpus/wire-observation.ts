import type { WireEntry, WireFrame, WireObservation, WireState } from '../../spec/protocol/wire.ts';
import type { Observation } from '../../spec/vocabulary/observation.ts';
import type { Scope } from '../../spec/vocabulary/scope.ts';
import {
  frameOf,
  HOLE,
  isDeviceEntry,
  isWriteEntry,
  POISON,
  PRESENT,
  type Snapshot,
} from '../../spec/vocabulary/snapshot.ts';
import type { Trace } from '../../spec/vocabulary/trace.ts';

/** The observations of a trace as the wire shows them; null for commands that were not sent. */
export const wireObservations = ({ observations, case: { scope } }: Trace): (WireObservation | null)[] =>
  observations.map((observation) => (observation === undefined ? null : wireObservation(observation, scope)));

/** An observation in the readable form of the wire, for files that people read. */
function wireObservation({ result, events, state }: Observation, scope: Scope): WireObservation {
  return {
    result: typeof result === 'object' ? [...result] : result,
    ...(events.length === 0 ? {} : { events: [...events] }),
    ...(state === undefined ? {} : { state: wireState(state, scope) }),
  };
}

function wireState(state: Snapshot, { processes, pages }: Scope): WireState {
  const { entries, refs, maps, least, rss, charged } = state;
  return {
    ...(entries === undefined
      ? {}
      : {
          entries: Array.from({ length: processes }, (_, process) =>
            entries.slice(process * pages, (process + 1) * pages).map(wireEntry),
          ),
        }),
    ...(refs === undefined
      ? {}
      : { frames: refs.map((count, frame) => wireFrame(count, frame, maps, least)) }),
    ...(rss === undefined ? {} : { rss: [...rss] }),
    ...(charged === undefined ? {} : { charged }),
  };
}

function wireFrame(
  refs: number,
  frame: number,
  maps: readonly number[] | undefined,
  least: readonly number[] | undefined,
): WireFrame {
  const low = least?.[frame];
  return { refs, maps: maps?.[frame] ?? 0, ...(low === undefined ? {} : { least: low }) };
}

function wireEntry(code: number): WireEntry {
  if (isDeviceEntry(code)) return { frame: frameOf(code), write: isWriteEntry(code) };
  if (code === HOLE) return 'hole';
  if (code === PRESENT) return 'present';
  return code === POISON ? 'poison' : 'unmapped';
}
