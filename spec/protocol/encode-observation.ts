import type { z } from 'zod';
import type { Observation } from '../vocabulary/observation.ts';
import type { Scope } from '../vocabulary/scope.ts';
import {
  EXCLUSIVE_ENTRY,
  frameOf,
  UNPOPULATED,
  isWriteEntry,
  POISON,
  PRESENT,
  type Snapshot,
  UNMAPPED,
} from '../vocabulary/snapshot.ts';
import type { WireEntry, WireFrame, WireObservation, WireState } from './wire.ts';
import { type Answer, isBoth, isVector } from '../vocabulary/result.ts';

/** An observation in its readable form on the wire, for targets that reply over the wire and for recordings. */
export function encodeObservation({ result, events, state }: Observation, scope: Scope): WireObservation {
  return {
    result: isBoth(result)
      ? { left: encodeAnswer(result.left), right: encodeAnswer(result.right) }
      : encodeAnswer(result),
    ...(events.length > 0 && { events: [...events] }),
    ...(state !== undefined && { state: encodeState(state, scope) }),
  };
}

const encodeAnswer = (answer: Answer): z.infer<typeof Answer> => (isVector(answer) ? [...answer] : answer);

function encodeState(state: Snapshot, scope: Scope): WireState {
  const { entries, refs, rss, charged, whole, large } = state;
  const { processes, pages } = scope;
  return {
    ...(entries !== undefined && { entries: encodeEntries(entries, scope) }),
    ...(refs !== undefined && { frames: encodeFrames(refs, state) }),
    ...(rss !== undefined && { rss: [...rss] }),
    ...(charged !== undefined && { charged }),
    ...(whole !== undefined && {
      whole: Array.from({ length: processes }, (_, process) =>
        whole.slice(process * pages, (process + 1) * pages),
      ),
    }),
    ...(large !== undefined && { large: [...large] }),
  };
}

/** A packed snapshot does not distinguish dead processes: the row of a dead process consists of unmapped pages. */
function encodeEntries(entries: readonly number[], { processes, pages }: Scope): WireEntry[][] {
  return Array.from({ length: processes }, (_, process) =>
    entries.slice(process * pages, (process + 1) * pages).map(encodeEntry),
  );
}

function encodeEntry(code: number): WireEntry {
  switch (code) {
    case UNMAPPED:
      return 'unmapped';
    case UNPOPULATED:
      return 'hole';
    case PRESENT:
      return 'present';
    case POISON:
      return 'poison';
    case EXCLUSIVE_ENTRY:
      return 'exclusive';
    default:
      return { frame: frameOf(code), write: isWriteEntry(code) };
  }
}

function encodeFrames(refs: readonly number[], { maps, least }: Snapshot): WireFrame[] {
  return refs.map((count, frame) => {
    const lowest = least?.[frame];
    return { refs: count, maps: maps?.[frame] ?? 0, ...(lowest !== undefined && { least: lowest }) };
  });
}
