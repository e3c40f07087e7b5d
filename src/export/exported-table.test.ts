import { Ajv2020 } from 'ajv/dist/2020.js';
import { describe, expect, test } from 'vitest';
import { z } from 'zod';
import { definitions, schemaFile } from '../../spec/protocol/json-schema.fixture.ts';
import { isJsonObject } from '../../spec/protocol/json-object.ts';
import { ProfileName } from '../../spec/profiles/profile.ts';
import { Capability, USUAL_CAPABILITIES } from '../../spec/vocabulary/capability.ts';
import { Case } from '../../spec/vocabulary/case.ts';
import { Command } from '../../spec/vocabulary/command.ts';
import { Result } from '../../spec/vocabulary/result.ts';
import { map, toDevice } from '../../spec/vocabulary/shorthand.ts';
import { directedSuite } from '../generate/directed-suite.ts';
import { TABLE_FORMAT, TABLE_FORMAT_VERSION } from './exported-table.ts';
import { exportAs } from './formats.ts';
import { sampleFile } from './recorded.fixture.ts';
import { subjectOf } from './subject.ts';
import { suiteExport } from './suite-export.ts';

/** The number of cases of a suite that are compared, spread over it. */
const MAX_CASES = 40;

const Count = z.int().min(0);
const Index = z.int().min(0);
const FrameName = z.string().regex(/^[A-Z][0-9]*$/);

const Place = z.object({
  process: Index,
  page: Index,
  frame: FrameName.optional(),
  head: FrameName.optional(),
});

const Outcome = z.object({
  from: Index,
  to: Index,
  result: Result,
  faults: Place.extend({
    times: z.int().min(1),
    device: Index.optional(),
  }).optional(),
  calls: z.object({ atLeast: Count, atMost: Count.optional(), places: z.array(Place) }).optional(),
  releases: z.array(FrameName.nullable()).min(1).optional(),
  releasesLarge: z.array(FrameName).min(1).optional(),
  allocates: z.int().min(1).optional(),
  allocatesFrame: FrameName.optional(),
  allocatesLarge: z.array(Index).min(1).optional(),
  splits: z.array(FrameName.nullable()).min(1).optional(),
  mayAllocateInVain: z.literal(true).optional(),
  inRange: z.array(FrameName).optional(),
});

const EntryName = z.enum(['unmapped', 'hole', 'present', 'poison', 'exclusive']);

const Entry = z.union([
  EntryName,
  z.array(EntryName).min(1),
  z.object({ frame: FrameName, write: z.boolean(), device: Index.optional() }),
]);

const State = z.object({
  entries: z.array(z.array(Entry)).optional(),
  rss: z.array(Count).optional(),
  charged: Count.optional(),
  whole: z.array(z.array(z.boolean())).optional(),
  folios: z.array(z.array(FrameName)).optional(),
  uncharged: z.int().min(1).optional(),
});

const Step = z.object({
  step: z.int().min(1),
  text: z.string(),
  command: Command,
  snapshot: z.boolean(),
  outcomes: z.array(Outcome).min(1),
  states: z.array(State).min(1),
});

const Violation = z.object({
  requirement: z.string(),
  clause: z.string(),
  step: z.int().min(1),
  expected: z.array(z.string()),
  observed: z.string(),
  target: z.object({ spec: z.string(), name: z.string() }),
});

const head = {
  format: z.literal(TABLE_FORMAT),
  version: z.literal(TABLE_FORMAT_VERSION),
  suite: z.string(),
  title: z.string(),
  case: Case,
};

const Table = z.object({
  ...head,
  broken: Violation.optional(),
  needs: z.array(Capability),
  counts: z.object({ references: z.array(Count), inFree: Count }),
  steps: z.array(Step),
});

const Omitted = z.object({ ...head, omitted: z.string() });

