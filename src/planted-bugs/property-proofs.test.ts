import { readdirSync, readFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import { findProperty, PROPERTIES } from '../../properties/properties.ts';
import type { Property } from '../../properties/property.ts';
import type { ProfileName } from '../../spec/profiles/profile.ts';
import { EmbeddedTarget } from '../targets/embedded.ts';
import { type Mutant, witnessScope } from './planted-bug.ts';
import { MUTANTS } from './planted-bugs.ts';

// A check that cannot fail is no check. Each property is broken by the witness of a planted bug of one of its requirements
// and holds for the same case without the bug, or it has a hand-made proof beside it.

const folder = new URL('../../properties/', import.meta.url);
const proofs = readdirSync(folder)
  .filter((name) => name.endsWith('.test.ts'))
  .map((name) => readFileSync(new URL(name, folder), 'utf8'))
  .join('');

/** Whether a test of the chapter proves the property by hand-made traces. */
const isProvenByHand = ({ id }: Property): boolean => proofs.includes(`'${id}':`);

const correct = new EmbeddedTarget();

/** Whether the witness breaks the property in its last step with the bug, and the property passes without it. */
async function breaks(property: Property, mutant: Mutant, profile: ProfileName): Promise<boolean> {
  const { witness: commands, mutation } = mutant;
  const testCase = { profile, scope: witnessScope(mutant), observe: 'every-step', commands } as const;
  const wrong = await new EmbeddedTarget({ mutation }).run(testCase);
  if (wrong.kind === 'failure') return false;
  if (property.examine(wrong.trace).broken?.step !== commands.length - 1) return false;
  const right = await correct.run(testCase);
  if (right.kind === 'failure') return false;
  const { covered, broken } = property.examine(right.trace);
  return covered > 0 && broken === undefined;
}

async function isProvenByPlantedBug(property: Property): Promise<boolean> {
  for (const mutant of MUTANTS) {
    if (!property.requirements.includes(mutant.requirement) || mutant.before !== undefined) continue;
    for (const profile of mutant.profiles) if (await breaks(property, mutant, profile)) return true;
  }
  return false;
}

test('each property has a hand-made proof, or is broken by a planted bug', async () => {
  const unproven: string[] = [];
  for (const property of PROPERTIES) {
    if (!isProvenByHand(property) && !(await isProvenByPlantedBug(property))) unproven.push(property.id);
  }
  expect(unproven).toEqual([]);
});

test('a planted bug proves a property that it breaks, and none that always passes', async () => {
  const property = findProperty('fork/read-both');
  if (property === undefined) throw new Error('the property is missing');
  expect(await isProvenByPlantedBug(property)).toBe(true);
  const deaf: Property = { ...property, examine: () => ({ covered: 1, broken: undefined }) };
  expect(await isProvenByPlantedBug(deaf)).toBe(false);
  expect(isProvenByHand({ ...property, id: 'fork/unknown' })).toBe(false);
});
