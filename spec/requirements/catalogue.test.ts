import { describe, expect, test } from 'vitest';
import { ProfileName } from '../profiles/profile.ts';
import { Capability } from '../vocabulary/capability.ts';
import { appliesTo, CATALOGUE, CHAPTERS, findRequirement, ruleIndex } from './catalogue.ts';
import { currentId } from './renamed.ts';

const inProfile = (profile: ProfileName): readonly string[] =>
  CATALOGUE.filter((requirement) => appliesTo(requirement, profile)).map(({ id }) => id);

describe('the catalogue', () => {
  test('has distinct, nonempty chapters', () => {
    const names = CHAPTERS.map(({ name }) => name);
    expect(new Set(names).size).toBe(names.length);
    for (const { name, title, requirements } of CHAPTERS) {
      expect(name).toMatch(/^[a-z]+$/);
      expect(title).toMatch(/^[A-Z].*\S$/);
      expect(requirements).not.toHaveLength(0);
    }
  });

  test('lists its chapters in order', () => {
    expect(CATALOGUE).toEqual(CHAPTERS.flatMap(({ requirements }) => requirements));
  });

  test('contains no id twice', () => {
    const ids = CATALOGUE.map(({ id }) => id);
    expect(ids.filter((id, index) => ids.indexOf(id) !== index)).toEqual([]);
  });

  test.each(CHAPTERS.flatMap(({ name, requirements }) => requirements.map((one) => ({ ...one, name }))))(
    '$id is complete',
    ({ id, name, level, title, text, source, needs, profiles }) => {
      expect(id).toMatch(/^[a-z]+\.[a-z]+(?:-[a-z]+)*$/);
      expect(id.split('.')[0]).toBe(name);
      expect(['MUST', 'SHOULD', 'MAY']).toContain(level);
      // A sentence, or one that begins with a callback or a command.
      expect(title).toMatch(/^(?:[A-Z]|page_|[a-z]+-[a-z]+ ).*[^.\s]$/);
      expect(text).toMatch(/^\S.*\.$/);
      expect(source).toMatch(/^\S.*\S$/);
      for (const need of needs) expect(Capability.options).toContain(need);
      expect(new Set(needs).size).toBe(needs.length);
      for (const profile of profiles ?? []) expect(ProfileName.options).toContain(profile);
      expect(profiles).not.toEqual([]);
    },
  );

  test('finds a requirement and its index by its id', () => {
    for (const [index, requirement] of CATALOGUE.entries()) {
      expect(findRequirement(requirement.id)).toBe(requirement);
      expect(ruleIndex(requirement.id)).toBe(index);
    }
    expect(findRequirement('count')).toBeUndefined();
    expect(findRequirement('count.unheard-of')).toBeUndefined();
  });

  test('applies a requirement in all profiles or in those that it names', () => {
    const steps = ProfileName.options.slice(1).map((profile, index) => {
      const before = inProfile(ProfileName.options[index] ?? 'origin');
      const now = inProfile(profile);
      return [
        profile,
        ...before.filter((id) => !now.includes(id)).map((id) => `- ${id}`),
        ...now.filter((id) => !before.includes(id)).map((id) => `+ ${id}`),
      ];
    });
    expect(steps).toMatchInlineSnapshot(`
      [
        [
          "linux-4.14",
          "- failure.poison",
          "- failure.poison-lasts",
          "- failure.poison-releases",
          "- failure.sharers-keep",
          "- failure.poison-inert",
          "+ failure.nothing-lost",
        ],
        [
          "linux-5.18",
          "- count.never-zero",
          "- pin.read-shares",
          "+ pin.read-own",
          "+ move.keep",
          "+ devices.foreign-skipped",
          "+ devices.joined-access",
          "+ devices.joined-migration",
          "+ exclusive.taken",
          "+ exclusive.returns-first",
          "+ exclusive.permission",
          "+ exclusive.exchange",
          "+ exclusive.revoked",
          "+ exclusive.fork",
          "+ track.survives",
          "+ watch.traps-store",
          "+ watch.passes-loads",
          "+ watch.survives",
          "+ watch.own",
          "+ account.join-moves",
        ],
        [
          "linux-6.1",
          "+ devices.foreign-access",
        ],
        [
          "linux-6.12",
          "- query.sole-mapper",
          "+ watch.unpopulated",
        ],
        [
          "linux-6.19",
          "- account.join-moves",
          "+ account.join-leaves",
          "+ folio.on-a-block",
          "+ folio.whole-command",
          "+ folio.populates-zero",
          "+ folio.splits-entry-only",
          "+ folio.holds-frames",
          "+ folio.free-once",
          "+ folio.counts",
          "+ folio.fork-shares",
          "+ folio.split-frees",
          "+ folio.base-on-request",
          "+ folio.whole-or-none",
          "+ folio.keeps-values",
          "+ folio.pin-blocks",
          "+ folio.unpopulated-block",
          "+ folio.failure-restores",
          "+ folio.fault-ends",
          "+ folio.evicts-range",
          "+ folio.collapse-keeps",
          "+ folio.collapse-refused",
          "+ folio.split-in-place",
          "+ folio.split-refused",
          "+ folio.split-callbacks",
        ],
        [
          "linux-7.3",
          "+ devices.foreign-error",
          "+ race.locked-fault",
        ],
      ]
    `);
  });
});

test.each([
  ['race.books', 'race.frame-accounting'],
  ['fork.quiet', 'fork.no-callbacks'],
  ['fork.isolation', 'fork.isolation'],
])('the current id of %s is %s, and is in the catalogue', (former, current) => {
  expect(currentId(former)).toBe(current);
  expect(CATALOGUE.map(({ id }) => id)).toContain(currentId(former));
});
