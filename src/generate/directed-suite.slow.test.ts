import { readFileSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import { ProfileName } from '../../spec/profiles/profile.ts';
import { Capability, USUAL_CAPABILITIES } from '../../spec/vocabulary/capability.ts';
import { Examiner, fingerprintOfExamined } from '../examine/examiner.ts';
import { requirementOutcomes } from '../run/profile-counts.ts';
import { isMild, MUTANTS } from '../planted-bugs/planted-bugs.ts';
import { EmbeddedTarget } from '../targets/embedded.ts';
import { caseRandom, CaseSource } from './case-source.ts';
import { directedSuite } from './directed-suite.ts';

const EVERYTHING: readonly Capability[] = USUAL_CAPABILITIES;
const PROFILE_NAMES: readonly ProfileName[] = ProfileName.options;
const SHOWN: readonly Capability[] = [
  'callbacks',
  'allocations',
  'entries',
  'frames',
  'least-count',
  'accounting',
  'every-step',
];

/** The capabilities that the Python example declares, read from its hello. */
function ofThePythonExample(): readonly Capability[] {
  const text = readFileSync(new URL('../targets/examples/zone_device.py', import.meta.url), 'utf8');
  const [, list = ''] = /"capabilities": \[([^\]]*)\]/.exec(text) ?? [];
  return EVERYTHING.filter((one) => list.includes(`"${one}"`));
}

/** Which requirements a right target with these capabilities could exercise and did not. */
async function notCovered(
  profile: ProfileName,
  capabilities: readonly Capability[],
  run: (examiner: Examiner, offered: ReadonlySet<Capability>) => Promise<void>,
): Promise<readonly string[]> {
  const target = new EmbeddedTarget({ shows: capabilities });
  const offered = target.hello.capabilities;
  const examiner = new Examiner(target, profile);
  await run(examiner, offered);
  return requirementOutcomes(profile, offered, examiner.tally, new Set())
    .filter(({ status }) => status === 'not-covered')
    .map(({ requirement }) => requirement.id);
}

const leftBySuite = (profile: ProfileName, capabilities: readonly Capability[]): Promise<readonly string[]> =>
  notCovered(profile, capabilities, async (examiner, offered) => {
    for (const { name, case: testCase } of directedSuite(profile, offered)) {
      const examined = await examiner.examine(testCase);
      expect([name, examined]).toMatchObject([name, { verdict: { kind: 'conforms' }, broken: [] }]);
    }
  });

const RANDOM_CASES = 30;

const leftByRandomCases = (
  profile: ProfileName,
  capabilities: readonly Capability[],
): Promise<readonly string[]> =>
  notCovered(profile, capabilities, async (examiner, offered) => {
    const source = new CaseSource({ profile, capabilities: offered });
    for (let index = 0; index < RANDOM_CASES; index++)
      await examiner.examine(source.draw(caseRandom(1, index)));
  });

describe('the coverage of the directed suite', () => {
  test.each(PROFILE_NAMES)('in %s: every requirement, on a target with all capabilities', async (profile) => {
    expect(await leftBySuite(profile, EVERYTHING)).toEqual([]);
  });

  test('in linux-6.19: every requirement, on a target with all capabilities and modes', async () => {
    expect(await leftBySuite('linux-6.19', Capability.options)).toEqual([]);
  });

  test.each<[string, readonly Capability[]]>([
    ['that is the Python example', ofThePythonExample()],
    ['of the core alone', []],
    ['that shows everything and offers the core', SHOWN],
    ['that offers everything and shows nothing', EVERYTHING.filter((one) => !SHOWN.includes(one))],
    ['without every-step', EVERYTHING.filter((one) => one !== 'every-step')],
    ['without device-load', EVERYTHING.filter((one) => one !== 'device-load')],
    ...EVERYTHING.filter((one) => !SHOWN.includes(one)).map((one): [string, readonly Capability[]] => [
      `that offers ${one} alone and shows everything`,
      [...SHOWN, one],
    ]),
  ])('on a target %s: every requirement that random cases cover', async (_, capabilities) => {
    const left = await leftBySuite('linux-6.19', capabilities);
    if (left.length === 0) return;
    const never = await leftByRandomCases('linux-6.19', capabilities);
    expect(left.filter((id) => !never.includes(id))).toEqual([]);
  });

  test('every planted bug that breaks a MUST', async () => {
    const suites = new Map(
      PROFILE_NAMES.map((profile) => [profile, directedSuite(profile, new Set(EVERYTHING))]),
    );
    const missed: string[] = [];
    for (const { id, mutation, profiles } of MUTANTS.filter((mutant) => !isMild(mutant))) {
      const [profile = 'origin'] = profiles;
      const examiner = new Examiner(new EmbeddedTarget({ mutation }), profile);
      const suite = suites.get(profile) ?? [];
      // Its own case is the likeliest.
      const own = suite.filter(({ name, also }) => name === id || also.includes(id));
      let caught = false;
      for (const { case: testCase } of [...own, ...suite]) {
        caught = fingerprintOfExamined(await examiner.examine(testCase)) !== undefined;
        if (caught) break;
      }
      if (!caught) missed.push(id);
    }
    expect(missed).toEqual([]);
  });
});

describe('the cases of the directed suite', () => {
  test.each(PROFILE_NAMES)('in %s are deterministic and distinct', (profile) => {
    const suite = directedSuite(profile, new Set(EVERYTHING));
    expect(directedSuite(profile, new Set(EVERYTHING))).toEqual(suite);
    expect(new Set(suite.map(({ case: testCase }) => JSON.stringify(testCase))).size).toBe(suite.length);
    expect(new Set(suite.map(({ name }) => name)).size).toBe(suite.length);
  });

  test.each(PROFILE_NAMES)('in %s have one device if the target declares no more', (profile) => {
    const devices = (shown: readonly Capability[]) =>
      directedSuite(profile, new Set(shown)).map((one) => one.case.scope.devices ?? 1);
    expect(new Set(devices([]))).toEqual(new Set([1]));
    expect(new Set(devices(EVERYTHING))).toEqual(new Set([1, 2]));
  });

  test('are in worlds with blocks only if the target has large folios', () => {
    const blocks = (shown: readonly Capability[]) =>
      directedSuite('linux-6.19', new Set(shown)).filter((one) => one.case.scope.block !== undefined);
    expect(blocks(EVERYTHING.filter((one) => one !== 'large-folios'))).toEqual([]);
    expect(blocks(EVERYTHING).map(({ name }) => name)).toContain('hmm-tests-migrate-anon-huge-fault');
  });

  test('contain only commands that are sent', async () => {
    const target = new EmbeddedTarget({ shows: ['fork', 'entries'] });
    for (const { case: testCase } of directedSuite('linux-6.1', target.hello.capabilities)) {
      expect(target.runNow(testCase).observations).not.toContain(undefined);
    }
  });

  test('take a snapshot after each step if the target has snapshots only on request', () => {
    const ops = (capabilities: readonly Capability[]): readonly string[] | undefined =>
      directedSuite('origin', new Set(capabilities))[0]
        ?.case.commands.slice(0, 4)
        .map(({ op }) => op);
    expect(ops(['entries'])).toEqual(['map', 'inspect', 'migrate-to-device', 'inspect']);
    expect(ops([])).toEqual(['map', 'migrate-to-device', 'load', 'inspect']);
    expect(ops(['entries', 'every-step'])).toEqual(['map', 'migrate-to-device', 'load', 'load']);
  });
});
