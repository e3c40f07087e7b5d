import { readFileSync, writeFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { z } from 'zod';
import { judgeTrace } from '../../spec/judge/judge.ts';
import { Tally } from '../../spec/judge/tally.ts';
import type { ProfileName } from '../../spec/profiles/profile.ts';
import {
  appliesTo,
  CATALOGUE,
  findRequirement,
  type RequirementId,
} from '../../spec/requirements/catalogue.ts';
import { Capability, MODES } from '../../spec/vocabulary/capability.ts';
import type { Case } from '../../spec/vocabulary/case.ts';
import { replay } from '../run/replay.ts';
import { caseRandom, CaseSource } from '../generate/case-source.ts';
import { EmbeddedTarget } from '../targets/embedded.ts';
import { EVERY_PROFILE, type Mutant, witnessScope } from './planted-bug.ts';
import { isMild, mutantById, MUTANTS as ALL } from './planted-bugs.ts';

const MILD_MUTANTS = ALL.filter(isMild);
const MUTANTS = ALL.filter((mutant) => !isMild(mutant));
const inProfiles = (mutants: readonly Mutant[]): [string, ProfileName, Mutant][] =>
  mutants.flatMap((mutant) =>
    mutant.profiles.map((profile): [string, ProfileName, Mutant] => [mutant.id, profile, mutant]),
  );

const directedCase = (mutant: Mutant, profile: ProfileName): Case => ({
  profile,
  scope: witnessScope(mutant),
  observe: 'every-step',
  commands: mutant.witness,
});

/** The verdict of a case: the requirement that it violates first, or the other way in which it ended. */
async function judged(target: EmbeddedTarget, testCase: Case, tally = new Tally()): Promise<string> {
  const run = await target.run(testCase);
  if (run.kind === 'failure') return run.failure.kind === 'hang' ? 'robust.terminates' : 'robust.no-crash';
  const verdict = judgeTrace(run.trace, tally);
  return verdict.kind === 'violates' ? verdict.violation.requirement : verdict.kind;
}

/** Cases as a run generates them. Every mutant runs the same cases, so each case is generated once. */
class Cases {
  readonly #cases: Case[] = [];
  readonly #source: CaseSource;
  readonly #seed: number;

  constructor(profile: ProfileName, seed: number) {
    this.#source = new CaseSource({ profile, capabilities: new Set(Capability.options) });
    this.#seed = seed;
  }

  at(index: number): Case {
    return (this.#cases[index] ??= this.#source.draw(caseRandom(this.#seed, index)));
  }
}

const MAX_COMMANDS = 20_000;
/** One run may miss a bug that is rare within so few commands; several runs do not. */
const SEEDS = [1, 2, 3, 4, 5, 6, 7, 8];
const casesBySeed = new Map(
  EVERY_PROFILE.map((profile) => [profile, SEEDS.map((seed) => new Cases(profile, seed))]),
);

/**
 * The first requirement that random cases see violated by a mutant; for a mild mutant, the SHOULD that it does not
 * follow.
 */
async function search(mutant: Mutant, profile: ProfileName): Promise<string> {
  const target = new EmbeddedTarget({ mutation: mutant.mutation });
  for (const cases of casesBySeed.get(profile) ?? []) {
    const tally = new Tally();
    for (let index = 0, commands = 0; commands < MAX_COMMANDS; index++) {
      const testCase = cases.at(index);
      commands += testCase.commands.length;
      const outcome = await judged(target, testCase, tally);
      // A case without a verdict shows nothing.
      if (outcome !== 'conforms' && outcome !== 'inconclusive') return outcome;
      if (tally.notFollowed(mutant.requirement) > 0) return mutant.requirement;
    }
  }
  return 'nothing';
}

describe('the registry', () => {
  it('lists every mutant once, in the chapter of its requirement', () => {
    expect(new Set(ALL.map(({ id }) => id)).size).toBe(ALL.length);
    const chapters = ALL.map(({ requirement: primary }) => primary.split('.')[0]);
    expect(chapters).toEqual(chapters.toSorted((a, b) => chapters.indexOf(a) - chapters.indexOf(b)));
  });

  it('finds a mutant by its id', () => {
    expect(mutantById('page-free-twice')).toMatchObject({ requirement: 'count.free-once' });
    expect(mutantById('page-free-thrice')).toBeUndefined();
  });

  it('contains a mutant for every MUST, and a mild one for every SHOULD', () => {
    const primaries = new Set<RequirementId>(ALL.map(({ requirement: primary }) => primary));
    // Tests of modes are in lawful-choices.slow.test.ts, because mutants are built without modes.
    const usual = CATALOGUE.filter(({ needs }) => !needs.some((need) => MODES.has(need)));
    expect(usual.filter(({ id }) => !primaries.has(id)).map(({ id }) => id)).toEqual([]);
    expect(MUTANTS.filter(({ requirement: primary }) => findRequirement(primary)?.level !== 'MUST')).toEqual(
      [],
    );
    expect(
      MILD_MUTANTS.filter(({ requirement: primary }) => findRequirement(primary)?.level !== 'SHOULD'),
    ).toEqual([]);
  });

  it.each(ALL.map((mutant): [string, Mutant] => [mutant.id, mutant]))(
    'describes %s correctly',
    (_, mutant) => {
      const { id, requirement: primary, profiles, title } = mutant;
      expect(title).toMatch(/^[A-Zp].*\.$/);
      expect(id).toMatch(/^[a-z]+(-[a-z]+)*$/);
      const requirement = findRequirement(primary);
      expect(
        profiles.filter((profile) => requirement !== undefined && appliesTo(requirement, profile)),
      ).toEqual(profiles);
    },
  );
});

describe('the witness', () => {
  it.each(inProfiles(ALL))('of %s in %s conforms without the mutant', async (_, profile, mutant) => {
    const tally = new Tally();
    expect(await judged(new EmbeddedTarget(), directedCase(mutant, profile), tally)).toBe('conforms');
    expect(tally.notFollowed(mutant.requirement)).toBe(0);
  });

  it.each(inProfiles(MUTANTS.filter(({ before }) => before !== undefined)))(
    'of %s in %s fails after its earlier cases, and not alone',
    async (_, profile, mutant) => {
      const target = new EmbeddedTarget({ mutation: mutant.mutation });
      const testCase = directedCase(mutant, profile);
      expect(await judged(target, testCase)).toBe('conforms');
      const earlier = (mutant.before ?? []).map((commands) => ({ ...testCase, commands }));
      const { verdict } = await replay(target, testCase, { earlier });
      expect(verdict).toMatchObject({ kind: 'violates', violation: { requirement: mutant.requirement } });
    },
  );

  it.each(inProfiles(MUTANTS.filter(({ before }) => before === undefined)))(
    'of %s in %s first violates its requirement, in the last command',
    async (_, profile, mutant) => {
      const target = new EmbeddedTarget({ mutation: mutant.mutation });
      const testCase = directedCase(mutant, profile);
      expect(await judged(target, testCase)).toBe(mutant.requirement);
      expect(await judged(target, { ...testCase, commands: mutant.witness.slice(0, -1) })).toBe('conforms');
    },
  );

  it.each(inProfiles(MILD_MUTANTS))(
    'of %s in %s does not follow its requirement',
    async (_, profile, mutant) => {
      const tally = new Tally();
      const target = new EmbeddedTarget({ mutation: mutant.mutation });
      expect(await judged(target, directedCase(mutant, profile), tally)).toBe('conforms');
      expect(tally.notFollowed(mutant.requirement)).toBe(1);
    },
  );
});

const UPDATE = process.env['ZDC_UPDATE_GOLDEN'] === '1';
/**
 * By mutant, the other requirements by which the random cases of some profile catch it first. Generated by the tests
 * below with ZDC_UPDATE_GOLDEN=1.
 */
const KILL_MATRIX = new URL('../../reports/kill-matrix.json', import.meta.url);
const alsoCaughtBy = z
  .record(z.string(), z.array(z.string()))
  .parse(JSON.parse(readFileSync(KILL_MATRIX, 'utf8')));

describe('random cases', () => {
  const seen = new Map<string, Set<string>>();

  // Each mutant in one of its profiles; over all mutants, every profile is covered.
  const searched = ALL.flatMap((mutant, index): [string, ProfileName, Mutant][] => {
    const profile = mutant.profiles[index % mutant.profiles.length];
    return profile === undefined ? [] : [[mutant.id, profile, mutant]];
  });

  it.each(searched)('catch %s in %s', async (_, profile, mutant) => {
    const requirement = await search(mutant, profile);
    if (requirement !== mutant.requirement)
      seen.set(mutant.id, (seen.get(mutant.id) ?? new Set()).add(requirement));
    expect(
      UPDATE ? CATALOGUE.map(({ id }) => id) : [mutant.requirement, ...(alsoCaughtBy[mutant.id] ?? [])],
    ).toContain(requirement);
  });

  it('are in the kill matrix, which names existing mutants only', () => {
    if (UPDATE) {
      const rows = [...seen]
        .toSorted(([a], [b]) => (a < b ? -1 : 1))
        .map(([id, by]) => `  ${JSON.stringify(id)}: ${JSON.stringify([...by].toSorted())}`);
      writeFileSync(KILL_MATRIX, `{\n${rows.join(',\n')}\n}\n`);
    }
    expect(Object.keys(alsoCaughtBy).filter((id) => mutantById(id) === undefined)).toEqual([]);
  });
});
