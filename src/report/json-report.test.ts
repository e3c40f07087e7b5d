import { Ajv2020 } from 'ajv/dist/2020.js';
import { expect, test } from 'vitest';
import { definitions, schemaFile } from '../../spec/protocol/json-schema.fixture.ts';
import { Case } from '../../spec/vocabulary/case.ts';
import { FlakyRecord } from '../run/flaky.ts';
import { goldenJson } from './golden.fixture.ts';
import {
  JsonReport,
  REPORT_VERSION,
  ReportedCorpusFile,
  ReportedCounterexample,
  ReportedFailure,
  ReportedFinding,
  ReportedProfile,
  ReportedRequirement,
  jsonReport,
} from './json-report.ts';
import { sampleOutcome, TROUBLED } from './sample-outcome.fixture.ts';

/** The JSON Schema of the report. */
function reportSchema(): object {
  const { Report, ...parts } = definitions(
    { Report: JsonReport },
    {
      Profile: ReportedProfile,
      Requirement: ReportedRequirement,
      Finding: ReportedFinding,
      Counterexample: ReportedCounterexample,
      Failure: ReportedFailure,
      Flaky: FlakyRecord,
      CorpusFile: ReportedCorpusFile,
      Case,
    },
  );
  return {
    $schema: 'https://json-schema.org/draft/2020-12/schema',
    title: `zone-device-conformance report v${REPORT_VERSION}`,
    description:
      'What "zdc run --report json=PATH" writes. Fields may be added without a new version; readers ignore those ' +
      'that they do not know.',
    ...Report,
    $defs: parts,
  };
}

test('the schema file is generated from the types (ZDC_UPDATE_GOLDEN=1 updates it)', async () => {
  const { text, kept } = await schemaFile(new URL('report-v2.schema.json', import.meta.url), reportSchema());
  expect(kept).toBe(text);
});

const validate = new Ajv2020({ allErrors: true }).compile(reportSchema());

test.each([
  ['conforms', sampleOutcome(), 0],
  ['troubled', TROUBLED, 1],
] as const)('the report of a run that is %s matches the schema', (name, outcome, exitCode) => {
  const report: unknown = JSON.parse(JSON.stringify(jsonReport(outcome, { exitCode, strict: false })));
  validate(report);
  expect(validate.errors).toBeNull();
  expect(JsonReport.safeParse(report).error).toBeUndefined();
  const { made, kept } = goldenJson(`report-${name}.json.golden`, report);
  expect(made).toBe(kept);
});

test('invalid reports do not match the schema', () => {
  const report = jsonReport(sampleOutcome(), { exitCode: 0, strict: false });
  expect(validate({ ...report, version: 1 })).toBe(false);
  expect(validate({ ...report, verdict: 'fine' })).toBe(false);
  expect(validate({ ...report, aFieldOfTomorrow: 1 })).toBe(true);
});
