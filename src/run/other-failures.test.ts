import { expect, test } from 'vitest';
import type { Case } from '../../spec/vocabulary/case.ts';
import { MUTANTS } from '../planted-bugs/planted-bugs.ts';
import { EmbeddedTarget } from '../targets/embedded.ts';
import { failed } from '../targets/stdio-failure.ts';
import type { Target } from '../targets/target.ts';
import { Examiner, fingerprintOfExamined } from '../examine/examiner.ts';
import { OtherFailures } from './profile-findings.ts';
import { run } from './run.ts';
import { mutationOf, withBugs } from './two-bugs.fixture.ts';

test('different failures that occur while another one is shrunk become findings of their own', async () => {
  const target = withBugs(mutationOf('failure-ends-the-range'), mutationOf('skip-keeps-its-reference'));
  const options = { target, targetSpec: 'embedded', seed: 5, budget: { runs: 8 }, focus: [] };
  const { profiles } = await run({ ...options, profiles: ['origin'] });
  const findings = profiles[0]?.findings ?? [];
  expect(new Set(findings.map(({ fingerprint }) => fingerprint)).size).toBe(findings.length);
  const met = findings.filter(({ isIncidental }) => isIncidental);
  expect(met.length).toBeGreaterThan(0);
  for (const { counterexample, fingerprint, found } of met) {
    const examined = await new Examiner(target, 'origin').examine(counterexample.case);
    expect(fingerprintOfExamined(examined)).toBe(fingerprint);
    expect(counterexample.case.commands.length).toBeLessThanOrEqual(found.commands.length);
  }
});

test('of two cases with one fingerprint the shorter is kept, and none with a known one', async () => {
  const [mutant] = MUTANTS;
  if (mutant === undefined) throw new Error('There is no mutant.');
  const examiner = new Examiner(new EmbeddedTarget({ mutation: mutant.mutation }), 'origin');
  const scope = { processes: 2, pages: 2, frames: 2, slots: 1 };
  const short: Case = { profile: 'origin', scope, observe: 'every-step', commands: mutant.witness };
  const long: Case = { ...short, commands: [...short.commands, { op: 'inspect' }] };
  const examined = await examiner.examine(short);
  const fingerprint = fingerprintOfExamined(examined) ?? 'none';
  const others = new OtherFailures();
  for (const one of [long, short, long]) others.add({ index: 0, case: one, examined, isIncidental: true });
  expect(others.next(new Map())?.case).toBe(short);
  expect(others.next(new Map())).toBeUndefined();
  others.add({ index: 0, case: short, examined, isIncidental: true });
  expect(others.next(new Map([[fingerprint, 'known']]))).toBeUndefined();
});

test('crashes of a kernel are one finding for each function that reported them, whatever the command', async () => {
  const embedded = new EmbeddedTarget();
  const sites = new Map<string, string>([
    ['fork', 'copy_pages'],
    ['discard', 'zap_pages'],
    ['unmap', 'zap_pages'],
  ]);
  const target: Target = {
    hello: embedded.hello,
    deterministic: true,
    run: async (testCase) => {
      const step = testCase.commands.findIndex(({ op }) => sites.has(op));
      const site = sites.get(testCase.commands[step]?.op ?? '');
      if (site === undefined) return embedded.run(testCase);
      return failed(
        'crash',
        `The kernel reported an error: WARNING: at ${site}.part.0+0x${step}f/0x80`,
        '',
        step,
      );
    },
    close: async () => undefined,
  };
  const options = { target, targetSpec: 'embedded', seed: 1, budget: { runs: 40 }, focus: [] };
  const { profiles } = await run({ ...options, profiles: ['origin'] });
  const findings = profiles[0]?.findings ?? [];
  expect(findings.map(({ fingerprint }) => fingerprint).toSorted()).toEqual([
    'robust.no-crash copy_pages',
    'robust.no-crash zap_pages',
  ]);
});
