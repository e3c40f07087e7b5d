import { expect, test } from 'vitest';
import { profileForKernel, ProfileName, PROFILES, profilesBefore, profilesFrom } from './profile.ts';

test('profiles are ordered by the version that they name', () => {
  const versions = ProfileName.options.slice(1).map((name) => {
    const [major = 0, minor = 0] = name.replace('linux-', '').split('.').map(Number);
    return major * 1000 + minor;
  });
  expect(versions).toEqual(versions.toSorted((one, other) => one - other));
  expect(Object.keys(PROFILES)).toEqual(ProfileName.options);
  for (const name of ProfileName.options) expect(PROFILES[name].name).toBe(name);
});

test('profilesFrom includes its profile, and profilesBefore does not', () => {
  expect(profilesFrom(ProfileName.options.at(-1) ?? 'origin')).toEqual(ProfileName.options.slice(-1));
  expect(profilesBefore('linux-5.18')).toEqual(['origin', 'linux-4.14']);
});

test.each(ProfileName.options.slice(1))(
  'the version in the name of %s is judged by that profile',
  (profile) => {
    const next = ProfileName.options[ProfileName.options.indexOf(profile) + 1];
    expect(profileForKernel(profile.replace('linux-', ''))).toEqual({ profile, isOwn: true, next });
  },
);

test.each([
  ['4.14.336', 'linux-4.14', true],
  ['4.15.0', 'linux-4.14', false],
  ['5.17.15', 'linux-4.14', false],
  ['6.1.192', 'linux-6.1', true],
  // 10 comes after 1 and before 12.
  ['6.10', 'linux-6.1', false],
  ['6.12.117-1~deb12u1', 'linux-6.12', true],
  ['6.18.35', 'linux-6.12', false],
  ['6.19.0-rc3+', 'linux-6.19', true],
  ['7.0.0-rc3+', 'linux-6.19', false],
  ['linux-6.15', 'linux-6.12', false],
])('Linux %s is judged by %s', (release, profile, isOwn) => {
  expect(profileForKernel(release)).toMatchObject({ profile, isOwn });
});

test('a version newer than every profile is judged by the newest one', () => {
  const newest = ProfileName.options.at(-1);
  expect(profileForKernel('99.0')).toEqual({ profile: newest, isOwn: false, next: undefined });
});

test.each(['4.13.9', '3.10', 'origin', '', 'v6.12', '6', 'next-20261129'])('%j has no profile', (release) => {
  expect(profileForKernel(release)).toBeUndefined();
});
