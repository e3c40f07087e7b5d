import { readFileSync, writeFileSync } from 'node:fs';
import { beforeAll, describe, expect, test } from 'vitest';
import { type ExercisedBy, exercisedBy } from '../mutation/covered-by.ts';
import { PLAIN } from './paint.ts';
import { holesIn, traceability } from './traceability.ts';
import { traceabilityPage } from './traceability-page.ts';
import { traceabilityText } from './traceability-text.ts';

let exercised: ExercisedBy = new Map();
beforeAll(async () => {
  exercised = await exercisedBy();
});

describe('the matrix', () => {
  test('has no hole', () => {
    expect(holesIn(traceability(exercised))).toEqual([]);
  });

  test('is the page that is checked in; ZDC_UPDATE_GOLDEN=1 writes it', () => {
    const file = new URL('../../reports/traceability.md', import.meta.url);
    const made = traceabilityPage(traceability(exercised));
    if (process.env['ZDC_UPDATE_GOLDEN'] === '1') writeFileSync(file, made);
    expect(made).toBe(readFileSync(file, 'utf8'));
  });

  test('fits in a terminal', () => {
    const text = traceabilityText(traceability(exercised), 80, PLAIN);
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

test('a hole is told, of whichever sort', () => {
  const without = new Map(exercised);
  without.delete('fork.counts');
  const chapters = traceability(without).map(({ title, requirements }) => ({
    title,
    requirements: requirements.map((one) =>
      one.requirement.id === 'fork.quiet' ? { ...one, mutants: [] } : one,
    ),
  }));
  expect(holesIn(chapters, [])).toEqual(
    expect.arrayContaining([
      'fork.counts is exercised by no command',
      'fork.quiet is a MUST without a mutant that breaks it',
    ]),
  );
  expect(
    holesIn([], [{ id: 'a-mutant', primary: 'failure.poison', profiles: ['origin', 'linux-6.1'] }]),
  ).toEqual(['mutant a-mutant breaks failure.poison, which is no rule of linux-6.1']);
});
