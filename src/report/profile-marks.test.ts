import { expect, test } from 'vitest';
import { type ProfileName, ProfileName as Names } from '../../spec/profiles/profile.ts';
import { profileRange } from './profile-marks.ts';

test.each<[readonly ProfileName[] | undefined, string]>([
  [undefined, 'all'],
  [Names.options, 'all'],
  [['origin'], 'origin'],
  [['linux-6.19'], 'linux-6.19'],
  [['origin', 'linux-4.14'], 'up to linux-4.14'],
  [['linux-6.1', 'linux-6.12', 'linux-6.19'], 'from linux-6.1'],
  [['linux-5.18', 'linux-6.1'], 'linux-5.18 to linux-6.1'],
  [['origin', 'linux-6.1'], 'origin, linux-6.1'],
  [[], ''],
])('%j is "%s"', (profiles, words) => {
  expect(profileRange(profiles)).toBe(words);
});
