import { describe, expect, test } from 'vitest';
import type { Command, MappingKind, Protection } from '../vocabulary/command.ts';
import {
  detach,
  deviceLoad,
  deviceStore,
  discard,
  evict,
  exit,
  fork,
  inject,
  kernelLoad,
  limit,
  load,
  map,
  pin,
  protect,
  smaps,
  spawn,
  store,
  toDevice,
  toSystem,
  unmap,
  unpin,
} from '../vocabulary/shorthand.ts';
import { ProfileName, PROFILES } from '../profiles/profile.ts';
import { Model } from './outcomes.fixture.ts';

describe.each(ProfileName.options)('in %s', (profile) => {
  const world = (): Model => new Model({ profile, processes: 2, pages: 1, frames: 1 });
  const onDevice = (protection: Protection = 'write'): Model =>
    world().go(map(0, 0, protection), toDevice(0, 0));
  const poisoned = (): Model => onDevice().go(inject('sigbus'), load(0, 0));

  test('map creates an unpopulated page, or maps the host page', () => {
    expect(world().outcomes(map(0, 0, 'read'))).toEqual(['ok: hole:r']);
    expect(world().outcomes(map(0, 0, 'none', 'host'))).toEqual(['ok: host0:n']);
  });

  describe.each([
    ['unmap', unmap(0, 0), '.'],
    ['discard', discard(0, 0), 'hole'],
  ])('%s', (_, command, gone) => {
    test('removes an entry of any kind', () => {
      expect(world().go(map(0, 0)).outcomes(command)).toEqual([`ok: ${gone}`]);
      expect(
        world()
          .go(map(0, 0), store(0, 0, 7))
          .outcomes(command),
      ).toEqual([`ok: ${gone}`]);
      expect(onDevice().outcomes(command)).toEqual([`ok: ${gone}; leaves f0`]);
    });

    test('leaves the object on its frame if others share it', () => {
      expect(onDevice().go(fork(0, 1)).outcomes(command)).toEqual([`ok: ${gone} | a0@f0R`]);
    });

    test('succeeds despite injections or a detached device', () => {
      const model = onDevice().go(inject('sigbus', 'until-healed'), inject('oom', 'until-healed'));
      expect(model.outcomes(command)).toEqual([`ok: ${gone}; leaves f0; sigbus lasts; oom lasts`]);
      expect(world().go(map(0, 0), detach).outcomes(command)).toEqual([`ok: ${gone}; detached`]);
    });

    test.runIf(PROFILES[profile].failedFaultPoisons)('removes poison without freeing a frame (D3)', () => {
      expect(poisoned().outcomes(command)).toEqual([`ok: ${gone}`]);
    });

    test('makes the page read zero afterwards', () => {
      const model = world().go(map(0, 0), store(0, 0, 7), command);
      if (gone === '.') model.go(map(0, 0));
      expect(model.outcomes(load(0, 0))).toEqual(['0: hole']);
    });

    test('does not release a pin', () => {
      expect(world().go(map(0, 0), pin(0, 0)).outcomes(command)).toEqual([`ok: ${gone}; pins a0@sys`]);
    });
  });

  test('unmap removes a host entry, discard keeps it', () => {
    const model = world().go(map(0, 0, 'write', 'host'), store(0, 0, 7));
    expect(model.outcomes(unmap(0, 0))).toEqual(['ok: .']);
    expect(model.outcomes(discard(0, 0))).toEqual(['ok: host7']);
  });

  test('discard needs no permission', () => {
    expect(onDevice('none').outcomes(discard(0, 0))).toEqual(['ok: hole:n; leaves f0']);
  });

  describe('protect', () => {
    test.each<[Protection, string]>([
      ['none', 'ok: a0@f0R:n'],
      ['read', 'ok: a0@f0R:r'],
    ])('changes WRITE to READ if the protection changes to %s (E4)', (protection, outcome) => {
      expect(onDevice().words).toBe('a0@f0W');
      expect(onDevice().outcomes(protect(0, 0, protection))).toEqual([outcome]);
    });

    test('with the same protection keeps the entry; in some profiles WRITE may become READ (E4)', () => {
      expect(onDevice().outcomes(protect(0, 0, 'write'))).toEqual([
        PROFILES[profile].sameProtectionIsQuiet ? 'ok: a0@f0W' : 'ok: a0@f0E',
      ]);
    });

    test.each<Protection>(['none', 'read', 'write'])('%s never changes READ to WRITE', (protection) => {
      const suffix = { none: ':n', read: ':r', write: '' }[protection];
      const outcome = `ok: a0@f0R${suffix}`;
      expect(
        onDevice()
          .allRead()
          .outcomes(protect(0, 0, protection)),
      ).toEqual([outcome]);
      expect(onDevice('read').outcomes(protect(0, 0, protection))).toEqual([outcome]);
      expect(onDevice('none').outcomes(protect(0, 0, protection))).toEqual([outcome]);
    });

    test('affects one process', () => {
      expect(
        onDevice()
          .go(fork(0, 1))
          .outcomes(protect(1, 0, 'none')),
      ).toEqual(['ok: a0@f0R | a0@f0R:n']);
    });

    test('changes only the protection of a page that is not on the device', () => {
      expect(
        world()
          .go(map(0, 0))
          .outcomes(protect(0, 0, 'read')),
      ).toEqual(['ok: hole:r']);
      expect(
        world()
          .go(map(0, 0), store(0, 0, 7))
          .outcomes(protect(0, 0, 'none')),
      ).toEqual(['ok: a7@sys:n']);
      expect(
        world()
          .go(map(0, 0, 'read', 'host'))
          .outcomes(protect(0, 0, 'write')),
      ).toEqual(['ok: host0']);
    });

    test.runIf(PROFILES[profile].failedFaultPoisons)('keeps poison (D3)', () => {
      expect(poisoned().outcomes(protect(0, 0, 'none'))).toEqual(['ok: poison:n']);
      expect(poisoned().go(protect(0, 0, 'none'), protect(0, 0, 'write')).words).toBe('poison');
    });
  });
});

