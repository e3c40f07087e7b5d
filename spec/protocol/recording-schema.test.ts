import { readFileSync, writeFileSync } from 'node:fs';
import { Ajv2020 } from 'ajv/dist/2020.js';
import { describe, expect, test } from 'vitest';
import { RecordingHeader, RecordingStep } from './recording.ts';
import { RecordingReader } from './recording-reader.ts';
import { recordingSchema } from './recording-schema.ts';

const file = new URL('recording-v1.schema.json', import.meta.url);
const page = readFileSync(new URL('RECORDINGS.md', import.meta.url), 'utf8');

test('the schema file is the one that the types give (ZDC_UPDATE_GOLDEN=1 writes it)', () => {
  const text = `${JSON.stringify(recordingSchema(), null, 2)}\n`;
  if (process.env['ZDC_UPDATE_GOLDEN'] === '1') writeFileSync(file, text);
  expect(readFileSync(file, 'utf8')).toBe(text);
});

const isLine = new Ajv2020({ allErrors: true }).compile(recordingSchema());

describe('the examples on the page about recordings', () => {
  const examples = [...page.matchAll(/```json\n([\s\S]*?)```/g)].map((match): unknown =>
    JSON.parse(match[1] ?? ''),
  );

  test('are of the schema and of the types', () => {
    expect(examples).toHaveLength(3);
    for (const [at, example] of examples.entries()) {
      expect(isLine(example)).toBe(true);
      expect((at === 0 ? RecordingHeader : RecordingStep).safeParse(example).success).toBe(true);
    }
  });

  test('are read as a recording, in their order', () => {
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
])('what is no line of a recording is not of the schema: %j', (line) => {
  expect(isLine(line)).toBe(false);
});
