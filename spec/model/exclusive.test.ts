import { describe, expect, test } from 'vitest';
import { ProfileName, PROFILES } from '../profiles/profile.ts';
import type { Command } from '../vocabulary/command.ts';
import {
  close,
  detach,
  deviceExchange,
  deviceLoad,
  deviceStore,
  fork,
  inject,
  kernelLoad,
  limit,
  load,
  lock,
  makeExclusive,
  map,
  onDevice as atDevice,
  pageMap,
  peek,
  pin,
  populate,
  protect,
  residency,
  smaps,
  softDirty,
  store,
  toDevice,
  unmap,
  watch,
} from '../vocabulary/shorthand.ts';
import { MAYBE_EXCLUSIVE } from './state.ts';
import { Model } from './outcomes.fixture.ts';

/** Exclusive access is only requested in profiles from 5.18 on. */
const LATER = ProfileName.options.filter((name) => PROFILES[name].tracksThroughMigration);

describe.each(LATER)('in %s', (profile) => {
  const world = (): Model => new Model({ profile, pages: 1, frames: 1 });
  const inSystem = (): Model => world().go(map(0, 0), store(0, 0, 7));
  const onDevice = (): Model => inSystem().go(toDevice(0, 0));
  const exclusive = (): Model => inSystem().go(makeExclusive(0, 0));

  describe('make-exclusive', () => {
    const command = makeExclusive(0, 0);

    test('makes a page in system memory exclusive where it is', () => {
      expect(inSystem().outcomes(command)).toEqual(['ok: a7@sysX']);
      expect(inSystem().go(pin(0, 0)).outcomes(command)).toEqual(['ok: a7@sysX; pins a7@sys']);
      expect(exclusive().outcomes(command)).toEqual(['ok: a7@sysX']);
    });

    test('populates an unpopulated page, and copies a shared one', () => {
      expect(world().go(map(0, 0)).outcomes(command)).toEqual(['ok: a0@sysX']);
      expect(inSystem().go(fork(0, 1)).outcomes(command)).toEqual(['ok: a7@sysX | b7@sys']);
    });

    test('migrates a page on the device back first, by one page_fault', () => {
      expect(onDevice().outcomes(command)).toEqual(['ok: a7@sysX; fault 1; leaves f0']);
      expect(onDevice().go(fork(0, 1)).outcomes(command)).toEqual([
        'ok: a7@sysX | b7@sys; fault 1; leaves f0',
      ]);
      expect(onDevice().go(inject('sigbus')).outcomes(command)).toEqual(['EFAULT: a7@f0W; fault 1']);
      expect(onDevice().go(inject('oom', 'until-healed')).outcomes(command)).toEqual([
        'ENOMEM: a7@f0W; fault 1; oom lasts',
      ]);
    });

    test('fails at the limit of the group', () => {
      expect(world().go(map(0, 0), limit(0)).outcomes(command)).toEqual(['EFAULT: hole', 'ENOMEM: hole']);
      expect(inSystem().go(fork(0, 1), limit(0)).outcomes(command)).toEqual([
        'EFAULT: a7@sys | a7@sys',
        'ENOMEM: a7@sys | a7@sys',
      ]);
      expect(inSystem().go(limit(0)).outcomes(command)).toEqual(['ok: a7@sysX']);
    });

    test('is trapped or fails at an unpopulated page under userfaultfd', () => {
      expect(
        world()
          .go(map(0, 0), watch(0, 0, 'missing'))
          .outcomes(command),
      ).toEqual(['EFAULT: hole+m', 'trapped: hole+m']);
    });
  });

  describe.each([
    ['make-exclusive', makeExclusive(0, 0)],
    ['device-exchange', deviceExchange(0, 0, 9)],
  ])('%s fails', (_, command) => {
    test('while the device is detached or closed, before other checks', () => {
      expect(
        world()
          .go(map(0, 0, 'none'), detach)
          .outcomes(command),
      ).toEqual(['ENODEV: hole:n; detached']);
      expect(
        world()
          .go(map(0, 0, 'none'), close)
          .outcomes(command),
      ).toEqual(['ENODEV: hole:n; closed']);
    });

    test('without permission', () => {
      expect(
        onDevice()
          .go(protect(0, 0, 'none'))
          .outcomes(command),
      ).toEqual(['EFAULT: a7@f0R:n']);
      expect(
        onDevice()
          .go(protect(0, 0, 'read'))
          .outcomes(command),
      ).toEqual(['EFAULT: a7@f0R:r', 'EPERM: a7@f0R:r']);
    });
  });

  test.each<[string, Command, string]>([
    ['load', load(0, 0), '7: a7@sys'],
    ['store', store(0, 0, 9), 'ok: a9@sys'],
    ['kernel-load', kernelLoad(0, 0), '7: a7@sys'],
    ['pin', pin(0, 0), 'ok: a7@sys; pins a7@sys'],
    ['populate', populate(0, 0), 'ok: a7@sys'],
    ['lock', lock(0, 0), 'ok: a7@sys+l'],
  ])('a %s ends exclusive access, without a callback', (_, command, outcome) => {
    expect(exclusive().outcomes(command)).toEqual([outcome]);
    expect(
      exclusive()
        .go(command)
        .outcomesIn(deviceExchange(0, 0, 5), /^\w+/),
    ).toEqual(['EINVAL']);
  });

  test('a fork makes an exclusive entry present', () => {
    expect(exclusive().outcomes(fork(0, 1))).toEqual(['ok: a7@sys | a7@sys']);
    expect(exclusive().go(pin(0, 0), makeExclusive(0, 0)).outcomes(fork(0, 1))).toEqual([
      'ok: a7@sys | b7@sys; pins a7@sys',
    ]);
  });

  test.each<[string, Command]>([
    ['residency', residency(0, 0)],
    ['page-map', pageMap(0, 0)],
    ['smaps', smaps(0)],
    ['soft-dirty', softDirty(0, 0)],
    ['peek', peek(0, 0)],
  ])('%s does not change an exclusive entry', (_, command) => {
    expect(exclusive().outcomesIn(command, /: a7.*/)).toEqual([': a7@sysX']);
  });

  test('a device access and protect keep an exclusive entry or make it present', () => {
    expect(exclusive().outcomes(deviceLoad(0, 0))).toEqual(['7: a7@sysx']);
    expect(exclusive().outcomes(deviceStore(0, 0, 9))).toEqual(['ok: a9@sysx']);
    expect(exclusive().outcomes(protect(0, 0, 'read'))).toEqual(['ok: a7@sysx:r']);
  });

  test('unmap ends an exclusive entry', () => {
    expect(exclusive().outcomes(unmap(0, 0))).toEqual(['ok: .']);
  });

  test('a migration may skip an exclusive entry, or move it like any other', () => {
    expect(exclusive().outcomes(toDevice(0, 0))).toEqual(
      expect.arrayContaining(['skipped: a7@sysX', expect.stringMatching(/^moved: a7@new[EL]; takes 1$/)]),
    );
  });

  describe('device-exchange', () => {
    test('returns the old value and stores the new one', () => {
      expect(exclusive().outcomes(deviceExchange(0, 0, 9))).toEqual(['7: a9@sysX']);
      const model = exclusive().go(deviceExchange(0, 0, 9));
      expect(model.outcomes(deviceExchange(0, 0, 5))).toEqual(['9: a5@sysX']);
      expect(model.outcomes(load(0, 0))).toEqual(['9: a9@sys']);
    });

    test('changes nothing if the entry is not exclusive', () => {
      expect(
        world()
          .go(map(0, 0))
          .outcomes(deviceExchange(0, 0, 9)),
      ).toEqual(['EINVAL: hole']);
      expect(inSystem().outcomes(deviceExchange(0, 0, 9))).toEqual(['EINVAL: a7@sys']);
      expect(onDevice().outcomes(deviceExchange(0, 0, 9))).toEqual(['EINVAL: a7@f0W']);
    });

    test('determines by its result whether an uncertain entry was exclusive', () => {
      const model = inSystem();
      model.state.writable.fill(MAYBE_EXCLUSIVE, 0, 1);
      expect(model.outcomes(deviceExchange(0, 0, 9))).toEqual(['7: a9@sysx', 'EINVAL: a7@sysx']);
    });

    test('may succeed or fail if the page is exclusive to another device', () => {
      const model = new Model({ profile, pages: 1, frames: 1, devices: 2 }).go(
        map(0, 0),
        makeExclusive(0, 0),
      );
      expect(model.outcomesIn(atDevice(1, deviceExchange(0, 0, 9)), /^\w+: a\d+/)).toEqual([
        '0: a9',
        'EINVAL: a0',
      ]);
    });

    test('stores nothing to a page under userfaultfd write-protection', () => {
      for (const model of [inSystem(), exclusive()]) {
        const outcomes = model
          .go(watch(0, 0, 'write-protect'))
          .outcomesIn(deviceExchange(0, 0, 9), /^\w+: a\d+/);
        expect(outcomes).toEqual(['EFAULT: a7', 'EINVAL: a7', 'trapped: a7']);
      }
    });
  });
});
