import { describe, expect, test } from 'vitest';
import type { Case } from '../../spec/vocabulary/case.ts';
import { kernelLoad, mapHost, store } from '../../spec/vocabulary/shorthand.ts';
import { type CaseFile, caseFileOf } from '../corpus/case-file.ts';
import { replayFile } from '../corpus/replay-file.ts';
import { mutantById } from '../planted-bugs/planted-bugs.ts';
import { EmbeddedTarget } from '../targets/embedded.ts';
import type { Target } from '../targets/target.ts';
import { EarlierCaseSearch } from '../shrink/earlier-case-search.ts';
import type { Counterexample, Finding } from '../shrink/finding.ts';
import { Flickering } from './flickering.fixture.ts';
import type { SavedFinding } from './run-options.ts';
import { replay } from './replay.ts';
import { run } from './run.ts';

const leaking = (id = 'host-memory-outlives-a-case'): EmbeddedTarget => {
  const mutation = mutantById(id)?.mutation;
  if (mutation === undefined) throw new Error('The mutant is gone.');
  return new EmbeddedTarget({ mutation });
};

const caseOf = (commands: Case['commands']): Case => ({
  profile: 'linux-6.12',
  scope: { processes: 1, pages: 2, frames: 0, slots: 0 },
  observe: 'every-step',
  commands,
});
const STORES = caseOf([mapHost(0, 1), store(0, 1, 7)]);
const LOADS = caseOf([mapHost(0, 1), kernelLoad(0, 1)]);
const goesOn = (): boolean => false;

async function findings(target: Target, saved: SavedFinding[] = []): Promise<readonly Finding[]> {
  const outcome = await run({
    target,
    targetSpec: 'leaking',
    profiles: ['linux-6.12'],
    seed: 1,
    budget: { runs: 60 },
    // The cases that leave a state behind are in the directed suite: random ones may not reach one for a long time.
    directed: true,
    focus: [],
    store: {
      save: async (finding) => {
        saved.push(finding);
        return 'a file';
      },
      discard: async () => undefined,
    },
  });
  return outcome.profiles.flatMap((profile) => profile.findings);
}

describe('a state that outlives a case', () => {
  test.each([
    ['host-memory-outlives-a-case', ['map', 'store'], 'types.host-value'],
    ['swap-areas-outlive-a-case', ['swap-on'], 'types.swap-limit'],
  ])('%s is a finding of its own, with the earlier case that it needs', async (id, earlier, looksLike) => {
    const saved: SavedFinding[] = [];
    const [first] = await findings(leaking(id), saved);
    const { counterexample } = first ?? {};
    expect(counterexample?.violation.requirement).toBe('robust.fresh-world');
    expect(counterexample?.violation.breaches[0]?.requirement).toBe(looksLike);
    expect(counterexample?.earlier?.map(({ commands }) => commands.map(({ op }) => op))).toEqual([earlier]);
    expect(saved.map((one) => one.counterexample.violation.requirement)).not.toContain(looksLike);
    expect(saved.map((one) => one.counterexample.certificate)).not.toContain('found');
    await showsAgain(counterexample, id);
  });

  test('is not reported for a target without such state', async () => {
    expect(await findings(new EmbeddedTarget())).toEqual([]);
  });
});

/** The counterexample fails on a target just started, and its case alone does not. */
async function showsAgain(counterexample: Counterexample | undefined, id: string): Promise<void> {
  if (counterexample === undefined) throw new Error('There is no counterexample.');
  const { case: testCase, earlier } = counterexample;
  expect((await replay(leaking(id), testCase)).verdict.kind).toBe('conforms');
  expect((await replay(leaking(id), testCase, { earlier })).verdict).toMatchObject({
    violation: { requirement: 'robust.fresh-world' },
  });
  expect((await replay(new EmbeddedTarget(), testCase, { earlier })).verdict.kind).toBe('conforms');
}

describe('a replay after earlier cases', () => {
  test('names the requirement that the case violates alone, if it does', async () => {
    const mutant = mutantById('fork-keeps-parent-write');
    const target = new EmbeddedTarget(mutant?.mutation === undefined ? {} : { mutation: mutant.mutation });
    const testCase = {
      ...caseOf(mutant?.witness ?? []),
      scope: { processes: 2, pages: 1, frames: 1, slots: 0 },
    };
    expect((await replay(target, testCase, { earlier: [STORES] })).verdict).toMatchObject({
      violation: { requirement: 'fork.read-both' },
    });
  });
});

