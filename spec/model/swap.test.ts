import { expect, test } from 'vitest';
import { ProfileName, PROFILES, type Since, valueIn } from '../profiles/profile.ts';
import { swapOn } from '../vocabulary/shorthand.ts';
import { Model } from './outcomes.fixture.ts';

const LIMITS: Since<number> = {
  origin: 27,
  'linux-5.18': 25,
  'linux-6.1': 22,
  'linux-6.12': 23,
  'linux-6.19': 24,
};

test.each(ProfileName.options)('in %s swap-on adds areas up to the limit', (profile) => {
  const limit = valueIn(LIMITS, profile);
  expect(PROFILES[profile].swapAreas).toBe(limit);
  const model = new Model({ profile, processes: 1, pages: 1 });
  expect(model.outcomes(swapOn(32))).toEqual([`${limit}: .; swap ${limit}`]);
  expect(model.outcomes(swapOn(limit))).toEqual([`${limit}: .; swap ${limit}`]);
  model.go(swapOn(20));
  expect(model.outcomes(swapOn(limit - 20))).toEqual([`${limit - 20}: .; swap ${limit}`]);
  expect(model.outcomes(swapOn(10))).toEqual([`${limit - 20}: .; swap ${limit}`]);
  expect(model.go(swapOn(10)).outcomes(swapOn(1))).toEqual([`0: .; swap ${limit}`]);
});
