import { readFileSync, writeFileSync } from 'node:fs';
import { beforeAll, describe, expect, test } from 'vitest';
import { mutantById, MUTANTS } from '../planted-bugs/planted-bugs.ts';
import { type CoveredBy, coveredBy } from '../mutation-testing/covered-by.ts';
import { LEVELS, ObservabilitySearch } from '../mutation-testing/observability.ts';
import {
  gapsIn,
  OBSERVABILITY_RUN,
  observabilityRow,
  traceability,
  traceabilityPage,
  traceabilityText,
} from './generated-pages.ts';
import { Shell } from '../cli/world.fixture.ts';
import { PLAIN } from './paint.ts';

let covered: CoveredBy = new Map();
beforeAll(async () => {
  covered = await coveredBy();
});

describe('the matrix', () => {
  test('is complete', () => {
    expect(gapsIn(traceability(covered))).toEqual([]);
  });

  test('equals the page in the repository; ZDC_UPDATE_GOLDEN=1 updates it', () => {
    const file = new URL('../../reports/traceability.md', import.meta.url);
    const made = traceabilityPage(traceability(covered));
    if (process.env['ZDC_UPDATE_GOLDEN'] === '1') writeFileSync(file, made);
    expect(made).toBe(readFileSync(file, 'utf8'));
  });

  test('zdc spec shows the matrix as data', async () => {
    const shell = new Shell();
    const { out } = await shell.call(['spec', 'migrate.detach', '--matrix', '--json']);
    shell.remove();
    expect(JSON.parse(out)).toMatchObject({ requirements: [{ id: 'migrate.detach', commands: ['detach'] }] });
  });

  test('fits in a terminal', () => {
    const text = traceabilityText(traceability(covered), 80, PLAIN);
    expect(text).toMatch(/migrate\.detach \(MUST\)/);
    expect(text).toMatch(/Seed +message 16: /);
    expect(text).toMatch(/Commands +detach\n/);
    expect(text).toMatch(/Mutants +[a-z-]+/);
    expect(text).toMatch(/Profiles +all\n/);
    const lines = text.split('\n');
    const wrapped = lines.filter((line) => !line.includes('(MUST)') && !line.includes('(SHOULD)'));
    expect(wrapped.filter((line) => line.length > 80)).toEqual([]);
  });
});

test('every kind of gap is reported', () => {
  const without = new Map(covered);
  without.delete('fork.counts');
  const chapters = traceability(without).map(({ title, requirements }) => ({
    title,
    requirements: requirements.map((one) =>
      one.requirement.id === 'fork.no-callbacks' ? { ...one, mutants: [] } : one,
    ),
  }));
  expect(gapsIn(chapters, [])).toEqual(
    expect.arrayContaining([
      'fork.counts is not covered by any command',
      'fork.no-callbacks is a MUST without a mutant that violates it',
    ]),
  );
  expect(
    gapsIn([], [{ id: 'a-mutant', requirement: 'failure.poison', profiles: ['origin', 'linux-6.1'] }]),
  ).toEqual(['mutant a-mutant violates failure.poison, which is not a requirement of linux-6.1']);
});

/** Measuring the page takes minutes, so the test measures one in this many of the rows that take few commands. */
const SAMPLED_ONE_IN = 15;
const MAX_SAMPLED_COMMANDS = 10_000;

/** The commands that a row takes: at a level that misses the bug, as many as a run may have. */
const commandsOfRow = (row: string): number =>
  row
    .split(' | ')
    .slice(3)
    .map((cell) => /, (?<commands>[\d,]+)(?: \|)?$/.exec(cell)?.groups?.['commands']?.replaceAll(',', ''))
    .reduce((sum, commands) => sum + Number(commands ?? OBSERVABILITY_RUN.maxCommands), 0);

test('the page on observability has a row for each planted bug, and the sampled rows are up to date', async () => {
  const page = readFileSync(new URL('../../reports/observability.md', import.meta.url), 'utf8');
  const rows = page.split('\n').filter((line) => / \| (origin|linux-)/.test(line));
  expect(rows.map((row) => row.split(' ')[1])).toEqual(MUTANTS.map(({ id }) => id));
  const cheap = MUTANTS.filter((_, index) => commandsOfRow(rows[index] ?? '') <= MAX_SAMPLED_COMMANDS);
  expect(cheap.length).toBeGreaterThan(MUTANTS.length / 4);
  const search = new ObservabilitySearch(OBSERVABILITY_RUN);
  for (const mutant of cheap.filter((_, index) => index % SAMPLED_ONE_IN === 0)) {
    const [profile = 'origin'] = mutant.profiles;
    const made = await search.run(mutant, profile);
    expect(rows, 'node dist/src/bench/observability-main.js writes the page').toContain(
      observabilityRow(made),
    );
  }
});

test('results alone reveal a wrong value, and never a wrong count', async () => {
  const seen = async (id: string): Promise<readonly string[]> => {
    const mutant = mutantById(id);
    if (mutant === undefined) throw new Error(`no mutant ${id}`);
    const { sightings } = await new ObservabilitySearch({ seed: 1, maxCommands: 3000 }).run(mutant, 'origin');
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
