import { describe, expect, test } from 'vitest';
import type { Command, Protection } from '../vocabulary/command.ts';
import {
  detach,
  deviceExchange,
  deviceLoad,
  deviceStore,
  evict,
  fork,
  heal,
  inject,
  load,
  makeExclusive,
  map,
  onDevice,
  pin,
  protect,
  store,
  toDevice,
  toSystem,
  unmap,
} from '../vocabulary/shorthand.ts';
import { ProfileName, PROFILES } from '../profiles/profile.ts';
import { Model } from './outcomes.fixture.ts';

type Setting = ConstructorParameters<typeof Model>[0];

const answers = (model: Model, command: Command): readonly string[] => model.outcomesIn(command, /^\w+/);

describe.each(ProfileName.options)('in %s', (profile) => {
  const world = (setting: Setting = {}): Model =>
    new Model({ profile, processes: 2, pages: 1, frames: 2, ...setting });
  const migrated = (setting: Setting = {}): Model =>
    world(setting).go(map(0, 0), store(0, 0, 7), toDevice(0, 0));
  const shared = (setting: Setting = {}): Model => migrated(setting).go(fork(0, 1));

  describe.each<[string, Command]>([
    ['device-load', deviceLoad(0, 0)],
    ['device-store', deviceStore(0, 0, 9)],
  ])('%s fails', (op, command) => {
    test('with ENODEV while the device is detached, before any other check', () => {
      expect(
        world()
          .go(map(0, 0, 'none'), detach)
          .outcomes(command),
      ).toEqual(['ENODEV: hole:n; detached']);
      expect(world().go(map(0, 0), unmap(0, 0), detach).outcomes(command)).toEqual(['ENODEV: .; detached']);
    });

    test('with EFAULT if the page is unmapped or has no permission', () => {
      expect(world().go(map(0, 0), unmap(0, 0)).outcomes(command)).toEqual(['EFAULT: .']);
      expect(
        migrated()
          .go(protect(0, 0, 'none'))
          .outcomes(command),
      ).toEqual(['EFAULT: a7@f0R:n']);
      expect(
        world()
          .go(map(0, 0, 'none', 'host'))
          .outcomes(command),
      ).toEqual(['EFAULT: host0:n']);
    });

    test.runIf(PROFILES[profile].failedFaultPoisons)(
      'with EFAULT at poison, after the check of permissions (D3)',
      () => {
        const poisoned = migrated().go(inject('sigbus'), load(0, 0), heal);
        expect(poisoned.outcomes(command)).toEqual(['EFAULT: poison']);
        poisoned.go(protect(0, 0, 'read'));
        expect(poisoned.outcomes(command)).toEqual([
          op === 'device-load' ? 'EFAULT: poison:r' : 'EPERM: poison:r',
        ]);
      },
    );
  });

  test('a device store to a read-only mapping fails with EPERM, wherever the page is', () => {
    const command = deviceStore(0, 0, 9);
    expect(
      migrated()
        .go(protect(0, 0, 'read'))
        .outcomes(command),
    ).toEqual(['EPERM: a7@f0R:r']);
    expect(
      world()
        .go(map(0, 0, 'read'))
        .outcomes(command),
    ).toEqual(['EPERM: hole:r']);
    expect(
      world()
        .go(map(0, 0, 'read', 'host'))
        .outcomes(command),
    ).toEqual(['EPERM: host0:r']);
  });

  describe('device-load', () => {
    test.each<[string, Model, string]>([
      ['an unpopulated page', world().go(map(0, 0)), '0: hole'],
      ['host memory', world().go(map(0, 0, 'write', 'host'), store(0, 0, 7)), '7: host7'],
      ['system memory', world().go(map(0, 0), store(0, 0, 7)), '7: a7@sys'],
      ['the device', migrated(), '7: a7@f0W'],
      ['shared pages', shared(), '7: a7@f0R | a7@f0R'],
    ])('returns the value of %s and migrates nothing (E5)', (_, model, outcome) => {
      expect(model.outcomes(deviceLoad(0, 0))).toEqual([outcome]);
    });

    test('is struck by no injection', () => {
      const model = migrated().go(inject('sigbus', 'until-healed'), inject('oom', 'until-healed'));
      expect(model.outcomes(deviceLoad(0, 0))).toEqual(['7: a7@f0W; sigbus lasts; oom lasts']);
    });
  });

  describe('device-store in place', () => {
    test.each<[string, Model, string]>([
      ['host memory', world().go(map(0, 0, 'write', 'host')), 'ok: host9'],
      ['system memory with one entry', world().go(map(0, 0), store(0, 0, 7)), 'ok: a9@sys'],
      ['through a WRITE entry', migrated(), 'ok: a9@f0W'],
    ])('%s (E6)', (_, model, outcome) => {
      expect(model.outcomes(deviceStore(0, 0, 9))).toEqual([outcome]);
      model.go(...(['sigbus', 'oom', 'no-frame', 'no-copy'] as const).map((kind) => inject(kind)));
      expect(model.outcomes(deviceStore(0, 0, 9))).toEqual([
        `${outcome}; sigbus 1; oom 1; no-frame 1; no-copy 1`,
      ]);
    });

    test('is visible through a pin', () => {
      expect(
        world()
          .go(map(0, 0), pin(0, 0))
          .outcomes(deviceStore(0, 0, 9)),
      ).toEqual(['ok: a9@sys; pins a9@sys']);
    });
  });

  describe('device-store that creates an object', () => {
    test('for an unpopulated page creates it in system memory or on a frame', () => {
      expect(
        world()
          .go(map(0, 0))
          .outcomes(deviceStore(0, 0, 9)),
      ).toEqual(['ok: a9@newL; takes 1', 'ok: a9@sys']);
      expect(
        world({ frames: 0 })
          .go(map(0, 0))
          .outcomes(deviceStore(0, 0, 9)),
      ).toEqual(['ok: a9@sys']);
    });

    test('for a page shared in system memory leaves the original and its pins to the other sharers', () => {
      const model = world({ profile: 'origin' }).go(map(0, 0), store(0, 0, 7), pin(0, 0), fork(0, 1));
      expect(model.outcomes(deviceStore(0, 0, 9))).toEqual([
        'ok: a9@newL | b7@sys; takes 1; pins b7@sys',
        'ok: a9@sys | b7@sys; pins b7@sys',
      ]);
    });
  });

  describe('device-store through a READ entry (E6)', () => {
    test('by the sole mapper moves the object to another frame or to system memory, with or without a page_fault', () => {
      expect(
        migrated()
          .allRead()
          .outcomes(deviceStore(0, 0, 9)),
      ).toEqual([
        'ok: a9@newL; fault 1; leaves f0; takes 1',
        'ok: a9@newL; leaves f0; takes 1',
        'ok: a9@sys; fault 1; leaves f0',
        'ok: a9@sys; leaves f0',
      ]);
    });

    test('may allocate the frame that it freed', () => {
      expect(
        migrated({ frames: 1 })
          .allRead()
          .outcomes(deviceStore(0, 0, 9)),
      ).toContain('ok: a9@newL; leaves f0; takes 1');
    });

    test('by a sharer leaves the page of the others in place or migrates it to system memory', () => {
      expect(shared().outcomes(deviceStore(1, 0, 9))).toEqual([
        'ok: a7@f0R | b9@newL; takes 1',
        'ok: a7@f0R | b9@sys',
        'ok: a7@sys | b9@newL; fault 1; leaves f0; takes 1',
        'ok: a7@sys | b9@newL; leaves f0; takes 1',
        'ok: a7@sys | b9@sys; fault 1; leaves f0',
        'ok: a7@sys | b9@sys; leaves f0',
      ]);
    });

    test('by a sharer allocates no frame if none is free', () => {
      expect(shared({ frames: 1 }).outcomes(deviceStore(1, 0, 9))).toEqual([
        'ok: a7@f0R | b9@sys',
        'ok: a7@sys | b9@newL; fault 1; leaves f0; takes 1',
        'ok: a7@sys | b9@newL; leaves f0; takes 1',
        'ok: a7@sys | b9@sys; fault 1; leaves f0',
        'ok: a7@sys | b9@sys; leaves f0',
      ]);
    });

    test('may migrate further pages in its page_fault', () => {
      const model = world({ pages: 2 })
        .go(map(0, 0), map(0, 1), toDevice(0, 0, 2))
        .allRead();
      expect(
        model.outcomesIn(deviceStore(0, 0, 9), /ok: a9@sys.*/).filter((outcome) => outcome !== ''),
      ).toEqual([
        'ok: a9@sys b0@f1R; fault 1; leaves f0',
        'ok: a9@sys b0@f1R; leaves f0',
        'ok: a9@sys b0@sys; fault 1; leaves f0 f1',
      ]);
    });

    test('fails with EFAULT and changes nothing without the capability device-copy-on-write', () => {
      const without = ['device-copy-on-write'] as const;
      expect(
        migrated({ without })
          .allRead()
          .outcomes(deviceStore(0, 0, 9)),
      ).toEqual(['EFAULT: a7@f0R']);
      expect(shared({ without }).outcomes(deviceStore(0, 0, 9))).toEqual(['EFAULT: a7@f0R | a7@f0R']);
      // A store through a WRITE entry or to an unpopulated page needs no copy-on-write.
      expect(migrated({ without }).outcomes(deviceStore(0, 0, 9))).toEqual(['ok: a9@f0W']);
      expect(
        world({ without })
          .go(map(0, 0))
          .outcomesIn(deviceStore(0, 0, 9), /^\w+/),
      ).toEqual(['ok']);
    });
  });

  const read = (): Model => migrated().allRead();

  describe('device-store that an injection may strike', () => {
    test.each(['sigbus', 'oom', 'no-frame', 'no-copy'] as const)(
      'through a READ entry may fail with %s',
      (kind) => {
        const model = read().go(inject(kind));
        expect(answers(model, deviceStore(0, 0, 9))).toEqual(['EFAULT', 'ENOMEM', 'ok']);
        // A failed store uses up the strike and changes nothing; page_fault may have been called.
        expect(model.outcomes(deviceStore(0, 0, 9)).filter((outcome) => !outcome.startsWith('ok'))).toEqual([
          'EFAULT: a7@f0R',
          'EFAULT: a7@f0R; fault 1',
          'ENOMEM: a7@f0R',
          'ENOMEM: a7@f0R; fault 1',
        ]);
      },
    );

    test('poisons nothing', () => {
      const model = read().go(inject('sigbus', 'until-healed'));
      expect(model.outcomes(deviceStore(0, 0, 9)).filter((outcome) => outcome.includes('poison'))).toEqual(
        [],
      );
    });

    test.each(['no-frame', 'no-copy'] as const)(
      'at an unpopulated page may fail with %s, without a page_fault',
      (kind) => {
        const model = world().go(map(0, 0), inject(kind));
        expect(model.outcomes(deviceStore(0, 0, 9)).filter((outcome) => !outcome.startsWith('ok'))).toEqual([
          'EFAULT: hole',
          'ENOMEM: hole',
        ]);
      },
    );

    test.each(['no-frame', 'no-copy'] as const)(
      'at a shared page in system memory may fail with %s',
      (kind) => {
        const model = world().go(map(0, 0), store(0, 0, 7), fork(0, 1), inject(kind));
        expect(model.outcomes(deviceStore(0, 0, 9)).filter((outcome) => !outcome.startsWith('ok'))).toEqual([
          'EFAULT: a7@sys | a7@sys',
          'ENOMEM: a7@sys | a7@sys',
        ]);
      },
    );

    test.each(['sigbus', 'oom'] as const)('is struck by %s only if its page must migrate back', (kind) => {
      const unpopulated = world().go(map(0, 0), inject(kind));
      expect(unpopulated.outcomes(deviceStore(0, 0, 9))).toEqual([
        `ok: a9@newL; takes 1; ${kind} 1`,
        `ok: a9@sys; ${kind} 1`,
      ]);
      const sharing = world().go(map(0, 0), store(0, 0, 7), fork(0, 1), inject(kind));
      expect(answers(sharing, deviceStore(0, 0, 9))).toEqual(['ok']);
    });

    test.each(['sigbus', 'oom'] as const)(
      'does not migrate the page of the sharers back while %s lasts',
      (kind) => {
        const model = shared().go(inject(kind, 'until-healed'));
        expect(model.outcomes(deviceStore(1, 0, 9)).filter((outcome) => outcome.startsWith('ok'))).toEqual([
          `ok: a7@f0R | b9@newL; takes 1; ${kind} lasts`,
          `ok: a7@f0R | b9@sys; ${kind} lasts`,
        ]);
      },
    );

    test('is not struck by an injection with another victim', () => {
      const model = read().go(inject('sigbus', 1, { process: 1, page: 0 }));
      expect(answers(model, deviceStore(0, 0, 9))).toEqual(['ok']);
    });
  });

  test.each<Protection>(['read', 'write'])(
    'a device store never writes in place after protect read and protect %s',
    (to) => {
      const model = migrated().go(protect(0, 0, 'read'), protect(0, 0, to));
      expect(model.outcomesIn(deviceStore(0, 0, 9), /^\w+/)).toEqual([to === 'read' ? 'EPERM' : 'ok']);
      expect(model.outcomesIn(deviceStore(0, 0, 9), /a9@f0/)).toEqual(['']);
    },
  );
});