/** The JSON Schema of an exported case. */
const tableSchema = (): object => ({
  $schema: 'https://json-schema.org/draft/2020-12/schema',
  title: `zone-device-conformance exported case v${TABLE_FORMAT_VERSION}`,
  description:
    'What "zdc export FILE --to json" writes, and one line of what "zdc suite --outcomes --output FILE" writes. ' +
    'FORMAT.md says when an observation matches an outcome. Fields may be added without a new version; readers ignore ' +
    'those that they do not know.',
  anyOf: [{ $ref: '#/$defs/Table' }, { $ref: '#/$defs/Omitted' }],
  $defs: definitions(
    { Table, Omitted },
    { ExpectedStep: Step, Outcome, AllowedState: State, AllowedEntry: Entry, Place, Violation, Case },
  ),
});

test('the schema file is generated from the types (ZDC_UPDATE_GOLDEN=1 updates it)', async () => {
  const file = new URL('expectation-v3.schema.json', import.meta.url);
  const { text, kept } = await schemaFile(file, tableSchema());
  expect(kept).toBe(text);
});

/** The schema without permission for further fields, for the test that it lacks none. */
const closedSchema: object = JSON.parse(JSON.stringify(tableSchema()), (_, value: unknown) =>
  isJsonObject(value) && 'properties' in value ? { ...value, additionalProperties: false } : value,
);

const isExported = new Ajv2020({ allErrors: true }).compile(tableSchema());
const isExactly = new Ajv2020().compile(closedSchema);

function expectMatch(text: string): void {
  isExactly(JSON.parse(text));
  expect({ text: text.slice(0, 200), errors: isExactly.errors }).toMatchObject({ errors: null });
}

describe('every line of a suite with allowed outcomes matches the schema', () => {
  test.for(ProfileName.options)('%s', (profile) => {
    const capabilities = new Set(Capability.options);
    const cases = directedSuite(profile, capabilities);
    const every = Math.ceil(cases.length / MAX_CASES);
    const { lines, omitted } = suiteExport(
      cases.filter((_, at) => at % every === 0),
      capabilities,
    );
    expect(lines.length).toBeGreaterThan(omitted);
    for (const line of lines) expectMatch(line);
  });
});

test('a suite has the outcomes of nearly all cases in worlds with blocks', () => {
  const capabilities = new Set(USUAL_CAPABILITIES);
  const inBlocks = directedSuite('linux-7.3', capabilities).filter(
    (one) => one.case.scope.block !== undefined,
  );
  const { omitted } = suiteExport(inBlocks, capabilities);
  expect(inBlocks.length).toBeGreaterThan(40);
  expect(omitted).toBeLessThan(inBlocks.length / 10);
});

test('a case that is omitted matches the schema', () => {
  const capabilities = new Set(Capability.options);
  const [usual] = directedSuite('linux-6.12', capabilities);
  if (usual === undefined) throw new Error('no case');
  const scope = { processes: 1, pages: 16, frames: 16, slots: 0 };
  const commands = [...Array.from({ length: 16 }, (_, page) => map(0, page)), toDevice(0, 0, 16)];
  const testCase = { ...usual.case, scope, commands };
  const { lines, omitted } = suiteExport([{ ...usual, case: testCase }], capabilities);
  expect(omitted).toBe(1);
  for (const line of lines) expectMatch(line);
});

test('an exported counterexample matches the schema', () => {
  const exported = exportAs('json', subjectOf(sampleFile()));
  if (exported.kind !== 'text') throw new Error(exported.why);
  expect(exported.text).toContain('"broken"');
  expectMatch(exported.text);
});

test('other JSON does not match the schema', () => {
  const capabilities = new Set(USUAL_CAPABILITIES);
  const [line = ''] = suiteExport(directedSuite('origin', capabilities).slice(0, 1), capabilities).lines;
  const table: unknown = JSON.parse(line);
  if (!isJsonObject(table)) throw new Error('no table');
  expect(isExported({ ...table, aFieldOfTomorrow: 1 })).toBe(true);
  expect(isExported({ ...table, version: 2 })).toBe(false);
  expect(isExported({ ...table, steps: undefined })).toBe(false);
  expect(isExported({ ...table, steps: [{}] })).toBe(false);
});
