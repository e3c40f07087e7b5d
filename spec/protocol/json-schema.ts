import { z } from 'zod';
import { Command } from '../vocabulary/command.ts';
import { DriverEvent } from '../vocabulary/event.ts';
import { Result } from '../vocabulary/result.ts';
import { Scope } from '../vocabulary/scope.ts';
import {
  CaseReply,
  CaseRequest,
  ErrorReply,
  HelloReply,
  HelloRequest,
  ProgressReply,
  PROTOCOL_VERSION,
  WireEntry,
  WireFrame,
  WireObservation,
  WireState,
} from './wire.ts';

const REQUESTS = { HelloRequest, CaseRequest };
const REPLIES = { HelloReply, CaseReply, ProgressReply, ErrorReply };
const PARTS = {
  Command,
  Scope,
  Observation: WireObservation,
  Result,
  Event: DriverEvent,
  State: WireState,
  Entry: WireEntry,
  Frame: WireFrame,
};

/**
 * The JSON Schema of wire protocol v1: any message at its root, requests and replies separately under `$defs`. It
 * describes the form of a message; the page for adapter authors describes the further requirements of a scope and a
 * hello.
 */
export function protocolSchema(): object {
  const names = z.registry<{ id: string }>();
  for (const [id, schema] of Object.entries(PARTS)) names.add(schema, { id });

  const parts: Record<string, unknown> = {};
  const messages: Record<string, unknown> = {};
  for (const [name, schema] of Object.entries({ ...REQUESTS, ...REPLIES })) {
    const { $schema: _, $defs, ...message } = z.toJSONSchema(schema, { io: 'input', metadata: names });
    messages[name] = message;
    Object.assign(parts, $defs);
  }
  return {
    $schema: 'https://json-schema.org/draft/2020-12/schema',
    title: `zone-device-conformance wire protocol v${PROTOCOL_VERSION}`,
    description:
      'One JSON value a line: the suite writes requests to the standard input of an adapter and reads replies from ' +
      'its standard output. Fields that are not listed here are ignored.',
    anyOf: [{ $ref: '#/$defs/Request' }, { $ref: '#/$defs/Reply' }],
    $defs: {
      Request: oneOf(Object.keys(REQUESTS)),
      Reply: oneOf(Object.keys(REPLIES)),
      ...messages,
      ...parts,
    },
  };
}

const oneOf = (names: readonly string[]): object => ({
  oneOf: names.map((name) => ({ $ref: `#/$defs/${name}` })),
});