describe.each(ProfileName.options)('in %s', (profile) => {
  const { ownersMatter, foreignAccessFaults, failedFaultPoisons } = PROFILES[profile];
  const world = (pages = 1): Model => new Model({ profile, pages, frames: 1, devices: 2 });
  /** Process 0 has value 7 on frame 0, of device 0. */
  const resident = (): Model => world().go(map(0, 0), store(0, 0, 7), toDevice(0, 0));
  /** Process 0 has value 7 on frame 0, of device 0, and value 8 on frame 1, of device 1. */
  const both = (): Model =>
    world(2).go(
      map(0, 0),
      map(0, 1),
      store(0, 0, 7),
      store(0, 1, 8),
      toDevice(0, 0),
      onDevice(1, toDevice(0, 1)),
    );

  test('frames are numbered across devices', () => {
    expect(both().words).toBe('a7@f0W b8@f1W');
    const model = world(2).go(map(0, 0), map(0, 1), onDevice(1, toDevice(0, 0)));
    expect(model.words).toBe('a0@f1W hole');
    expect(model.outcomes(onDevice(1, toDevice(0, 1)))).toEqual(['skipped: a0@f1W hole']);
    expect(model.go(toDevice(0, 1)).words).toBe('a0@f1W b0@f0W');
  });

  test('a page on one device does not migrate to the other', () => {
    expect(resident().outcomes(onDevice(1, toDevice(0, 0)))).toEqual(['skipped: a7@f0W']);
  });

  test('a page on another device is skipped; before 5.18 it may migrate', () => {
    expect(resident().outcomes(onDevice(1, toSystem(0, 0)))).toEqual(
      ownersMatter ? ['skipped: a7@f0W'] : ['moved: a7@sys; leaves f0', 'skipped: a7@f0W'],
    );
  });

  test('an eviction migrates the page from the device that holds it', () => {
    expect(both().outcomes(evict(0, 1))).toContain('moved: a7@f0W b8@sys; leaves f1');
  });

  test('an access may migrate further pages back from the same device; before 5.18 from any device', () => {
    expect(both().outcomes(load(0, 0))).toEqual(
      ownersMatter
        ? ['7: a7@sys b8@f1W; fault 1; leaves f0']
        : ['7: a7@sys b8@f1W; fault 1; leaves f0', '7: a7@sys b8@sys; fault 1; leaves f0 f1'],
    );
  });

  test('a detach does not affect the other device', () => {
    expect(both().outcomes(detach)).toEqual(['ok: a7@sys b8@f1W; leaves f0; detached 0']);
    expect(both().outcomes(onDevice(1, detach))).toEqual(['ok: a7@f0W b8@sys; leaves f1; detached 1']);
    const model = both().go(detach);
    expect(model.outcomes(deviceLoad(0, 0))).toEqual(['ENODEV: a7@sys b8@f1W; detached 0']);
    expect(model.outcomes(onDevice(1, deviceLoad(0, 1)))).toEqual(['8: a7@sys b8@f1W; detached 0']);
  });

  test('an injection on the other device does not prevent a detach', () => {
    const model = both().go(inject('sigbus', 'until-healed', { process: 0, page: 1 }));
    expect(model.outcomesIn(detach, /^\w+/)).toEqual(['ok']);
    expect(model.outcomesIn(onDevice(1, detach), /^\w+/)).toEqual(['EBUSY']);
  });

  describe('an access by a device to a page on another device', () => {
    const back = 'a7@sys; fault 1; leaves f0';

    test('a load migrates the page back first; before 6.1 it may also fail or read in place', () => {
      expect(resident().outcomes(onDevice(1, deviceLoad(0, 0)))).toEqual(
        foreignAccessFaults ? [`7: ${back}`] : ['7: a7@f0W', `7: ${back}`, 'EFAULT: a7@f0W'],
      );
    });

    test('a store migrates the page back first; before 6.1 it may also fail', () => {
      const stored = 'ok: a9@sys; fault 1; leaves f0';
      expect(resident().outcomes(onDevice(1, deviceStore(0, 0, 9)))).toEqual(
        foreignAccessFaults ? [stored] : ['EFAULT: a7@f0W', stored],
      );
    });

    test('a store to a shared page continues in system memory', () => {
      const model = resident().go(fork(0, 1));
      expect(
        model.outcomesIn(onDevice(1, deviceStore(1, 0, 9)), /^ok.*/).filter((outcome) => outcome !== ''),
      ).toEqual([
        'ok: a7@sys | b9@newL; fault 1; leaves f0; takes 1',
        'ok: a7@sys | b9@sys; fault 1; leaves f0',
      ]);
    });

    test('an access that an injection strikes changes and poisons nothing', () => {
      const model = resident().go(inject('sigbus', 'until-healed'));
      const errors = PROFILES[profile].foreignErrorTellsCause ? ['EFAULT'] : ['EFAULT', 'ENOMEM'];
      const failed = errors.map((error) => `${error}: a7@f0W; fault 1; sigbus lasts`);
      for (const command of [deviceLoad(0, 0), deviceStore(0, 0, 9)]) {
        const outcomes = model.outcomes(onDevice(1, command));
        expect(outcomes).toEqual(expect.arrayContaining(failed));
        expect(outcomes.filter((outcome) => outcome.includes('poison'))).toEqual([]);
        expect(outcomes.length > failed.length).toBe(!foreignAccessFaults);
      }
    });

    test('out of memory returns ENOMEM; before 7.3 ENOMEM or EFAULT', () => {
      const model = resident().go(inject('oom', 'until-healed'));
      const results = PROFILES[profile].foreignErrorTellsCause ? ['ENOMEM'] : ['EFAULT', 'ENOMEM'];
      if (!foreignAccessFaults) return;
      expect(model.outcomesIn(onDevice(1, deviceLoad(0, 0)), /^\w+/)).toEqual(results);
    });

    test('further pages may migrate back with it', () => {
      const model = new Model({ profile, pages: 2, frames: 2, devices: 2 }).go(
        map(0, 0),
        map(0, 1),
        toDevice(0, 0, 2),
      );
      const outcomes = model.outcomes(onDevice(1, deviceLoad(0, 0)));
      expect(outcomes).toContain('0: a0@sys b0@f1W; fault 1; leaves f0');
      expect(outcomes).toContain('0: a0@sys b0@sys; fault 1; leaves f0 f1');
    });

    test('a device accesses its own pages in place', () => {
      expect(both().outcomes(onDevice(1, deviceLoad(0, 1)))).toEqual(['8: a7@f0W b8@f1W']);
      expect(both().outcomes(onDevice(1, deviceStore(0, 1, 9)))).toEqual(['ok: a7@f0W b9@f1W']);
    });
  });

  test.runIf(!failedFaultPoisons && ownersMatter)(
    'make-exclusive makes a page exclusive to the device of the command',
    () => {
      const model = resident();
      expect(model.outcomes(onDevice(1, makeExclusive(0, 0)))).toEqual(['ok: a7@sysX; fault 1; leaves f0']);
      model.go(onDevice(1, makeExclusive(0, 0)));
      expect(model.outcomes(onDevice(1, deviceExchange(0, 0, 9)))).toEqual(['7: a9@sysX']);
    },
  );
});
