import { z } from 'zod';
import { Command } from '../../spec/vocabulary/command.ts';
import { DriverEvent } from '../../spec/vocabulary/event.ts';
import { Result } from '../../spec/vocabulary/result.ts';
import { Scope } from '../../spec/vocabulary/scope.ts';
import { Case } from '../../spec/vocabulary/case.ts';
import { WireEntry, WireFrame, WireObservation, WireState } from '../../spec/protocol/wire.ts';
import { FlakyRecord } from '../run/flaky-record.ts';
import {
  JsonReport,
  REPORT_VERSION,
  ReportedCorpusFile,
  ReportedCounterexample,
  ReportedFailure,
  ReportedFinding,
  ReportedProfile,
  ReportedRequirement,
} from './json-report.ts';

const PARTS = {
  Profile: ReportedProfile,
  Requirement: ReportedRequirement,
  Finding: ReportedFinding,
  Counterexample: ReportedCounterexample,
  Failure: ReportedFailure,
  Flaky: FlakyRecord,
  CorpusFile: ReportedCorpusFile,
  Case,
  Command,
  Scope,
  Observation: WireObservation,
  Result,
  Event: DriverEvent,
  State: WireState,
  Entry: WireEntry,
  Frame: WireFrame,
};

/** The JSON Schema of the report for programs, as it is committed beside this file. */
export function jsonReportSchema(): object {
  const names = z.registry<{ id: string }>();
  for (const [id, schema] of Object.entries(PARTS)) names.add(schema, { id });
  const { $schema: _, ...schema } = z.toJSONSchema(JsonReport, { io: 'input', metadata: names });
  return {
    $schema: 'https://json-schema.org/draft/2020-12/schema',
    title: `zone-device-conformance report v${REPORT_VERSION}`,
    description:
      'What "zdc run --report json=PATH" writes. Fields may be added without a new version; readers ignore those ' +
      'that they do not know.',
    ...schema,
  };
}
