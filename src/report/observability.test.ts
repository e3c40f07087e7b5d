import { readFileSync, writeFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import { LEVELS, type Observability, observabilityOf } from '../campaign/observability.ts';
import { mutantById, MUTANTS } from '../mutants/mutants.ts';
import { caughtAt, OBSERVABILITY_RUN, observabilityPage } from './observability-page.ts';

test('the page on what is seen of a bug is true; ZDC_UPDATE_GOLDEN=1 writes it', async () => {
  const all: Observability[] = [];
  for (const mutant of MUTANTS) {
    const [profile = 'origin'] = mutant.profiles;
    all.push(await observabilityOf(mutant, profile, OBSERVABILITY_RUN));
  }
  // More to see never hides anything, and what one seed does not come to in time is little.
  const caught = [...LEVELS.keys()].map((level) => caughtAt(all, level));
  expect(caught).toEqual(caught.toSorted((a, b) => a - b));
  expect(caught.at(-1)).toBeGreaterThan(0.98 * MUTANTS.length);
  const file = new URL('../../reports/observability.md', import.meta.url);
  const made = observabilityPage(all);
  if (process.env['ZDC_UPDATE_GOLDEN'] === '1') writeFileSync(file, made);
  expect(made).toBe(readFileSync(file, 'utf8'));
});

test('answers alone tell a wrong value, and never a wrong count', async () => {
  const seen = async (id: string): Promise<readonly string[]> => {
    const mutant = mutantById(id);
    if (mutant === undefined) throw new Error(`no mutant ${id}`);
    const { sightings } = await observabilityOf(mutant, 'origin', { seed: 1, mostCommands: 3000 });
    expect(sightings).toHaveLength(LEVELS.length);
    return sightings.map(({ kind }) => kind);
  };
  expect(await seen('half-a-page-comes-back')).toEqual(['caught', 'caught', 'caught', 'caught']);
  expect(await seen('free-dips-to-zero')).toEqual([
    'not-observable',
    'not-observable',
    'not-observable',
    'caught',
  ]);
});
