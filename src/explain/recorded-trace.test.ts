import { fileURLToPath } from 'node:url';
import { expect, test } from 'vitest';
import { PROPERTIES } from '../../properties/properties.ts';
import { judgeTrace } from '../../spec/judge/judge.ts';
import { Capability } from '../../spec/vocabulary/capability.ts';
import { readCaseFile } from '../corpus/case-file.ts';
import { recordedTrace } from './recorded-trace.ts';

// Observations of real kernels at which they and the rules once differed, judged by the present rules.

const CONFORMS = 'conforms';

const isCapability = (name: string): name is Capability => Capability.options.some((one) => one === name);

test.each([
  ['advise/swapped-out-is-freed-at-once', CONFORMS],
  ['mlock/protect-populates', CONFORMS],
  ['soft-dirty/pinned-stays-dirty', CONFORMS],
  ['mlock/freed-late', 'unmap.releases'],
  ['soft-dirty/lost-store', 'track.survives'],
])('%s: %s', async (name, said) => {
  const path = fileURLToPath(new URL(`../../reports/linux-6.12/${name}.json`, import.meta.url));
  const contents = await readCaseFile(path);
  if (contents.kind !== 'counterexample') throw new Error(`${name}: ${contents.kind}`);
  const { target, observations = [], case: testCase } = contents.file;
  const capabilities = new Set(target.capabilities.filter(isCapability));
  const trace = recordedTrace(testCase, capabilities, observations);
  if (trace === undefined) throw new Error(`${name}: what was seen does not fit the case`);
  const verdict = judgeTrace(trace);
  expect(verdict.kind === 'violates' ? verdict.violation.requirement : verdict.kind).toBe(said);
  const objecting = PROPERTIES.filter((property) => property.examine(trace).broken !== undefined);
  expect(objecting.length === 0).toBe(said === CONFORMS);
});
