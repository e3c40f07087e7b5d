import { setTimeout as pause } from 'node:timers/promises';
import { describe, expect, test } from 'vitest';
import type { Case } from '../../spec/vocabulary/case.ts';
import { directedSuite } from '../generate/directed-suite.ts';
import { mutantById } from '../planted-bugs/planted-bugs.ts';
import { EmbeddedTarget } from '../targets/embedded.ts';
import type { Run } from '../targets/target.ts';
import type { Progress, RunOptions } from './run-options.ts';
import { run } from './run.ts';

/** The embedded target, recording the cases that it receives. */
class Noting extends EmbeddedTarget {
  readonly given: Case[] = [];

  override run(testCase: Case): Promise<Run> {
    this.given.push(testCase);
    return super.run(testCase);
  }
}

/** The embedded target, slow enough for several reports while a counterexample is shrunk. */
class Slow extends EmbeddedTarget {
  #asked = 0;

  override async run(testCase: Case): Promise<Run> {
    if (this.#asked++ % 8 === 0) await pause(5);
    return super.run(testCase);
  }
}

const options = (target: EmbeddedTarget, changes: Partial<RunOptions> = {}): RunOptions => ({
  target,
  targetSpec: 'embedded',
  profiles: ['origin'],
  seed: 1,
  budget: { runs: 5 },
  focus: [],
  directed: true,
  ...changes,
});

const SUITE = directedSuite('origin', new EmbeddedTarget().hello.capabilities).map(
  ({ case: testCase }) => testCase,
);

describe('a run of a slice of the specification alone', () => {
  const slice = { scope: { processes: 1, pages: 1, frames: 1, slots: 0 }, families: ['core'] } as const;
  const ofSlice = (changes: Partial<RunOptions>): RunOptions =>
    options(new EmbeddedTarget(), { directed: false, strategy: 'transitions', slice, ...changes });

  test('conforms once every command was executed in every state, although the slice lacks other requirements', async () => {
    const { verdict, uncovered, profiles } = await run(ofSlice({ budget: { untilEnd: true } }));
    expect({ verdict, uncovered }).toEqual({ verdict: 'conforms', uncovered: [] });
    expect(profiles[0]?.requirements.some(({ status }) => status === 'not-covered')).toBe(true);
  });

  test('is inconclusive before', async () => {
    const { verdict, uncovered } = await run(ofSlice({ budget: { runs: 1 } }));
    expect(verdict).toBe('inconclusive');
    expect(uncovered).toContain('pin.blocks-migration');
  });

  test('is inconclusive if the directed suite did not cover a MUST', async () => {
    const target = new EmbeddedTarget({ shows: ['fork', 'race', 'race-extended'] });
    const whole = await run({ ...ofSlice({ budget: { untilEnd: true } }), target, directed: true });
    expect(whole.profiles[0]?.directed?.of).toBeGreaterThan(0);
    expect(whole.uncovered).toEqual(
      whole.profiles[0]?.requirements
        .filter(({ requirement, status }) => status === 'not-covered' && requirement.level === 'MUST')
        .map(({ requirement }) => requirement.id),
    );
  });
});

describe('a run with the directed suite', () => {
  test('begins with it, and then draws the cases that it draws without', async () => {
    const [withIt, without] = [new Noting(), new Noting()];
    const { profiles } = await run(options(withIt));
    await run(options(without, { directed: false }));
    expect(without.given).toHaveLength(5);
    expect(withIt.given).toEqual([...SUITE, ...without.given]);
    expect(profiles[0]?.cases).toBe(SUITE.length + 5);
    expect(profiles[0]?.directed).toMatchObject({ of: SUITE.length, cases: SUITE.length });
  });

  test('runs it whole in every profile, even with little time', async () => {
    const outcome = await run(
      options(new EmbeddedTarget(), { profiles: ['origin', 'linux-6.1'], budget: { milliseconds: -1 } }),
    );
    for (const { directed, cases } of outcome.profiles) expect(directed).toMatchObject({ of: cases, cases });
    expect(outcome.verdict).toBe('conforms');
  });

  test('ends it early if the run is stopped', async () => {
    const stop = new AbortController();
    const target = new Noting();
    const outcome = await run(
      options(target, { signal: stop.signal, onProgress: () => stop.abort(), budget: { runs: 100_000 } }),
    );
    expect(outcome.profiles[0]?.cases).toBe(target.given.length);
    expect(outcome.interrupted).toBe(true);
  });

  test('names the directed case of a finding, whichever worker ran it', async () => {
    const { mutation = {} } = mutantById('page-free-twice') ?? {};
    const found = async (jobs: number) => {
      const others = Array.from({ length: jobs - 1 }, () => new EmbeddedTarget({ mutation }));
      const { profiles } = await run(options(new EmbeddedTarget({ mutation }), { others }));
      return profiles.flatMap(({ findings }) =>
        findings.map(({ fingerprint, index, directed, after }) => ({ fingerprint, index, directed, after })),
      );
    };
    const alone = await found(1);
    expect(alone[0]).toMatchObject({ index: 0, directed: 'free-dips-to-zero' });
    expect(await found(3)).toEqual(alone);
  });

  test('reports time left while the directed suite runs beyond the budget', async () => {
    const reported: Progress[] = [];
    const tell = (progress: Progress): void => {
      reported.push(progress);
    };
    const target = new EmbeddedTarget({ mutation: mutantById('page-free-twice')?.mutation ?? {} });
    await run(options(target, { budget: { milliseconds: -1 }, onProgress: tell }));
    const within = reported.filter(({ directed }) => directed.cases < directed.of);
    expect(within.length).toBeGreaterThan(0);
    for (const { left } of within) expect(left).toBeGreaterThan(0);
  });

  test.each([
    ['and no time left that the cases do not determine', { runs: 5 }, 'undefined'],
    ['and the time left of a budget', { milliseconds: 3_600_000 }, 'number'],
  ] as const)('reports the candidates tried while it shrinks, %s', async (_, budget, left) => {
    const reported: Progress[] = [];
    const target = new Slow({ mutation: mutantById('page-free-twice')?.mutation ?? {} });
    const onProgress = (progress: Progress): void => void reported.push(progress);
    await run(options(target, { budget, bail: true, directed: false, onProgress }));
    const shrinking = reported.filter(({ phase }) => phase === 'reducing');
    const tried = shrinking.map((progress) => progress.tried);
    expect(tried[0]).toBe(0);
    expect(tried.at(-1)).toBeGreaterThan(5);
    expect(tried).toEqual(tried.toSorted((one, other) => one - other));
    const lefts = new Set(shrinking.map((progress) => typeof progress.left));
    expect([...lefts]).toEqual([left]);
    const exploring = reported.filter(({ phase }) => phase === 'exploring');
    expect(exploring.at(-1)).toMatchObject({ tried: 0, left: expect.any(Number) });
  });

  test('reports its progress over all profiles', async () => {
    const reported: Progress[] = [];
    const profiles = ['origin', 'linux-4.14'] as const;
    await run(
      options(new EmbeddedTarget(), { profiles, onProgress: (progress) => void reported.push(progress) }),
    );
    const last = reported.at(-1);
    expect(last).toMatchObject({ profile: 'linux-4.14', profileNumber: 2, profiles: 2, cases: 5, wanted: 5 });
    expect(reported.find(({ profileNumber }) => profileNumber === 2)?.elapsed).toBeGreaterThan(
      reported.findLast(({ profileNumber }) => profileNumber === 1)?.elapsed ?? Infinity,
    );
  });
});

test('a mode replaces no requirement in a profile in which it has no meaning', async () => {
  const shows = [...new EmbeddedTarget().hello.capabilities, 'one-owner'] as const;
  const judgedIn = async (profile: 'origin' | 'linux-6.1'): Promise<readonly string[]> => {
    const target = new EmbeddedTarget({ shows });
    const { profiles } = await run(options(target, { profiles: [profile] }));
    return profiles.flatMap(({ requirements }) => requirements.map(({ requirement: { id } }) => id));
  };
  expect(await judgedIn('origin')).toContain('devices.foreign-value');
  expect(await judgedIn('linux-6.1')).not.toContain('devices.foreign-value');
});
