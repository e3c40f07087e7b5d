import { describe, expect, test } from 'vitest';
import { ProfileName, PROFILES } from '../profiles/profile.ts';
import type { Protection } from '../vocabulary/command.ts';
import {
  fork,
  heal,
  inject,
  kernelLoad,
  kernelStore,
  limit,
  load,
  makeExclusive,
  map,
  peek,
  protect,
  store,
  toDevice,
  unmap,
  watch,
} from '../vocabulary/shorthand.ts';
import { Model } from './outcomes.fixture.ts';

describe.each(ProfileName.options)('in %s', (profile) => {
  const world = (without: ConstructorParameters<typeof Model>[0] = {}): Model =>
    new Model({ profile, pages: 1, frames: 1, ...without });
  const inSystem = (): Model => world().go(map(0, 0), store(0, 0, 7));
  const onDevice = (): Model => inSystem().go(toDevice(0, 0));

  describe('kernel-load and kernel-store', () => {
    test('have the effects of a load and a store', () => {
      expect(world().go(map(0, 0)).outcomes(kernelLoad(0, 0))).toEqual(['0: hole']);
      expect(
        world()
          .go(map(0, 0))
          .outcomes(kernelStore(0, 0, 9)),
      ).toEqual(['ok: a9@sys']);
      expect(inSystem().outcomes(kernelLoad(0, 0))).toEqual(['7: a7@sys']);
      expect(
        inSystem()
          .go(fork(0, 1))
          .outcomes(kernelStore(1, 0, 9)),
      ).toEqual(['ok: a7@sys | b9@sys']);
      expect(inSystem().go(makeExclusive(0, 0)).outcomes(kernelLoad(0, 0))).toEqual(['7: a7@sys']);
    });

    test('migrate a page on the device back by one page_fault', () => {
      expect(onDevice().go(fork(0, 1)).outcomes(kernelLoad(1, 0))).toEqual([
        '7: a7@sys | a7@sys; fault 1; leaves f0',
      ]);
      expect(
        onDevice()
          .go(fork(0, 1))
          .outcomes(kernelStore(1, 0, 9)),
      ).toEqual(['ok: a7@sys | b9@sys; fault 1; leaves f0']);
    });

    test.each<[Protection, string, string]>([
      ['none', 'EFAULT', 'EFAULT'],
      ['read', '7', 'EFAULT'],
      ['write', '7', 'ok'],
    ])('succeed or fail by the protection %s', (protection, loaded, stored) => {
      const model = onDevice().go(protect(0, 0, protection));
      expect(model.outcomesIn(kernelLoad(0, 0), /^\w+/)).toEqual([loaded]);
      expect(model.outcomesIn(kernelStore(0, 0, 9), /^\w+/)).toEqual([stored]);
      // A refused store does not call page_fault.
      expect(model.outcomesIn(kernelStore(0, 0, 9), /fault/)).toEqual([stored === 'EFAULT' ? '' : 'fault']);
    });

    test.each([
      ['kernel-load', kernelLoad(0, 0)],
      ['kernel-store', kernelStore(0, 0, 9)],
    ])('%s returns errors in place of signals', (_, command) => {
      expect(world().go(map(0, 0), unmap(0, 0)).outcomes(command)).toEqual(['EFAULT: .']);
      const failed = PROFILES[profile].failedFaultPoisons ? 'poison; fault 1; leaves f0' : 'a7@f0W; fault 1';
      expect(onDevice().go(inject('sigbus')).outcomes(command)).toEqual([`EFAULT: ${failed}`]);
      expect(onDevice().go(inject('oom', 'until-healed')).outcomes(command)).toEqual([
        'ENOMEM: a7@f0W; fault 1; oom lasts',
      ]);
      const poisoned = onDevice().go(inject('sigbus'), load(0, 0), heal);
      expect(poisoned.outcomesIn(command, /^\w+/)[0]).toBe(
        PROFILES[profile].failedFaultPoisons ? 'EFAULT' : command.op === 'kernel-load' ? '7' : 'ok',
      );
    });

    test('fail at a limit, and are trapped by userfaultfd', () => {
      expect(
        world()
          .go(map(0, 0), limit(0))
          .outcomes(kernelStore(0, 0, 9)),
      ).toEqual(['ENOMEM: hole']);
      const watched = world().go(map(0, 0), watch(0, 0, 'missing'));
      expect(watched.outcomes(kernelLoad(0, 0))).toEqual(['trapped: hole+m']);
      expect(watched.outcomes(kernelStore(0, 0, 9))).toEqual(['trapped: hole+m']);
    });
  });

  describe('peek (a no-fault load)', () => {
    test.each<[string, Model, string, string]>([
      ['an unpopulated page', world().go(map(0, 0)), '0', 'hole'],
      ['an unpopulated page under userfaultfd', world().go(map(0, 0), watch(0, 0, 'missing')), '0', 'hole+m'],
      ['system memory', inSystem(), '7', 'a7@sys'],
      ['read-only memory', inSystem().go(protect(0, 0, 'read')), '7', 'a7@sys:r'],
      ['an exclusive page, which stays exclusive', inSystem().go(makeExclusive(0, 0)), '7', 'a7@sysX'],
      ['host memory', world().go(map(0, 0, 'read', 'host')), '0', 'host0:r'],
      ['a file', world().go(map(0, 0, 'read', 'file')), '30000', 'file:r'],
    ])('may return the value or fail at %s', (_, model, value, state) => {
      expect(model.outcomes(peek(0, 0))).toEqual([`${value}: ${state}`, `EFAULT: ${state}`]);
    });

    test.each<[string, Model, string]>([
      ['unmapped', world().go(map(0, 0), unmap(0, 0)), '.'],
      ['without permission', inSystem().go(protect(0, 0, 'none')), 'a7@sys:n'],
      ['on the device', onDevice(), 'a7@f0W'],
      ['on the device and shared', onDevice().go(fork(0, 1)), 'a7@f0R | a7@f0R'],
    ])('fails without a callback at a page that is %s', (_, model, state) => {
      expect(model.outcomes(peek(0, 0))).toEqual([`EFAULT: ${state}`]);
    });

    test.runIf(PROFILES[profile].failedFaultPoisons)('fails at poison', () => {
      expect(onDevice().go(inject('sigbus'), load(0, 0)).outcomes(peek(0, 0))).toEqual(['EFAULT: poison']);
    });
  });
});