describe.each(ProfileName.options)('in %s', (profile) => {
  const world = (): Model => new Model({ profile, pages: 2, frames: 1 });

  describe.each<MappingKind>(['host', 'shared'])('%s memory', (kind) => {
    const mapped = (): Model => world().go(map(0, 0, 'write', kind));

    test('is one page in all mappings, and keeps its content without a mapping', () => {
      const model = mapped().go(fork(0, 1));
      expect(model.outcomes(store(1, 0, 9))).toEqual([`ok: ${kind}9 . | ${kind}9 .`]);
      model.go(store(1, 0, 9), exit(0), exit(1), spawn(0), map(0, 0, 'read', kind));
      expect(model.outcomes(load(0, 0))).toEqual([`9: ${kind}9:r .`]);
      expect(model.outcomes(kernelLoad(0, 0))).toEqual([`9: ${kind}9:r .`]);
    });

    test('has one page for each page number', () => {
      const model = mapped().go(map(0, 1, 'write', kind), store(0, 0, 9));
      expect(model.outcomes(load(0, 1))).toEqual([`0: ${kind}9 ${kind}0`]);
    });

    test('is distinct from the other kind', () => {
      const other = kind === 'host' ? 'shared' : 'host';
      const model = mapped().go(store(0, 0, 9), unmap(0, 0), map(0, 0, 'write', other));
      expect(model.outcomes(load(0, 0))).toEqual([`0: ${other}0 .`]);
    });

    test('never migrates', () => {
      const model = mapped().go(store(0, 0, 9));
      const stays = `: ${kind}9 .`;
      expect(model.outcomes(toDevice(0, 0))).toEqual([`skipped${stays}`]);
      expect(model.outcomes(toSystem(0, 0))).toEqual([`skipped${stays}`]);
      expect(model.outcomes(evict(0, 0))).toEqual([`skipped${stays}`]);
      expect(model.outcomes(discard(0, 0))).toEqual([`ok${stays}`]);
    });

    test('is accessed by the device in place', () => {
      expect(mapped().outcomes(deviceStore(0, 0, 9))).toEqual([`ok: ${kind}9 .`]);
      expect(
        mapped()
          .go(deviceStore(0, 0, 9))
          .outcomes(deviceLoad(0, 0)),
      ).toEqual([`9: ${kind}9 .`]);
      expect(
        mapped()
          .go(protect(0, 0, 'read'))
          .outcomes(deviceStore(0, 0, 9)),
      ).toEqual([`EPERM: ${kind}0:r .`]);
    });

    test('can be pinned and unpinned, and is not counted by smaps', () => {
      const model = mapped().go(pin(0, 0), store(0, 0, 9));
      expect(model.outcomesIn(smaps(0), /^\w+/)).toEqual(['0']);
      expect(model.go(unmap(0, 0)).outcomes(unpin())).toEqual(['9: . .']);
    });

    test('is not subject to a limit', () => {
      expect(
        mapped()
          .go(limit(0))
          .outcomes(store(0, 0, 9)),
      ).toEqual([`ok: ${kind}9 .`]);
    });
  });

  describe('a private mapping of a file', () => {
    const mapped = (): Model => world().go(map(0, 1, 'write', 'file'));

    test('reads the file, which has one value for each page', () => {
      expect(mapped().outcomes(load(0, 1))).toEqual(['30001: . file']);
      expect(
        world()
          .go(map(0, 0, 'read', 'file'))
          .outcomes(kernelLoad(0, 0)),
      ).toEqual(['30000: file:r .']);
      expect(mapped().outcomes(deviceLoad(0, 1))).toEqual(['30001: . file']);
    });

    test('gets an object of its own by a store, in this process only', () => {
      expect(
        mapped()
          .go(fork(0, 1))
          .outcomes(store(1, 1, 9)),
      ).toEqual(['ok: . file | . a9@sys']);
    });

    test('gets an object with the value of the file by a pin', () => {
      expect(mapped().outcomes(pin(0, 1))).toEqual(['ok: . a30001@sys; pins a30001@sys']);
      expect(mapped().go(pin(0, 1)).outcomes(unpin())).toEqual(['30001: . a30001@sys']);
    });

    test('gets an object by a device store, in system memory or on a frame', () => {
      expect(mapped().outcomes(deviceStore(0, 1, 9))).toEqual(['ok: . a9@newL; takes 1', 'ok: . a9@sys']);
    });

    test.each<[string, Command]>([
      ['to the device', toDevice(0, 1)],
      ['to system memory', toSystem(0, 1)],
      ['by an eviction', evict(0, 1)],
    ])('does not migrate %s without an object', (_, command) => {
      expect(mapped().outcomes(command)).toEqual(['skipped: . file']);
    });

    test('migrates and is shared like any other page after a store', () => {
      const model = mapped().go(store(0, 1, 9), toDevice(0, 1));
      expect(model.words).toBe('. a9@f0W');
      expect(model.outcomes(fork(0, 1))).toEqual(['ok: . a9@f0R | . a9@f0R']);
      expect(model.outcomes(load(0, 1))).toEqual(['9: . a9@sys; fault 1; leaves f0']);
    });

    test('reads the file again after a discard', () => {
      const model = mapped().go(store(0, 1, 9), toDevice(0, 1));
      expect(model.outcomes(discard(0, 1))).toEqual(['ok: . file; leaves f0']);
      expect(model.go(discard(0, 1)).outcomes(load(0, 1))).toEqual(['30001: . file']);
    });

    test('never changes the file', () => {
      const model = mapped().go(store(0, 1, 9), unmap(0, 1), map(0, 1, 'read', 'file'));
      expect(model.outcomes(load(0, 1))).toEqual(['30001: . file:r']);
    });
  });
});
