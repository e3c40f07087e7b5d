import { readFileSync, writeFileSync } from 'node:fs';
import { format, resolveConfig } from 'prettier';
import { z } from 'zod';
import { ARGUMENTS } from '../vocabulary/arguments.ts';
import { Command, RaceSide } from '../vocabulary/command.ts';
import { COMMANDS } from '../vocabulary/commands.ts';
import { DriverEvent } from '../vocabulary/event.ts';
import { Answer, Result } from '../vocabulary/result.ts';
import { Scope } from '../vocabulary/scope.ts';
import { RECORDING_VERSION, RecordingHeader, RecordingStep } from './recording.ts';
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

const pascal = (name: string): string =>
  name.replaceAll(/(?:^|-)([a-z])/g, (_, letter: string) => letter.toUpperCase());

/** The parts that the schemas share, by their name under `$defs`: arguments, commands, and parts of observations. */
const PARTS: Readonly<Record<string, z.ZodType>> = {
  ...Object.fromEntries(Object.entries(ARGUMENTS).map(([kind, schema]) => [pascal(kind), schema])),
  ...Object.fromEntries(Object.values(COMMANDS).map(({ op, schema }) => [op, schema])),
  Command,
  RaceSide,
  Scope,
  Observation: WireObservation,
  Answer,
  Result,
  Event: DriverEvent,
  State: WireState,
  Entry: WireEntry,
  Frame: WireFrame,
};

/** The JSON Schemas of `roots`, and of all parts that they refer to, each once, for `$defs`. */
export function definitions(
  roots: Readonly<Record<string, z.ZodType>>,
  parts: Readonly<Record<string, z.ZodType>> = {},
): Record<string, object> {
  const names = z.registry<{ id: string }>();
  for (const [id, schema] of Object.entries({ ...PARTS, ...parts, ...roots })) names.add(schema, { id });
  const { schemas } = z.toJSONSchema(names, { io: 'input', uri: (id) => `#/$defs/${id}` });
  const found: Record<string, object> = {};
  const add = (id: string): void => {
    const { $schema: _, $id: _id, ...schema } = schemas[id] ?? {};
    found[id] = schema;
    for (const [, ref = ''] of JSON.stringify(schema).matchAll(/"\$ref":"#\/\$defs\/([^"]+)"/g)) {
      if (!(ref in found)) add(ref);
    }
  };
  for (const id of Object.keys(roots)) add(id);
  return found;
}

const references = (names: readonly string[]): object[] => names.map((name) => ({ $ref: `#/$defs/${name}` }));

const REQUESTS = { HelloRequest, CaseRequest };
const REPLIES = { HelloReply, CaseReply, ProgressReply, ErrorReply };
const LINES = { Header: RecordingHeader, Step: RecordingStep };

/**
 * The JSON Schema of wire protocol v1: any message at its root, requests and replies separately under `$defs`. It
 * describes the form of a message; the page for adapter authors describes the further requirements of a scope and a
 * hello.
 */
export const protocolSchema = (): object => ({
  $schema: 'https://json-schema.org/draft/2020-12/schema',
  title: `zone-device-conformance wire protocol v${PROTOCOL_VERSION}`,
  description:
    'One JSON value a line: the suite writes requests to the standard input of an adapter and reads replies from ' +
    'its standard output. Fields that are not listed here are ignored.',
  anyOf: references(['Request', 'Reply']),
  $defs: {
    Request: { oneOf: references(Object.keys(REQUESTS)) },
    Reply: { oneOf: references(Object.keys(REPLIES)) },
    ...definitions({ ...REQUESTS, ...REPLIES }),
  },
});

/** The JSON Schema of one line of a recording. The page on recordings describes the further requirements of a scope. */
export const recordingSchema = (): object => ({
  $schema: 'https://json-schema.org/draft/2020-12/schema',
  title: `zone-device-conformance recording v${RECORDING_VERSION}, one line of it`,
  description:
    'One JSON object a line: a header begins a case, and a step follows for each of its commands. Fields that are ' +
    'not listed here are ignored.',
  anyOf: references(Object.keys(LINES)),
  $defs: definitions(LINES),
});

/** A schema as text, and the content of its file. With ZDC_UPDATE_GOLDEN=1 the file is written first. */
export async function schemaFile(
  file: URL,
  schema: object,
): Promise<{ readonly text: string; readonly kept: string }> {
  const style = await resolveConfig(file);
  const text = await format(JSON.stringify(schema), { ...style, parser: 'json' });
  if (process.env['ZDC_UPDATE_GOLDEN'] === '1') writeFileSync(file, text);
  return { text, kept: readFileSync(file, 'utf8') };
}
