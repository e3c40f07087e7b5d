import { readFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import { LINUX_MUTANTS } from './linux-mutants.ts';

test('the listed mutants are those of the module', () => {
  const source = readFileSync(new URL('module/mutant.c', import.meta.url), 'utf8');
  const built = [...source.matchAll(/\[ZDC_\w+\] = "(?<id>[a-z-]+)"/g)].map(({ groups }) => groups?.['id']);
  expect(LINUX_MUTANTS.map(({ id }) => id).toSorted()).toEqual(built.toSorted());
});
