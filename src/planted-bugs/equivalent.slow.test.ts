import { expect, it } from 'vitest';
import type { ProfileName } from '../../spec/profiles/profile.ts';
import { USUAL_CAPABILITIES } from '../../spec/vocabulary/capability.ts';
import type { Case } from '../../spec/vocabulary/case.ts';
import { caseRandom, CaseSource } from '../generate/case-source.ts';
import { EmbeddedTarget } from '../targets/embedded.ts';
import { EQUIVALENT_MUTANTS, type EquivalentMutant } from './equivalent.ts';
import { mutantById } from './planted-bugs.ts';

const CASES = 200;

interface Expected {
  readonly testCase: Case;
  /** As JSON, because strings are compared much faster than objects. */
  readonly observed: string;
}

const expectedIn = new Map<ProfileName, readonly Expected[]>();

/** Random cases and what the kernel shows of them; the same for every mutant in this profile. */
function expectedOf(profile: ProfileName): readonly Expected[] {
  const known = expectedIn.get(profile);
  if (known !== undefined) return known;
  const source = new CaseSource({ profile, capabilities: new Set(USUAL_CAPABILITIES) });
  const target = new EmbeddedTarget();
  const expected = Array.from({ length: CASES }, (_, index): Expected => {
    const testCase: Case = { ...source.draw(caseRandom(5, index)), observe: 'every-step' };
    return { testCase, observed: JSON.stringify(target.runNow(testCase).observations) };
  });
  expectedIn.set(profile, expected);
  return expected;
}

const inProfiles = EQUIVALENT_MUTANTS.flatMap((mutant) =>
  mutant.profiles.map((profile): [string, ProfileName, EquivalentMutant] => [mutant.id, profile, mutant]),
);

it('an equivalent mutant is not a planted bug', () => {
  for (const { id } of EQUIVALENT_MUTANTS) expect(mutantById(id)).toBeUndefined();
});

it.each(inProfiles)('%s in %s has the observations of the kernel without it', (_, profile, mutant) => {
  const target = new EmbeddedTarget({ mutation: mutant.mutation });
  for (const { testCase, observed } of expectedOf(profile))
    expect(JSON.stringify(target.runNow(testCase).observations)).toBe(observed);
});
