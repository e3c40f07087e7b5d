import { readFileSync } from 'node:fs';
import { Ajv2020, type ValidateFunction } from 'ajv/dist/2020.js';
import { describe, expect, test } from 'vitest';
import {
  Advice,
  Inheritance,
  InjectionKind,
  MappingKind,
  Protection,
  Watch,
} from '../vocabulary/arguments.ts';
import { Capability } from '../vocabulary/capability.ts';
import { capabilitiesFor } from '../vocabulary/capabilities-for.ts';
import { OPS, SPECS } from '../vocabulary/command.ts';
import { commandsIn } from '../vocabulary/commands-in.ts';
import { protocolSchema, recordingSchema, schemaFile } from './json-schema.fixture.ts';
import { RecordingHeader, RecordingStep } from './recording.ts';
import { RecordingReader } from './recording-reader.ts';
import { Reply, Request } from './wire.ts';

const page = readFileSync(new URL('ADAPTERS.md', import.meta.url), 'utf8');

test.each([
  ['protocol', protocolSchema()],
  ['recording', recordingSchema()],
])(
  'the schema file of the %s is generated from the types (ZDC_UPDATE_GOLDEN=1 updates it)',
  async (name, schema) => {
    const { text, kept } = await schemaFile(new URL(`${name}-v1.schema.json`, import.meta.url), schema);
    expect(kept).toBe(text);
  },
);

test.each([
  ['protection', Protection],
  ['kind` of `map', MappingKind],
  ['kind` of `inject', InjectionKind],
  ['advice', Advice],
  ['watch', Watch],
  ['inheritance', Inheritance],
])('ADAPTERS.md lists the values of `%s', (argument, { options }) => {
  const row = page.split('\n').find((line) => line.startsWith(`- \`${argument}\``)) ?? '';
  for (const value of options) expect(row).toContain(`\`${value}\``);
});

const ajv = new Ajv2020({ allErrors: true });
ajv.addSchema(protocolSchema(), 'protocol');

function validator(name: string): ValidateFunction {
  const validate = ajv.getSchema(`protocol#/$defs/${name}`);
  if (validate === undefined) throw new Error(`No ${name} in the schema.`);
  return validate;
}
const isRequest = validator('Request');
const isReply = validator('Reply');

/** The messages on the page for adapter authors: its blocks of JSON, and the text in backquotes that has a type. */
function messagesOnThePage(): unknown[] {
  const blocks = [...page.matchAll(/```json\n([\s\S]*?)```/g)].map((match) => match[1] ?? '');
  const inText = [...page.matchAll(/`(\{"type":[^`]*\})`/g)].map((match) => match[1] ?? '');
  return [...blocks, ...inText].map((text): unknown => JSON.parse(text));
}

describe('the examples in ADAPTERS.md', () => {
  const messages = messagesOnThePage();

  test('are complete', () => {
    expect(messages).toHaveLength(7);
  });

  test.for(messages.map((message) => [JSON.stringify(message).slice(0, 60), message] as const))(
    '%s',
    ([, message]) => {
      const asRequest = isRequest(message);
      const asReply = isReply(message);
      expect([asRequest, asReply].filter(Boolean)).toHaveLength(1);
      // The schema and the types that it was made from agree.
      expect(Request.safeParse(message).success).toBe(asRequest);
      expect(Reply.safeParse(message).success).toBe(asReply);
    },
  );

  test('and the events, frames and entries in its tables match the schema', () => {
    const isEvent = validator('Event');
    const events = [...page.matchAll(/`(\{"event":[^`]*\})`/g)].map((match): unknown =>
      JSON.parse(match[1] ?? ''),
    );
    expect(events).toHaveLength(5);
    for (const event of events) expect(isEvent(event)).toBe(true);
    expect(validator('Frame')({ refs: 1, maps: 0 })).toBe(true);
    for (const entry of ['unmapped', 'hole', 'present', 'poison', 'exclusive', { frame: 1, write: true }]) {
      expect(validator('Entry')(entry)).toBe(true);
    }
  });
});

