import fc from 'fast-check';
import { expect, test } from 'vitest';
import { Capability } from '../../spec/vocabulary/capability.ts';
import type { Case } from '../../spec/vocabulary/case.ts';
import { shrinkNow } from '../shrink/shrink.ts';
import { CaseArbitrary } from './case-arbitrary.ts';

const capabilities: ReadonlySet<Capability> = new Set(Capability.options);
const forksAndPins = ({ commands }: Case): boolean =>
  commands.some(({ op }) => op === 'pin') && commands.some(({ op }) => op === 'fork');

test('generates cases for any property', () => {
  const cases = new CaseArbitrary({ profile: 'linux-6.1', capabilities });
  const details = fc.check(
    fc.property(cases, (testCase) => testCase.profile === 'linux-6.1' && testCase.commands.length > 0),
    { seed: 1, numRuns: 200 },
  );
  expect(details).toMatchObject({ failed: false, numRuns: 200 });
});

test('shrinks in one go, to what the reducer makes of it', () => {
  const cases = new CaseArbitrary({
    profile: 'origin',
    capabilities,
    shorten: (failing) =>
      shrinkNow(failing, { most: 10_000, step: failing.commands.length - 1 }, (smaller) =>
        forksAndPins(smaller) ? smaller.commands.length - 1 : undefined,
      ).case,
  });
  const details = fc.check(
    fc.property(cases, (testCase) => !forksAndPins(testCase)),
    { seed: 3, numRuns: 500 },
  );
  expect(details.failed).toBe(true);
  expect(details.numShrinks).toBe(1);
  const ops = details.counterexample?.[0].commands.map(({ op }) => op);
  expect(ops).toEqual(expect.arrayContaining(['fork', 'map', 'pin']));
  expect(ops?.length).toBeLessThanOrEqual(4);
});

test('without a reducer a failing case stays as it was found', () => {
  const cases = new CaseArbitrary({ profile: 'origin', capabilities });
  const details = fc.check(
    fc.property(cases, (testCase) => !forksAndPins(testCase)),
    { seed: 3, numRuns: 500 },
  );
  expect(details.numShrinks).toBe(0);
});
