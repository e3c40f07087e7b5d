import { readdirSync, readFileSync } from 'node:fs';
import { judgeTrace } from '../../spec/judge/judge.ts';
import { Capability } from '../../spec/vocabulary/capability.ts';
import type { Case } from '../../spec/vocabulary/case.ts';
import { fork, load, map, toDevice } from '../../spec/vocabulary/shorthand.ts';
import { type CaseFile, FORMAT, FORMAT_VERSION, wireObservations } from '../corpus/case-file.ts';
import { SUITE_AND_VERSION } from '../corpus/suite.ts';
import { mutantById } from '../mutants/mutants.ts';
import { EmbeddedTarget } from '../targets/embedded.ts';

const CASE: Case = {
  profile: 'origin',
  scope: { processes: 2, pages: 1, frames: 1, slots: 0 },
  observe: 'every-step',
  commands: [map(0, 0), toDevice(0, 0), fork(0, 1), load(0, 0)],
};

/** A saved counterexample, in which fork leaves the parent a WRITE entry, with one step too many at its end. */
export function sampleFile(target: { readonly spec?: string; readonly name?: string } = {}): CaseFile {
  const mutation = mutantById('fork-keeps-parent-write')?.mutation;
  const trace = new EmbeddedTarget(mutation === undefined ? {} : { mutation }).runNow(CASE);
  const verdict = judgeTrace(trace);
  if (verdict.kind !== 'violates') throw new Error('the sample breaks no rule');
  const { requirement, clause, step, op, expected, observed } = verdict.violation;
  return {
    format: FORMAT,
    version: FORMAT_VERSION,
    suite: SUITE_AND_VERSION,
    target: {
      spec: 'stdio:python3 adapter.py',
      name: 'sample',
      profiles: ['origin'],
      capabilities: [...Capability.options],
      ...target,
    },
    requirement,
    clause,
    step,
    op,
    expected: [...expected],
    observed,
    certificate: 'reduced',
    run: { seed: 1, index: 0 },
    case: { ...CASE, commands: [...CASE.commands] },
    observations: wireObservations(trace),
  };
}

/** The texts of all source files in a folder beside this file and in its folders. */
export function sourceFiles(folder: 'c' | 'walker'): readonly string[] {
  const base = new URL(`${folder}/`, import.meta.url);
  return readdirSync(base, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map((entry) => readFileSync(`${entry.parentPath}/${entry.name}`, 'utf8'));
}
