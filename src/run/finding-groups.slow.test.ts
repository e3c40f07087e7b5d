import { describe, expect, test } from 'vitest';
import type { ProfileName } from '../../spec/profiles/profile.ts';
import type { Target } from '../targets/target.ts';
import { Examiner, fingerprintOfExamined } from '../examine/examiner.ts';
import type { Finding } from '../shrink/finding.ts';
import type { SavedFinding } from './run-options.ts';
import type { ProfileOutcome } from './outcome.ts';
import { RSS_NOTED_WITH_THE_PAGE } from '../mutation-testing/reported-bugs.fixture.ts';
import { run } from './run.ts';
import { mutationOf, withBugs } from './two-bugs.fixture.ts';

const LINUX: readonly ProfileName[] = ['linux-6.12'];

interface Checked {
  readonly profiles: readonly ProfileOutcome[];
  readonly findings: readonly Finding[];
  /** The files that remain. */
  readonly files: readonly string[];
}

async function check(
  target: Target,
  options: {
    readonly profiles?: readonly ProfileName[];
    readonly runs?: number;
    readonly directed?: boolean;
  } = {},
): Promise<Checked> {
  const { profiles = LINUX, runs = 60, directed = true } = options;
  const files = new Map<string, SavedFinding>();
  const outcome = await run({
    target,
    targetSpec: 'embedded',
    profiles,
    seed: 7,
    directed,
    budget: { runs },
    focus: [],
    store: {
      async save(finding) {
        const file = `${finding.counterexample.case.profile} ${JSON.stringify(finding.counterexample.case.commands)}`;
        files.set(file, finding);
        return file;
      },
      async discard(file) {
        files.delete(file);
      },
    },
  });
  return {
    profiles: outcome.profiles,
    findings: outcome.profiles.flatMap(({ findings }) => findings),
    files: [...files.keys()],
  };
}

const opsOf = ({ counterexample }: Finding): string =>
  counterexample.case.commands.map(({ op }) => op).join(' ');

test('one bug that shows at many commands is one group, represented by its shortest case', async () => {
  const { findings, files } = await check(withBugs(RSS_NOTED_WITH_THE_PAGE), { runs: 150, directed: false });
  expect(findings).toHaveLength(1);
  const [finding] = findings;
  expect(finding && opsOf(finding)).toMatch(/^map (store )?fork \S+$/);
  expect(finding?.counterexample.violation.requirement).toBe('account.rss');
  expect(finding?.otherSymptoms.length).toBeGreaterThan(2);
  for (const { requirement, times } of finding?.otherSymptoms ?? []) {
    expect(requirement).toBe('account.rss');
    expect(times).toBeGreaterThan(0);
  }
  expect(files).toEqual([finding?.file]);
});

test('steps after which one command after the other crashes are one group', async () => {
  const { findings } = await check(withBugs(mutationOf('shared-unmap-crashes')));
  expect(findings.map(opsOf)).toEqual([expect.stringMatching(/^map migrate-to-device fork \S+$/)]);
  expect(findings[0]?.otherSymptoms.length).toBeGreaterThan(3);
});

test('a frame that is freed twice is one group, for all commands that free frames', async () => {
  const { findings } = await check(withBugs(mutationOf('page-free-twice')));
  expect(findings.map(opsOf)).toEqual([expect.stringMatching(/^map migrate-to-device \S+$/)]);
  const ops = new Set(findings[0]?.otherSymptoms.map(({ op }) => op));
  expect([...ops]).toEqual(expect.arrayContaining(['unmap', 'detach', 'migrate-to-system', 'device-store']));
});

test('steps after which one load after the other is stale are one group', async () => {
  const { findings } = await check(withBugs(mutationOf('hole-is-not-cleared')), { runs: 40 });
  const requirements = findings.map(
    ({ otherSymptoms }) => new Set(otherSymptoms.map(({ requirement }) => requirement)),
  );
  expect(findings[0] && opsOf(findings[0])).toMatch(/^map migrate-to-device \S+$/);
  expect(requirements[0]?.size).toBeGreaterThan(3);
  expect(findings.length).toBeLessThan(3);
});

const PAIRS: readonly (readonly [string, string])[] = [
  ['move-brings-pages-back', 'peek-faults'],
  ['fork-keeps-parent-write', 'device-load-brings-the-page-back'],
  ['filled-hole-is-not-counted', 'freed-frame-stays-charged'],
];

describe('two bugs are not one group', () => {
  test.for(PAIRS)('%s and %s', async ([one, other]) => {
    const both = await check(withBugs(mutationOf(one), mutationOf(other)), { runs: 40 });
    const seen = await Promise.all(both.findings.map((finding) => failsWith(finding, [one, other])));
    expect(seen).toContainEqual([one]);
    expect(seen).toContainEqual([other]);
  });
});

/** The bugs that cause the case of a finding to fail when planted alone. */
async function failsWith({ counterexample }: Finding, bugs: readonly string[]): Promise<readonly string[]> {
  const fails: string[] = [];
  for (const bug of bugs) {
    const testCase = counterexample.case;
    const examined = await new Examiner(withBugs(mutationOf(bug)), testCase.profile).examine(testCase);
    if (fingerprintOfExamined(examined) !== undefined) fails.push(bug);
  }
  return fails;
}

describe('a bug that shows in several profiles', () => {
  const profiles: readonly ProfileName[] = ['origin', 'linux-6.1', 'linux-6.12'];

  test('is shrunk and saved in the first of them, and listed in the others', async () => {
    const {
      profiles: outcomes,
      findings,
      files,
    } = await check(withBugs(RSS_NOTED_WITH_THE_PAGE), {
      profiles,
      runs: 20,
    });
    expect(outcomes.map((one) => one.findings.length)).toEqual([1, 1, 1]);
    const [first, ...others] = findings;
    expect(files).toEqual([first?.file]);
    for (const finding of others) {
      expect(finding.sameAs).toEqual({
        profile: 'origin',
        requirement: 'account.rss',
        op: expect.anything(),
        clause: 'accounting',
      });
      expect(finding.file).toBe(first?.file);
      expect(finding.counterexample.case.commands).toEqual(first?.counterexample.case.commands);
    }
    // The violation reported for a profile occurred in that profile.
    for (const { counterexample } of findings) {
      const { case: testCase } = counterexample;
      const target = withBugs(RSS_NOTED_WITH_THE_PAGE);
      const examined = await new Examiner(target, testCase.profile).examine(testCase);
      expect(fingerprintOfExamined(examined)).toMatch(/^account.rss /);
    }
    expect(findings.map(({ counterexample }) => counterexample.case.profile)).toEqual(profiles);
  });

  test('is a finding of its own in a profile where the case of the first does not fail', async () => {
    // A failed fault loses the page in the first of these profiles, and must not in the second.
    const { findings, files } = await check(
      withBugs(mutationOf('failed-fault-poisons'), mutationOf('fork-forgets-poison')),
      {
        profiles: ['origin', 'linux-6.12'],
        runs: 20,
      },
    );
    const own = findings.filter(({ counterexample }) => counterexample.case.profile === 'linux-6.12');
    expect(own.length).toBeGreaterThan(0);
    expect(own.every(({ sameAs }) => sameAs === undefined)).toBe(true);
    expect(files).toEqual(findings.map(({ file }) => file));
  });
});
