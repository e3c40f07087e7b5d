import { expect, test } from 'vitest';
import { load, race } from '../../../spec/vocabulary/shorthand.ts';
import { mutantById } from '../../planted-bugs/planted-bugs.ts';
import { EmbeddedTarget } from '../../targets/embedded.ts';
import type { Target } from '../../targets/target.ts';
import type { CaseFile } from '../../corpus/case-file.ts';
import { bisectRuns, verdictOn } from './bisect.ts';

const mutant = mutantById('fork-keeps-parent-write');

/** A counterexample of that mutant. */
const file: CaseFile = {
  format: 'zdc-counterexample',
  version: 1,
  suite: 'a test',
  target: { spec: 'linux', name: 'linux', profiles: ['linux-6.12'], capabilities: [] },
  requirement: 'fork.read-both',
  clause: 'entries',
  step: 2,
  op: 'fork',
  expected: [],
  observed: '',
  certificate: 'found',
  run: { seed: 1, index: 0 },
  case: {
    profile: 'linux-6.12',
    scope: { processes: 2, pages: 1, frames: 1, slots: 0 },
    observe: 'every-step',
    commands: [
      { op: 'map', process: 0, page: 0, kind: 'private', protection: 'write' },
      { op: 'migrate-to-device', process: 0, page: 0, count: 1 },
      { op: 'fork', process: 0, child: 1 },
    ],
  },
};

const sound = new EmbeddedTarget();
const broken = new EmbeddedTarget(mutant === undefined ? {} : { mutation: mutant.mutation });
const verdict = async (target: Target, changes: Partial<CaseFile> = {}): Promise<string> =>
  (await verdictOn(target, { ...file, ...changes }, new AbortController().signal)).kind;

test('a kernel is bad if the counterexample fails with its requirement, and good if it does not fail', async () => {
  expect(await verdict(broken)).toBe('bad');
  expect(await verdict(sound)).toBe('good');
});

test('a failure with another requirement decides nothing', async () => {
  expect(await verdict(broken, { requirement: 'fork.isolation' })).toBe('unknown');
});

test('a kernel that cannot execute the failing step is skipped', async () => {
  const capabilities = new Set(sound.hello.capabilities);
  capabilities.delete('fork');
  const poorer: Target = {
    hello: { ...sound.hello, capabilities },
    run: async (testCase) => {
      const ran = await sound.run(testCase);
      return ran.kind === 'trace'
        ? { kind: 'trace', trace: { ...ran.trace, observations: ran.trace.observations.with(2, undefined) } }
        : ran;
    },
    close: () => Promise.resolve(),
  };
  expect(await verdict(poorer)).toBe('unknown');
});

test('a flaky failure or a race is replayed more often', () => {
  expect(bisectRuns(file)).toBe(3);
  expect(bisectRuns({ ...file, flaky: { failed: 5, of: 20 } })).toBe(33);
  expect(bisectRuns({ ...file, case: { ...file.case, commands: [race(load(0, 0), load(0, 0))] } })).toBe(20);
});
