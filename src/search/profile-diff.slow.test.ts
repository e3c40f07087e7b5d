import { describe, expect, test } from 'vitest';
import { ProfileName } from '../../spec/profiles/profile.ts';
import { type ProfileDifference, profileDifference } from './profile-diff.ts';

const difference = (one: ProfileName, other: ProfileName, longest = 5): Promise<ProfileDifference> =>
  profileDifference(one, other, { longest, budget: 60_000, signal: undefined });

const NEIGHBOURS = ProfileName.options
  .slice(1)
  .map((later, at): [ProfileName, ProfileName] => [ProfileName.options[at] ?? 'origin', later]);

/** What another rule always tells first, or what takes more steps. */
const SEEN_BY_OTHERS: ReadonlySet<string> = new Set([
  'failure.sharers-keep',
  'count.never-zero',
  // The embedded kernel returns the right error in every version.
  'devices.foreign-error',
]);
/** What one side is free to do, and the embedded kernel does not. */
const FREEDOMS: ReadonlySet<string> = new Set([
  'sameProtectionIsQuiet',
  'foreignErrorTellsCause',
  // Worlds with blocks are not sent to the other side.
  'hasLargeFolios',
]);

describe.each(NEIGHBOURS)('%s and %s', (one, other) => {
  test('differ, and every difference has a case', async () => {
    const { requirements, switches } = await difference(one, other);
    expect(switches.length).toBeGreaterThan(0);
    const withoutCase = requirements.filter(
      ({ notSent, seen, requirement }) =>
        notSent.length === 0 && seen === undefined && !SEEN_BY_OTHERS.has(requirement.id),
    );
    expect(withoutCase.map(({ requirement }) => requirement.id)).toEqual([]);
    const unseen = switches.filter(({ seen, names }) => seen.length === 0 && !FREEDOMS.has(String(names)));
    expect(unseen).toEqual([]);
  });
});

test('the case of a difference is the shortest', async () => {
  const { requirements, switches } = await difference('origin', 'linux-4.14');
  const poison = switches.find(({ names }) => names.includes('failedFaultPoisons'));
  expect(poison?.seen.map(({ does, commands }) => [does, commands.map(({ op }) => op).join(' ')])).toEqual([
    ['origin', 'map migrate-to-device inject load'],
    ['linux-4.14', 'map migrate-to-device inject load'],
  ]);
  const lasts = requirements.find(({ requirement }) => requirement.id === 'failure.poison-lasts');
  expect(lasts?.seen).toMatchObject({ does: 'linux-4.14', forbids: 'origin', sight: 'results' });
  expect(lasts?.seen?.commands).toHaveLength(5);
});

test('a profile does not differ from itself', async () => {
  expect(await difference('origin', 'origin')).toMatchObject({ requirements: [], switches: [] });
});

test('stops when it is interrupted, and returns the differences found', async () => {
  const { switches } = await profileDifference('origin', 'linux-4.14', {
    longest: 6,
    budget: 60_000,
    signal: AbortSignal.abort(),
  });
  expect(switches.map(({ searched }) => searched)).toEqual([0, 0]);
});

test('stops at its budget', async () => {
  const { switches } = await profileDifference('origin', 'linux-6.19', {
    longest: 12,
    budget: 300,
    signal: undefined,
  });
  // Cases of twelve steps alone would take days.
  expect(switches.some(({ searched }) => searched < 12)).toBe(true);
});
