import { describe, expect, test } from 'vitest';
import { ProfileName, PROFILES } from '../profiles/profile.ts';
import {
  discard,
  fork,
  inject,
  limit,
  load,
  lock,
  makeExclusive,
  map,
  populate,
  protect,
  store,
  toDevice,
  unlock,
  unmap,
  watch,
} from '../vocabulary/shorthand.ts';
import { Model } from './outcomes.fixture.ts';

describe.each(ProfileName.options)('in %s', (profile) => {
  const world = (): Model => new Model({ profile, pages: 1, frames: 1 });
  const inSystem = (): Model => world().go(map(0, 0), store(0, 0, 7));
  const onDevice = (): Model => inSystem().go(toDevice(0, 0));

  describe.each([
    ['populate', populate(0, 0), ''],
    ['lock', lock(0, 0), '+l'],
  ])('%s', (op, command, mark) => {
    test('creates an object of value 0 for an unpopulated page if the mapping is writable', () => {
      expect(world().go(map(0, 0)).outcomes(command)).toEqual([`ok: a0@sys${mark}`]);
      expect(
        world()
          .go(map(0, 0, 'read'))
          .outcomes(command),
      ).toEqual([`ok: hole:r${mark}`]);
    });

    test('changes no value, and breaks the sharing if the mapping is writable', () => {
      expect(inSystem().outcomes(command)).toEqual([`ok: a7@sys${mark}`]);
      expect(inSystem().go(fork(0, 1)).outcomes(command)).toEqual([`ok: a7@sys${mark} | b7@sys`]);
      expect(
        inSystem()
          .go(fork(0, 1), protect(0, 0, 'read'))
          .outcomes(command),
      ).toEqual([`ok: a7@sys:r${mark} | a7@sys`]);
    });

    test('migrates a page on the device back, for all sharers', () => {
      expect(onDevice().outcomes(command)).toEqual([`ok: a7@sys${mark}; fault 1; leaves f0`]);
      expect(
        onDevice()
          .go(fork(0, 1), protect(0, 0, 'read'))
          .outcomes(command),
      ).toEqual([`ok: a7@sys:r${mark} | a7@sys; fault 1; leaves f0`]);
    });

    test('returns errors in place of signals', () => {
      expect(
        onDevice()
          .go(protect(0, 0, 'none'))
          .outcomes(command),
      ).toEqual([`EFAULT: a7@f0R:n${mark}`]);
      const lost = PROFILES[profile].failedFaultPoisons;
      expect(onDevice().go(inject('sigbus')).outcomes(command)).toEqual([
        lost ? `EFAULT: poison${mark}; fault 1; leaves f0` : `EFAULT: a7@f0W${mark}; fault 1`,
      ]);
      expect(onDevice().go(inject('oom', 'until-healed')).outcomes(command)).toEqual([
        `ENOMEM: a7@f0W${mark}; fault 1; oom lasts`,
      ]);
    });

    test.runIf(PROFILES[profile].failedFaultPoisons)('fails at poison', () => {
      expect(onDevice().go(inject('sigbus'), load(0, 0)).outcomes(command)).toEqual([
        `EFAULT: poison${mark}`,
      ]);
    });

    test('is trapped by userfaultfd', () => {
      expect(
        world()
          .go(map(0, 0), watch(0, 0, 'missing'))
          .outcomes(command),
      ).toEqual([`trapped: hole${mark}+m`]);
    });

    test('ends exclusive access', () => {
      expect(inSystem().go(makeExclusive(0, 0)).outcomes(command)).toEqual([`ok: a7@sys${mark}`]);
    });

    test('fails at the limit of the group if it needs a new page', () => {
      expect(world().go(map(0, 0), limit(0)).outcomes(command)).toEqual([`ENOMEM: hole${mark}`]);
      expect(
        world()
          .go(map(0, 0, 'read'), limit(0))
          .outcomes(command),
      ).toEqual([`ok: hole:r${mark}`]);
    });

    test.runIf(op === 'populate')('fails with ENOMEM at an unmapped page', () => {
      expect(world().go(map(0, 0), unmap(0, 0)).outcomes(command)).toEqual(['ENOMEM: .']);
    });

    test.runIf(op === 'populate')('succeeds for host, shared and file memory', () => {
      expect(
        world()
          .go(map(0, 0, 'write', 'host'))
          .outcomes(command),
      ).toEqual(['ok: host0']);
      expect(
        world()
          .go(map(0, 0, 'read', 'shared'))
          .outcomes(command),
      ).toEqual(['ok: shared0:r']);
      expect(
        world()
          .go(map(0, 0, 'write', 'file'))
          .outcomes(command),
      ).toEqual(['ok: a30000@sys']);
      expect(
        world()
          .go(map(0, 0, 'read', 'file'))
          .outcomes(command),
      ).toEqual(['ok: file:r']);
    });
  });

  describe('a locked page', () => {
    test('is not discarded, until it is unlocked', () => {
      const model = inSystem().go(lock(0, 0));
      expect(model.outcomes(discard(0, 0))).toEqual(['EINVAL: a7@sys+l']);
      expect(model.outcomes(unlock(0, 0))).toEqual(['ok: a7@sys']);
      expect(model.go(unlock(0, 0)).outcomes(discard(0, 0))).toEqual(['ok: hole']);
    });

    test('is locked even if populating it fails', () => {
      const model = onDevice().go(inject('oom', 'until-healed'), lock(0, 0));
      expect(model.outcomes(discard(0, 0))).toEqual(['EINVAL: a7@f0W+l; oom lasts']);
    });

    test('may migrate, and stays locked', () => {
      expect(inSystem().go(lock(0, 0)).outcomes(toDevice(0, 0))).toContain('moved: a7@newL+l; takes 1');
      expect(inSystem().go(lock(0, 0), toDevice(0, 0)).outcomes(load(0, 0))).toEqual([
        '7: a7@sys+l; fault 1; leaves f0',
      ]);
    });

    describe('that becomes writable', () => {
      const nowWritable = protect(0, 0, 'write');
      const lockedIn = (model: Model): Model => model.go(protect(0, 0, 'none'), lock(0, 0));

      test('may migrate back from the device, by one page_fault', () => {
        expect(lockedIn(onDevice()).outcomes(nowWritable)).toEqual([
          'ok: a7@f0R+l',
          'ok: a7@sys+l; fault 1; leaves f0',
        ]);
      });

      test('may be populated, unless it is under userfaultfd or at the limit', () => {
        expect(lockedIn(world().go(map(0, 0))).outcomes(nowWritable)).toEqual(['ok: a0@sys+l', 'ok: hole+l']);
        expect(lockedIn(world().go(map(0, 0), watch(0, 0, 'missing'))).outcomes(nowWritable)).toEqual([
          'ok: hole+l+m',
        ]);
        expect(lockedIn(world().go(map(0, 0), limit(0, 0))).outcomes(nowWritable)).toEqual(['ok: hole+l']);
      });

      test('may be unshared', () => {
        expect(lockedIn(inSystem().go(fork(0, 1))).outcomes(nowWritable)).toEqual([
          'ok: a7@sys+l | a7@sys',
          'ok: a7@sys+l | b7@sys',
        ]);
        expect(lockedIn(onDevice().go(fork(0, 1))).outcomes(nowWritable)).toEqual([
          'ok: a7@f0R+l | a7@f0R',
          'ok: a7@sys+l | b7@sys; fault 1; leaves f0',
        ]);
      });

      test('is ok despite an injected failure, which has the effects of an access', () => {
        const struck = (kind: 'sigbus' | 'oom'): readonly string[] =>
          lockedIn(onDevice()).go(inject(kind, 'until-healed')).outcomes(nowWritable);
        expect(struck('oom')).toEqual(['ok: a7@f0R+l; fault 1; oom lasts', 'ok: a7@f0R+l; oom lasts']);
        const poisons = PROFILES[profile].failedFaultPoisons;
        expect(struck('sigbus')).toEqual(
          poisons
            ? ['ok: a7@f0R+l; sigbus lasts', 'ok: poison+l; fault 1; leaves f0; sigbus lasts']
            : ['ok: a7@f0R+l; fault 1; sigbus lasts', 'ok: a7@f0R+l; sigbus lasts'],
        );
      });

      test('is not populated if it was writable before or is not locked', () => {
        expect(
          onDevice()
            .go(protect(0, 0, 'none'))
            .outcomes(nowWritable),
        ).toEqual(['ok: a7@f0R']);
        expect(inSystem().go(lock(0, 0), toDevice(0, 0)).outcomesIn(nowWritable, /fault/)).toEqual(['']);
        expect(lockedIn(onDevice()).outcomes(protect(0, 0, 'read'))).toEqual(['ok: a7@f0R:r+l']);
      });
    });

    test('is not locked in the child, nor after it is mapped again', () => {
      const model = inSystem().go(lock(0, 0));
      expect(model.outcomes(fork(0, 1))).toEqual(['ok: a7@sys+l | a7@sys']);
      expect(model.go(unmap(0, 0), map(0, 0)).words).toBe('hole');
    });
  });
});