test('ADAPTERS.md names every command and every capability', () => {
  const words = new Set([...page.matchAll(/`([a-z-]+)(?: \{[^}`]*\})?`/g)].map((match) => match[1] ?? ''));
  expect(OPS.filter((op) => !words.has(op))).toEqual([]);
  const isInjection = (name: string): boolean => name.startsWith('inject-') && words.has('inject-');
  expect(Capability.options.filter((name) => !words.has(name) && !isInjection(name))).toEqual([]);
});

/** The rows of the tables of commands on the page: their capabilities (none for the core), and their commands. */
function commandRows(): { readonly capabilities: string; readonly commands: string }[] {
  const section = page.slice(page.indexOf('\n## Commands\n'), page.indexOf('\n## What a target shows\n'));
  let capabilities = '';
  return section
    .split('\n')
    .filter((line) => line.startsWith('| ') && !/^\| (?:command|capability) |^\| -/.test(line))
    .map((line) => line.split('|').map((cell) => cell.trim()))
    .map((cells) => {
      // A row of the core has two columns; an empty cell continues the capability above it.
      if (cells.length === 4) return { capabilities: '', commands: cells[1] ?? '' };
      capabilities = cells[1] === '' ? capabilities : (cells[1] ?? '');
      return { capabilities, commands: cells[2] ?? '' };
    });
}

test('ADAPTERS.md lists the arguments and the capabilities of every command', () => {
  const rows = commandRows();
  const simplest = new Map(
    commandsIn(
      { processes: 1, pages: 2, frames: 2, slots: 1, block: 2 },
      { ops: new Set(OPS.filter((op) => op !== 'race')), values: [1] },
    )
      .toReversed()
      .map((command) => [command.op, command]),
  );
  for (const [op, spec] of Object.entries(SPECS)) {
    const row = rows.find(({ commands }) => commands.includes(`\`${op}\``) || commands.includes(`\`${op} {`));
    const given = /\{([a-z, ]*)\}/.exec(row?.commands ?? '')?.[1] ?? '';
    // Optional arguments are described below the tables.
    const required = Object.keys(spec.arguments).filter(
      (name) => !['device', 'access', 'whole', 'compound'].includes(name),
    );
    expect([op, given]).toEqual([op, required.join(', ')]);
    const command = simplest.get(spec.op);
    const needed = command === undefined ? [] : capabilitiesFor(command);
    // `inject` is on the page once for all kinds.
    const isNamed = (one: string): boolean =>
      op === 'inject' || row?.capabilities.includes(`\`${one}\``) === true;
    expect([op, needed.filter((one) => !isNamed(one))]).toEqual([op, []]);
  }
  const core = rows.filter(({ capabilities }) => capabilities === '').map(({ commands }) => commands);
  const isFree = ({ op }: (typeof SPECS)[keyof typeof SPECS]): boolean => {
    const command = simplest.get(op);
    return op !== 'heal' && op !== 'watch' && command !== undefined && capabilitiesFor(command).length === 0;
  };
  expect(core.map((commands) => /`([a-z-]+)/.exec(commands)?.[1]).toSorted()).toEqual(
    Object.values(SPECS)
      .filter(isFree)
      .map(({ op }) => op)
      .toSorted(),
  );
});

describe('messages outside the protocol do not match the schema', () => {
  test.for([
    [isReply, { type: 'observations', id: 0, observations: [{ result: 'OK' }] }],
    [isReply, { type: 'observations', id: 0, observations: [{}] }],
    [isReply, { type: 'observations', id: '0', observations: [] }],
    [isReply, { type: 'hello', protocol: 1, name: 'x', profiles: 'origin', capabilities: [] }],
    [isRequest, { type: 'hello', protocol: 'one', suite: 'x' }],
    [isRequest, { type: 'goodbye' }],
  ] as const)('%#', ([validate, message]) => {
    expect(validate(message)).toBe(false);
  });

  test('unknown fields are accepted', () => {
    expect(
      isReply({ type: 'observations', id: 0, observations: [{ result: 'ok', mood: 'good' }], x: 1 }),
    ).toBe(true);
  });
});

const isLine = new Ajv2020({ allErrors: true }).compile(recordingSchema());

describe('the examples in RECORDINGS.md', () => {
  const examples = [
    ...readFileSync(new URL('RECORDINGS.md', import.meta.url), 'utf8').matchAll(/```json\n([\s\S]*?)```/g),
  ].map((match): unknown => JSON.parse(match[1] ?? ''));

  test('match the schema and the types', () => {
    expect(examples).toHaveLength(3);
    for (const [at, example] of examples.entries()) {
      expect(isLine(example)).toBe(true);
      expect((at === 0 ? RecordingHeader : RecordingStep).safeParse(example).success).toBe(true);
    }
  });

  test('form a recording in their order', () => {
    const reader = new RecordingReader();
    const kinds = examples.map((example) => reader.read(JSON.stringify(example)).kind);
    expect(kinds).toEqual(['case', 'step', 'step']);
  });
});

test.each([
  {},
  { format: 'zdc-recording', version: 1 },
  { command: { op: 'leap' } },
  { command: { op: 'inspect' }, result: 'yes' },
])('an invalid line of a recording does not match the schema: %j', (line) => {
  expect(isLine(line)).toBe(false);
});