describe('a saved counterexample', () => {
  const fileOf = (
    requirement: 'robust.fresh-world' | 'types.host-value',
    earlier?: readonly Case[],
  ): CaseFile =>
    caseFileOf(
      {
        index: 0,
        counterexample: {
          case: LOADS,
          ...(earlier === undefined ? {} : { earlier }),
          trace: undefined,
          violation: {
            step: 1,
            op: 'kernel-load',
            requirement,
            clause: 'value',
            expected: [],
            observed: '',
            breaches: [],
          },
          failure: undefined,
          certificate: '2-minimal',
          slice: undefined,
          asked: 0,
        },
      },
      { hello: new EmbeddedTarget().hello, targetSpec: 'leaking', seed: 1 },
    );

  test('that needs an earlier case still fails, and is fixed if the earlier case has no effect', async () => {
    const file = fileOf('robust.fresh-world', [STORES]);
    expect(await replayFile(leaking(), 'leaking', file, goesOn)).toMatchObject({
      status: 'still-fails',
      counterexample: { earlier: [STORES], violation: { requirement: 'robust.fresh-world' } },
    });
    expect(await replayFile(new EmbeddedTarget(), 'leaking', file, goesOn)).toMatchObject({
      status: 'fixed',
    });
  });

  test('runs on a fresh target, so the state left by other files has no effect', async () => {
    const target = leaking();
    await target.run(STORES);
    expect((await target.run(LOADS)).kind).toBe('trace');
    await target.run(STORES);
    expect(await replayFile(target, 'leaking', fileOf('types.host-value'), goesOn)).toMatchObject({
      status: 'fixed',
    });
  });

  test('that fails only when it is run again needs itself as the earlier case', async () => {
    const again = { ...LOADS, commands: [mapHost(0, 1), kernelLoad(0, 1), store(0, 1, 7)] };
    const file = { ...fileOf('types.host-value'), case: again };
    const replayed = await replayFile(leaking(), 'leaking', file, goesOn);
    expect(replayed).toMatchObject({
      status: 'fails-otherwise',
      counterexample: { earlier: [again], violation: { requirement: 'robust.fresh-world' } },
    });
  });
});

/** A pseudo-random bit that depends on the number only. */
function isOdd(number: number): boolean {
  const mixed = Math.imul(number ^ (number >>> 15), 0x2c1b3c6d);
  const more = Math.imul(mixed ^ (mixed >>> 12), 0x297a2d39);
  return ((more ^ (more >>> 15)) & 1) === 1;
}

/** Patterns of flaky failures: every second case, every third case, and three hundred pseudo-random ones. */
const PATTERNS: readonly ((nth: number) => boolean)[] = [
  (nth) => nth % 2 === 0,
  (nth) => nth % 2 === 1,
  (nth) => nth % 3 === 0,
  (nth) => nth % 3 !== 0,
  ...Array.from({ length: 300 }, (_, coin) => (nth: number) => isOdd(nth + 1000 * coin)),
];

test('a flaky failure is not reported as one that needs earlier cases', async () => {
  const mutant = mutantById('fork-keeps-parent-write');
  if (mutant === undefined) throw new Error('The mutant is gone.');
  const failing = {
    ...caseOf(mutant.witness),
    scope: { processes: 2, pages: 1, frames: 1, slots: 0 },
  };
  const fingerprint = 'fork.read-both fork entries';
  let taken = 0;
  for (const shows of PATTERNS) {
    const target = new Flickering(mutant, shows);
    const search = new EarlierCaseSearch(target, fingerprint, goesOn, undefined);
    const earlier = await search.find(failing, [STORES, LOADS, STORES, LOADS]);
    // `isDue` confirms, as after shrinking.
    if (earlier !== undefined && (await search.isDue(earlier, failing))) taken++;
  }
  expect(taken).toBe(0);
  const steady = new EarlierCaseSearch(leaking(), 'types.host-value kernel-load value', goesOn, undefined);
  expect(await steady.find(LOADS, [LOADS, STORES, LOADS])).toEqual([STORES, LOADS]);
});
