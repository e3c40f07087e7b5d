import type { DriverEvent } from '../vocabulary/event.ts';
import { NO_EVENTS } from '../vocabulary/observation.ts';
import { devicesIn, framesIn, isFrameBlock, type Scope } from '../vocabulary/scope.ts';
import { counted } from './counted.ts';
import { excerptOf } from './excerpt.ts';
import { isJsonObject, type JsonObject } from './json-object.ts';
import { Malformed } from './malformed.ts';
import type { Shows } from './shows.ts';

/**
 * Reads the callbacks of one step, or throws `Malformed`. Parts that the target did not declare to show are dropped.
 */
export function decodeEvents(events: unknown, scope: Scope, shows: Shows): readonly DriverEvent[] {
  if (events === undefined || !(shows.callbacks || shows.allocations)) return NO_EVENTS;
  if (!Array.isArray(events)) throw new Malformed(`events: ${excerptOf(events)} where a list was expected`);
  if (events.length === 0) return NO_EVENTS;
  const decoded: DriverEvent[] = [];
  for (let at = 0; at < events.length; at++) {
    const event = decodeEvent(events[at], at, scope, shows);
    if (event !== undefined) decoded.push(event);
  }
  return decoded;
}

function decodeEvent(event: unknown, at: number, scope: Scope, shows: Shows): DriverEvent | undefined {
  if (!isJsonObject(event)) throw new Malformed(`events[${at}]: ${excerptOf(event)} is not an object`);
  switch (event['event']) {
    case 'fault': {
      if (!shows.callbacks) return undefined;
      const process = indexIn(event, 'process', scope.processes, 'process', at);
      const page = indexIn(event, 'page', scope.pages, 'page', at);
      return { event: 'fault', process, page, ...whereOf(event, scope, at) };
    }
    case 'free': {
      if (!shows.callbacks) return undefined;
      const frame = indexIn(event, 'frame', framesIn(scope), 'frame', at);
      const refs = countIn(event, 'refs', at);
      const maps = countIn(event, 'maps', at);
      return {
        event: 'free',
        frame,
        ...(refs === undefined ? undefined : { refs }),
        ...(maps === undefined ? undefined : { maps }),
        ...largeOf(event, frame, scope, at),
      };
    }
    case 'alloc':
      if (!shows.allocations) return undefined;
      return decodeAlloc(event, scope, at);
    case 'split':
      if (!shows.splits) return undefined;
      return decodeSplit(event, scope, at);
    default:
      if (shows.unknownEvents && typeof event['event'] === 'string') return undefined;
      throw new Malformed(
        `events[${at}]: ${excerptOf(event['event'])} is no event; they are "fault", "free", "alloc" and "split"`,
      );
  }
}

function decodeAlloc(event: JsonObject, scope: Scope, at: number): DriverEvent {
  const frame = indexIn(event, 'frame', framesIn(scope), 'frame', at);
  return { event: 'alloc', frame, ...largeOf(event, frame, scope, at) };
}

function decodeSplit(event: JsonObject, scope: Scope, at: number): DriverEvent {
  const frame = indexIn(event, 'frame', framesIn(scope), 'frame', at);
  if (!isFrameBlock(scope, frame))
    throw new Malformed(`events[${at}] ("split"): no block of frames begins at frame ${frame}`);
  if (event['tail'] === undefined) return { event: 'split', frame };
  return { event: 'split', frame, tail: indexIn(event, 'tail', framesIn(scope), 'frame', at) };
}

/** Whether the event is for a large folio, if it says so. */
function largeOf(
  event: JsonObject,
  frame: number,
  scope: Scope,
  at: number,
): { readonly large?: boolean } | undefined {
  const large = event['large'];
  if (large === undefined || large === false) return undefined;
  const where = `events[${at}] (${excerptOf(event['event'])})`;
  if (large !== true)
    throw new Malformed(`${where}: large is ${excerptOf(large)} where true or false was expected`);
  if (isFrameBlock(scope, frame)) return { large };
  throw new Malformed(`${where}: no block of frames begins at frame ${frame}`);
}

/** The frame that a fault is for and the device whose driver was called, if the event contains them. */
function whereOf(
  event: JsonObject,
  scope: Scope,
  at: number,
): { readonly frame?: number; readonly device?: number } | undefined {
  const hasFrame = event['frame'] !== undefined;
  const hasDevice = event['device'] !== undefined;
  if (!hasFrame && !hasDevice) return undefined;
  return {
    ...(hasFrame && { frame: indexIn(event, 'frame', framesIn(scope), 'frame', at) }),
    ...(hasDevice && { device: indexIn(event, 'device', devicesIn(scope), 'device', at) }),
  };
}

function indexIn(event: JsonObject, field: string, size: number, thing: string, at: number): number {
  const value = event[field];
  if (typeof value === 'number' && Number.isInteger(value) && value >= 0 && value < size) return value;
  throw new Malformed(
    `events[${at}] (${excerptOf(event['event'])}): ${field} is ${excerptOf(value)}, the scope has ${counted(size, thing)}`,
  );
}

function countIn(event: JsonObject, field: string, at: number): number | undefined {
  const value = event[field];
  if (value === undefined || (typeof value === 'number' && Number.isSafeInteger(value))) return value;
  throw new Malformed(
    `events[${at}] ("free"): ${field} is ${excerptOf(value)} where an integer was expected`,
  );
}
