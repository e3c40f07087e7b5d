import { describe, expect, test } from 'vitest';
import { ProfileName, PROFILES } from '../profiles/profile.ts';
import { Advice, type Command } from '../vocabulary/command.ts';
import {
  advise,
  deviceStore,
  fork,
  heal,
  inject,
  kernelStore,
  load,
  lock,
  makeExclusive,
  map,
  move,
  pin,
  populate,
  protect,
  store,
  toDevice,
  toSystem,
  unmap,
  unpin,
} from '../vocabulary/shorthand.ts';
import { Model } from './outcomes.fixture.ts';

const drop = advise(0, 0, 'page-out');

describe.each(ProfileName.options)('in %s', (profile) => {
  const world = (): Model => new Model({ profile, pages: 1, frames: 1 });
  const inSystem = (): Model => world().go(map(0, 0), store(0, 0, 7));
  const onDevice = (): Model => inSystem().go(toDevice(0, 0));

  describe.each(Advice.options)('%s', (advice) => {
    const command = advise(0, 0, advice);
    const orUnpopulated = (kept: string, dropped: string): readonly string[] =>
      advice === 'free' ? [kept, dropped] : [kept];

    test('changes nothing, except that a lazy-free page may be dropped at once', () => {
      expect(world().go(map(0, 0)).outcomes(command)).toEqual(['ok: hole']);
      expect(inSystem().outcomes(command)).toEqual(orUnpopulated('ok: a7@sys', 'ok: hole'));
      expect(inSystem().go(fork(0, 1)).outcomes(command)).toEqual(
        orUnpopulated('ok: a7@sys | a7@sys', 'ok: hole | a7@sys'),
      );
      expect(inSystem().go(pin(0, 0)).outcomes(command)).toEqual(['ok: a7@sys; pins a7@sys']);
      expect(inSystem().go(makeExclusive(0, 0)).outcomes(command)).toEqual(['ok: a7@sysX']);
    });

    test('changes nothing on the device, with or without an injection', () => {
      expect(onDevice().outcomes(command)).toEqual(['ok: a7@f0W']);
      expect(onDevice().go(fork(0, 1)).outcomes(command)).toEqual(['ok: a7@f0R | a7@f0R']);
      expect(onDevice().go(inject('sigbus', 'until-healed')).outcomes(command)).toEqual([
        'ok: a7@f0W; sigbus lasts',
      ]);
    });

    test.runIf(PROFILES[profile].failedFaultPoisons)('does not change poison', () => {
      expect(onDevice().go(inject('sigbus'), load(0, 0)).outcomes(command)).toEqual(['ok: poison']);
    });

    test('is EINVAL for a locked page, except move-node', () => {
      const answer = advice === 'move-node' ? 'ok' : 'EINVAL';
      expect(inSystem().go(lock(0, 0)).outcomes(command)).toEqual([`${answer}: a7@sys+l`]);
    });
  });

  describe('a lazy-free page', () => {
    const freed = (): Model => inSystem().go(advise(0, 0, 'free'));

    test('may be dropped only when memory is reclaimed', () => {
      expect(freed().outcomes(drop)).toEqual(['ok: a7@sys', 'ok: hole']);
      expect(inSystem().outcomes(drop)).toEqual(['ok: a7@sys']);
      expect(freed().outcomes(advise(0, 0, 'cold'))).toEqual(['ok: a7@sys']);
      expect(freed().outcomes(load(0, 0))).toEqual(['7: a7@sys']);
      expect(freed().goWhere(drop, 'hole').outcomes(load(0, 0))).toEqual(['0: hole']);
      expect(
        freed()
          .go(load(0, 0), advise(0, 0, 'move-node'), drop)
          .outcomes(drop),
      ).toEqual(['ok: a7@sys', 'ok: hole']);
    });

    test.each<[string, readonly Command[]]>([
      ['stored to', [store(0, 0, 8)]],
      ['stored to by the kernel', [kernelStore(0, 0, 8)]],
      ['stored to by the device', [deviceStore(0, 0, 8)]],
      ['populated for writing', [populate(0, 0)]],
      ['exclusive to the device and loaded', [makeExclusive(0, 0), load(0, 0)]],
    ])('is not dropped after it was %s', (_, since) => {
      expect(
        freed()
          .go(...since)
          .outcomesIn(drop, /hole/),
      ).toEqual(['']);
    });

    // If there are no subsequent writes, madvise(2) says, the kernel can free the pages at any time.
    test.each<[string, readonly Command[]]>([
      ['loaded', [load(0, 0)]],
      ['pinned and unpinned', [pin(0, 0), unpin()]],
      ['populated for reading', [protect(0, 0, 'read'), populate(0, 0)]],
      ['moved to the device and back', [toDevice(0, 0), toSystem(0, 0)]],
      ['shared by a fork and unmapped in the child', [fork(0, 1), unmap(1, 0)]],
    ])('may still be dropped after it was %s', (_, since) => {
      expect(
        freed()
          .go(...since)
          .outcomesIn(drop, /a7|hole/),
      ).toEqual(['a7', 'hole']);
    });

    test('may also be dropped in the child of a fork', () => {
      const child = advise(1, 0, 'page-out');
      const forked = (): Model => freed().go(fork(0, 1));
      expect(forked().outcomesIn(child, /\|.*/)).toEqual(['| a7@sys', '| hole']);
      expect(
        forked()
          .go(store(0, 0, 8))
          .outcomesIn(child, /\|.*/),
      ).toEqual(['| b7@sys', '| hole']);
      expect(
        forked()
          .go(store(1, 0, 8))
          .outcomesIn(child, /\|.*/),
      ).toEqual(['| b8@sys']);
    });

    test('is dropped only in the process that advised it', () => {
      const shared = (): Model => inSystem().go(fork(0, 1), advise(0, 0, 'free'));
      expect(shared().outcomes(drop)).toEqual(['ok: a7@sys | a7@sys', 'ok: hole | a7@sys']);
      expect(shared().outcomes(advise(1, 0, 'page-out'))).toEqual(['ok: a7@sys | a7@sys']);
      expect(
        shared()
          .go(unmap(0, 0))
          .outcomesIn(advise(1, 0, 'page-out'), /hole/),
      ).toEqual(['']);
      expect(shared().goWhere(drop, 'hole').outcomes(load(1, 0))).toEqual(['7: hole | a7@sys']);
    });

    test('may be dropped in all sharers if it contains zeros', () => {
      const shared = (): Model => world().go(map(0, 0), populate(0, 0), fork(0, 1), advise(0, 0, 'free'));
      const child = advise(1, 0, 'page-out');
      expect(shared().outcomes(child)).toEqual([
        'ok: a0@sys | a0@sys',
        'ok: a0@sys | hole',
        'ok: hole | hole',
      ]);
      expect(
        shared()
          .go(store(1, 0, 8))
          .outcomesIn(child, /\|.*/),
      ).toEqual(['| b8@sys']);
    });

    test('is never dropped while it is on the device', () => {
      expect(freed().go(toDevice(0, 0)).outcomesIn(drop, /hole/)).toEqual(['']);
    });

    test('may still be dropped after a move', () => {
      const model = new Model({ profile, frames: 1 }).go(map(0, 0), store(0, 0, 7), advise(0, 0, 'free'));
      expect(model.go(move(0, 0, 1)).outcomesIn(advise(0, 1, 'page-out'), /hole/)).toEqual(['', 'hole']);
    });

    test('may be advised as lazy-free again', () => {
      expect(
        freed()
          .go(store(0, 0, 8), advise(0, 0, 'free'))
          .outcomes(drop),
      ).toEqual(['ok: a8@sys', 'ok: hole']);
    });

    test.each<[string, readonly Command[]]>([
      ['pinned', [pin(0, 0)]],
      ['exclusive', [makeExclusive(0, 0)]],
      ['on the device', [toDevice(0, 0)]],
    ])('is not dropped if it was %s when it was advised', (_, before) => {
      const model = inSystem().go(...before, advise(0, 0, 'free'));
      expect(model.outcomesIn(drop, /hole/)).toEqual(['']);
    });

    test('may be dropped after an unpin if it was pinned when it was advised', () => {
      const model = inSystem().go(pin(0, 0), advise(0, 0, 'free'));
      expect(model.outcomes(drop)).toEqual(['ok: a7@sys; pins a7@sys']);
      expect(model.go(unpin()).outcomes(drop)).toEqual(['ok: a7@sys', 'ok: hole']);
    });

    test('is not dropped after it migrates back if it was on the device when it was advised', () => {
      const model = onDevice().go(advise(0, 0, 'free'), heal, load(0, 0));
      expect(model.outcomes(drop)).toEqual(['ok: a7@sys']);
    });
  });
});
