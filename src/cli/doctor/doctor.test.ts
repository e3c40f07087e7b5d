import { Readable } from 'node:stream';
import { afterAll, describe, expect, test } from 'vitest';
import { type ProfileName, profilesFrom } from '../../../spec/profiles/profile.ts';
import { USUAL_CAPABILITIES } from '../../../spec/vocabulary/capability.ts';
import { MUTANTS } from '../../planted-bugs/planted-bugs.ts';
import { PLAIN } from '../../report/paint.ts';
import { sampleOutcome, sampleProfile } from '../../report/sample-outcome.fixture.ts';
import { EmbeddedTarget } from '../../targets/embedded.ts';
import type { Target } from '../../targets/target.ts';
import { Capture, Shell } from '../world.fixture.ts';
import { ABILITY_PROBES } from './ability-probes.ts';
import { problemInRun, runProbes } from './doctor.ts';
import { SIGHT_PROBES } from './core-probes.ts';

const shell = new Shell();
afterAll(() => {
  shell.remove();
});

test('every capability has exactly one probe', () => {
  const probed = [...ABILITY_PROBES, ...SIGHT_PROBES].map(({ capability }) => capability);
  expect(probed.toSorted()).toEqual([...USUAL_CAPABILITIES, 'coverage'].toSorted());
});

test('a probe runs only in the profiles in which its capability has a meaning', async () => {
  const embedded = new EmbeddedTarget();
  const profiles: ProfileName[] = [];
  const target: Target = {
    hello: embedded.hello,
    run: (testCase) => {
      profiles.push(testCase.profile);
      return embedded.run(testCase);
    },
    close: () => embedded.close(),
  };
  const stdout = new Capture();
  const io = {
    stdout,
    stderr: stdout,
    stdin: () => Readable.from([]),
    env: {},
    cwd: '/',
    signal: new AbortController().signal,
  };
  const probes = ABILITY_PROBES.filter(({ capability }) => capability === 'large-folios');
  await runProbes(probes, target, io, PLAIN);
  expect(stdout.text).toContain('✓ large-folios');
  expect(profiles).toEqual(profilesFrom('linux-6.19'));
});

describe('zdc doctor', () => {
  test('reports no problem for the embedded target, and the next step', async () => {
    const { code, out } = await shell.call(['doctor']);
    expect(out).not.toContain('✗');
    for (const capability of USUAL_CAPABILITIES) expect(out).toMatch(new RegExp(`✓ ${capability} `));
    expect(out).toMatch(/No problem found\. Next: .* run --target embedded \(exit 0\)\n$/);
    expect(code).toBe(0);
  });

  test('stops a stage at the first problem and shows the messages', async () => {
    const mutant = MUTANTS.find(({ requirement: primary }) => primary === 'unmap.access-faults')?.id;
    const { code, out } = await shell.call(['doctor', '--target', `embedded:mutant=${mutant}`]);
    expect(out).toMatch(/✗ an access to an unmapped page returns SIGSEGV \((origin|linux-6\.1)\)/);
    expect(out).toMatch(/Violated +unmap\.access-faults at step 4 \(result\)/);
    expect(out).toMatch(/Expected SIGSEGV\n/);
    expect(out).toMatch(/Sent +\{"type":"case"/);
    expect(out).toMatch(/Received +\{"observations":/);
    expect(out).toMatch(/Fix +unmap returns "ok"/);
    expect(out).toMatch(/\d more of this stage not tried/);
    expect(out).not.toContain('4. Declared commands');
    expect(out).toMatch(/Fix this, and run doctor again\. \(exit 1\)\n$/);
    expect(code).toBe(1);
  });

  test('reports problems that only complete cases reveal', async () => {
    const mutant = MUTANTS.find(({ requirement: primary }) => primary === 'robust.at-rest')?.id;
    const { code, out } = await shell.call(['doctor', '--target', `embedded:mutant=${mutant}`]);
    expect(out).toContain('✗');
    expect(code).toBe(1);
  });

  test('stops when it is interrupted', async () => {
    const { code, out } = await shell.call(['doctor'], { signal: AbortSignal.abort() });
    expect(out).toContain('Interrupted.');
    expect(code).toBe(130);
  });

  test('reports first that a target cannot be started', async () => {
    const { code, out } = await shell.call(['doctor', '--target', 'stdio:/no/such/program']);
    expect(out).toMatch(/1\. Start and hello\n {2}✗ .*\/no\/such\/program/);
    expect(code).toBe(69);
  });
});

describe('the last stage reports the problem if', () => {
  test.each([
    [
      'model and properties disagree',
      {
        disagreements: [
          { index: 8, property: 'fork/isolation', step: 2, message: 'process 1 reads 7, not 0' },
        ],
      },
      'model and property fork/isolation disagree at step 3',
    ],
    [
      'a case could not be judged',
      { inconclusive: 1, inconclusiveReason: 'it shows too little' },
      'it shows too little',
    ],
    ['nothing else is known', {}, 'verdict of the run: inconclusive'],
  ])('%s', (_, changes, words) => {
    const profiles = [sampleProfile('origin'), sampleProfile('linux-6.1', changes)];
    expect(problemInRun(sampleOutcome({ verdict: 'inconclusive', profiles }), 3, PLAIN)).toContain(words);
  });
});
