import { expect, it } from 'vitest';
import type { ProfileName } from '../../spec/profiles/profile.ts';
import { USUAL_CAPABILITIES } from '../../spec/vocabulary/capability.ts';
import { caseRandom, CaseSource } from '../generate/case-source.ts';
import { EmbeddedTarget } from '../targets/embedded.ts';
import { EQUIVALENT_MUTANTS, type EquivalentMutant } from './equivalent.ts';
import { mutantById } from './planted-bugs.ts';

const CASES = 200;

const inProfiles = EQUIVALENT_MUTANTS.flatMap((mutant) =>
  mutant.profiles.map((profile): [string, ProfileName, EquivalentMutant] => [mutant.id, profile, mutant]),
);

it('an equivalent mutant is not a planted bug', () => {
  for (const { id } of EQUIVALENT_MUTANTS) expect(mutantById(id)).toBeUndefined();
});

it.each(inProfiles)('%s in %s has the observations of the kernel without it', (_, profile, mutant) => {
  const source = new CaseSource({ profile, capabilities: new Set(USUAL_CAPABILITIES) });
  const target = new EmbeddedTarget({ mutation: mutant.mutation });
  const truth = new EmbeddedTarget();
  for (let index = 0; index < CASES; index++) {
    const testCase = { ...source.draw(caseRandom(5, index)), observe: 'every-step' as const };
    // Strings are compared much faster than objects.
    const observed = JSON.stringify(target.runNow(testCase).observations);
    expect(observed).toBe(JSON.stringify(truth.runNow(testCase).observations));
  }
});
