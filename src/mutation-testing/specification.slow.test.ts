import { expect, test } from 'vitest';
import { contradictions } from './specification.ts';

test('model, embedded kernel, planted bugs and properties do not contradict one another', () => {
  expect(contradictions(10)).toEqual({ embeddedKernel: [], plantedBugs: [], properties: [] });
});
