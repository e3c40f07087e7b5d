import { readFileSync, writeFileSync } from 'node:fs';
import { beforeAll, describe, expect, test } from 'vitest';
import { type CoveredBy, coveredBy } from '../mutation/covered-by.ts';
import { PLAIN } from './paint.ts';
import { gapsIn, traceability } from './traceability.ts';
import { traceabilityPage, traceabilityText } from './traceability-page.ts';

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
