import type { Command } from '../vocabulary/command.ts';
import type { Observation } from '../vocabulary/observation.ts';
import type { Scope } from '../vocabulary/scope.ts';
import { decodeEvents } from './decode-events.ts';
import { decodeResult } from './decode-result.ts';
import { decodeState } from './decode-state.ts';
import type { JsonObject } from './json-object.ts';
import type { Shows } from './shows.ts';

/** Reads the observation of one command, or throws `Malformed`. A state that is not due is ignored. */
export const decodeObservation = (
  wire: JsonObject,
  command: Command,
  scope: Scope,
  shows: Shows,
  stateIsDue: boolean,
): Observation => ({
  result: decodeResult(wire['result'], command),
  events: decodeEvents(wire['events'], scope, shows),
  state: stateIsDue ? decodeState(wire['state'], scope, shows) : undefined,
});
