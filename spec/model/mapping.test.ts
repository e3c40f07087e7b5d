import { describe, expect, test } from 'vitest';
import type { Protection } from '../vocabulary/command.ts';
import {
  detach,
  discard,
  fork,
  inject,
  load,
  map,
  pin,
  protect,
  store,
  toDevice,
  unmap,
} from '../vocabulary/shorthand.ts';
import { PROFILES } from '../profiles/profile.ts';
import { Model, PROFILE_NAMES } from './outcomes.fixture.ts';

describe.each(PROFILE_NAMES)('in %s', (profile) => {
  const world = (): Model => new Model({ profile, processes: 2, pages: 1, frames: 1 });
  const onDevice = (protection: Protection = 'write'): Model =>
    world().go(map(0, 0, protection), toDevice(0, 0));
  const poisoned = (): Model => onDevice().go(inject('sigbus'), load(0, 0));

  test('map makes holes, or the host page', () => {
    expect(world().outcomes(map(0, 0, 'read'))).toEqual(['ok: hole:r']);
    expect(world().outcomes(map(0, 0, 'none', 'host'))).toEqual(['ok: host0:n']);
  });

  describe.each([
    ['unmap', unmap(0, 0), '.'],
    ['discard', discard(0, 0), 'hole'],
  ])('%s', (_, command, gone) => {
    test('ends an entry of any sort', () => {
      expect(world().go(map(0, 0)).outcomes(command)).toEqual([`ok: ${gone}`]);
      expect(
        world()
          .go(map(0, 0), store(0, 0, 7))
          .outcomes(command),
      ).toEqual([`ok: ${gone}`]);
      expect(onDevice().outcomes(command)).toEqual([`ok: ${gone}; leaves f0`]);
    });

    test('leaves the object to the sharers, on its frame', () => {
      expect(onDevice().go(fork(0, 1)).outcomes(command)).toEqual([`ok: ${gone} | a0@f0R`]);
    });

    test('asks nothing of a broken device', () => {
      const model = onDevice().go(inject('sigbus', 'until-healed'), inject('oom', 'until-healed'));
      expect(model.outcomes(command)).toEqual([`ok: ${gone}; leaves f0; sigbus lasts; oom lasts`]);
      expect(world().go(map(0, 0), detach).outcomes(command)).toEqual([`ok: ${gone}; detached`]);
    });

    test.runIf(PROFILES[profile].failedFaultPoisons)('ends poison, which names no frame (D3)', () => {
      expect(poisoned().outcomes(command)).toEqual([`ok: ${gone}`]);
    });

    test('what is mapped then reads zero', () => {
      const model = world().go(map(0, 0), store(0, 0, 7), command);
      if (gone === '.') model.go(map(0, 0));
      expect(model.outcomes(load(0, 0))).toEqual(['0: hole']);
    });

    test('leaves a pin', () => {
      expect(world().go(map(0, 0), pin(0, 0)).outcomes(command)).toEqual([`ok: ${gone}; pins a0@sys`]);
    });
  });

  test('unmap ends a host entry, discard leaves it', () => {
    const model = world().go(map(0, 0, 'write', 'host'), store(0, 0, 7));
    expect(model.outcomes(unmap(0, 0))).toEqual(['ok: .']);
    expect(model.outcomes(discard(0, 0))).toEqual(['ok: host7']);
  });

  test('discard asks no permission', () => {
    expect(onDevice('none').outcomes(discard(0, 0))).toEqual(['ok: hole:n; leaves f0']);
  });

  describe('protect', () => {
    test.each<[Protection, string]>([
      ['none', 'ok: a0@f0R:n'],
      ['read', 'ok: a0@f0R:r'],
    ])('a real change to %s turns WRITE to READ (E4)', (protection, outcome) => {
      expect(onDevice().words).toBe('a0@f0W');
      expect(onDevice().outcomes(protect(0, 0, protection))).toEqual([outcome]);
    });

    test('the same protection again: as it is, or either (E4)', () => {
      expect(onDevice().outcomes(protect(0, 0, 'write'))).toEqual([
        PROFILES[profile].sameProtectionIsQuiet ? 'ok: a0@f0W' : 'ok: a0@f0E',
      ]);
    });

    test.each<Protection>(['none', 'read', 'write'])('%s never turns READ to WRITE', (protection) => {
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

    test('concerns one process', () => {
      expect(
        onDevice()
          .go(fork(0, 1))
          .outcomes(protect(1, 0, 'none')),
      ).toEqual(['ok: a0@f0R | a0@f0R:n']);
    });

    test('what is not on the device has no flavour', () => {
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

    test.runIf(PROFILES[profile].failedFaultPoisons)('poison stays poison (D3)', () => {
      expect(poisoned().outcomes(protect(0, 0, 'none'))).toEqual(['ok: poison:n']);
      expect(poisoned().go(protect(0, 0, 'none'), protect(0, 0, 'write')).words).toBe('poison');
    });
  });
});
