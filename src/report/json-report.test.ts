import { readFileSync, writeFileSync } from 'node:fs';
import { Ajv2020 } from 'ajv/dist/2020.js';
import { expect, test } from 'vitest';
import { golden } from './golden.fixture.ts';
import { JsonReport } from './json-report.ts';
import { jsonReportSchema } from './json-report-schema.ts';
import { sampleOutcome, TROUBLED } from './sample-outcome.fixture.ts';
import { jsonReport } from './write-json-report.ts';

const file = new URL('report-v2.schema.json', import.meta.url);

test('the schema file is generated from the types (ZDC_UPDATE_GOLDEN=1 updates it)', () => {
  const text = `${JSON.stringify(jsonReportSchema(), null, 2)}\n`;
  if (process.env['ZDC_UPDATE_GOLDEN'] === '1') writeFileSync(file, text);
  expect(readFileSync(file, 'utf8')).toBe(text);
});

const validate = new Ajv2020({ allErrors: true }).compile(jsonReportSchema());

test.each([
  ['conforms', sampleOutcome(), 0],
  ['troubled', TROUBLED, 1],
] as const)('the report of a run that is %s matches the schema', (name, outcome, exitCode) => {
  const report: unknown = JSON.parse(JSON.stringify(jsonReport(outcome, { exitCode, strict: false })));
  validate(report);
  expect(validate.errors).toBeNull();
  expect(JsonReport.safeParse(report).error).toBeUndefined();
  const { made, kept } = golden(`report-${name}.json.golden`, `${JSON.stringify(report, null, 2)}\n`);
  expect(made).toBe(kept);
});

test('other JSON does not match the schema', () => {
  const report = jsonReport(sampleOutcome(), { exitCode: 0, strict: false });
  expect(validate({ ...report, version: 1 })).toBe(false);
  expect(validate({ ...report, verdict: 'fine' })).toBe(false);
  expect(validate({ ...report, aFieldOfTomorrow: 1 })).toBe(true);
});
