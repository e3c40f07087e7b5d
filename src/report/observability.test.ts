import { readFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import { LEVELS, observabilityOf } from '../mutation/observability.ts';
import { mutantById, MUTANTS } from '../mutants/mutants.ts';
import { OBSERVABILITY_RUN, observabilityRow } from './observability-page.ts';

/** Measuring the page takes minutes, so the test measures one row in this many. */
const SAMPLED_ONE_IN = 15;

test('the page on observability has a row for each planted bug, and the sampled rows are up to date', async () => {
  const page = readFileSync(new URL('../../reports/observability.md', import.meta.url), 'utf8');
  const rows = page.split('\n').filter((line) => / \| (origin|linux-)/.test(line));
  expect(rows.map((row) => row.split(' ')[1])).toEqual(MUTANTS.map(({ id }) => id));
  for (const mutant of MUTANTS.filter((_, index) => index % SAMPLED_ONE_IN === 0)) {
    const [profile = 'origin'] = mutant.profiles;
    const made = await observabilityOf(mutant, profile, OBSERVABILITY_RUN);
    expect(rows, 'node dist/src/bench/observability-main.js writes the page').toContain(
      observabilityRow(made),
    );
  }
});

test('results alone reveal a wrong value, and never a wrong count', async () => {
  const seen = async (id: string): Promise<readonly string[]> => {
    const mutant = mutantById(id);
    if (mutant === undefined) throw new Error(`no mutant ${id}`);
    const { sightings } = await observabilityOf(mutant, 'origin', { seed: 1, maxCommands: 3000 });
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
