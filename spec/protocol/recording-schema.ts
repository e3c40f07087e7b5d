import { z } from 'zod';
import { Command } from '../vocabulary/command.ts';
import { DriverEvent } from '../vocabulary/event.ts';
import { Result } from '../vocabulary/result.ts';
import { Scope } from '../vocabulary/scope.ts';
import { RECORDING_VERSION, RecordingHeader, RecordingStep } from './recording.ts';
import { WireEntry, WireFrame, WireState } from './wire.ts';

const LINES = { Header: RecordingHeader, Step: RecordingStep };
const PARTS = {
  Command,
  Scope,
  Result,
  Event: DriverEvent,
  State: WireState,
  Entry: WireEntry,
  Frame: WireFrame,
};

/** The JSON Schema of one line of a recording. The page on recordings describes the further requirements of a scope. */
export function recordingSchema(): object {
  const names = z.registry<{ id: string }>();
  for (const [id, schema] of Object.entries(PARTS)) names.add(schema, { id });
  const parts: Record<string, unknown> = {};
  const lines: Record<string, unknown> = {};
  for (const [name, schema] of Object.entries(LINES)) {
    const { $schema: _, $defs, ...line } = z.toJSONSchema(schema, { io: 'input', metadata: names });
    lines[name] = line;
    Object.assign(parts, $defs);
  }
  return {
    $schema: 'https://json-schema.org/draft/2020-12/schema',
    title: `zone-device-conformance recording v${RECORDING_VERSION}, one line of it`,
    description:
      'One JSON object a line: a header begins a case, and a step follows for each of its commands. Fields that are ' +
      'not listed here are ignored.',
    anyOf: Object.keys(LINES).map((name) => ({ $ref: `#/$defs/${name}` })),
    $defs: { ...lines, ...parts },
  };
}
