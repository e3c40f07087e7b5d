import { describe, expect, test } from 'vitest';
import {
  attach,
  close,
  detach,
  deviceLoad,
  deviceStore,
  discard,
  evict,
  fork,
  hotAdd,
  load,
  makeExclusive,
  map,
  onDevice,
  open,
  protect,
  store,
  toDevice,
  toSystem,
  unmap,
} from '../vocabulary/shorthand.ts';
import { Model, PROFILE_NAMES } from './outcomes.fixture.ts';

describe.each(PROFILE_NAMES)('in %s', (profile) => {
  const world = (): Model => new Model({ profile, pages: 1, frames: 1 });
  const resident = (): Model => world().go(map(0, 0), store(0, 0, 7), toDevice(0, 0));

  describe('close and open', () => {
    test('answer by the state of the device, and change nothing else', () => {
      expect(world().outcomes(close)).toEqual(['ok: .; closed']);
      expect(world().go(close).outcomes(close)).toEqual(['ENODEV: .; closed']);
      expect(world().go(close).outcomes(open)).toEqual(['ok: .']);
      expect(world().outcomes(open)).toEqual(['EBUSY: .']);
      expect(resident().go(fork(0, 1)).outcomes(close)).toEqual(['ok: a7@f0R | a7@f0R; closed']);
      expect(resident().go(close).outcomes(open)).toEqual(['ok: a7@f0W']);
    });

    test('a closed device takes no pages', () => {
      const model = world().go(map(0, 0), store(0, 0, 7), close);
      expect(model.outcomes(toDevice(0, 0))).toEqual(['skipped: a7@sys; closed']);
      expect(model.go(open).outcomesIn(toDevice(0, 0), /^\w+/)).toContain('moved');
    });

    test('and answers its own accesses', () => {
      const model = resident().go(protect(0, 0, 'none'), close);
      for (const command of [deviceLoad(0, 0), deviceStore(0, 0, 9), makeExclusive(0, 0)]) {
        expect(model.outcomes(command)).toEqual(['ENODEV: a7@f0R:n; closed']);
      }
    });

    test('its pages keep their content, and come back as from an open one', () => {
      const model = resident().go(fork(0, 1), close);
      expect(model.outcomes(load(1, 0))).toEqual(['7: a7@sys | a7@sys; fault 1; leaves f0; closed']);
      expect(model.outcomes(store(1, 0, 9))).toEqual(['ok: a7@sys | b9@sys; fault 1; leaves f0; closed']);
      expect(model.outcomes(toSystem(0, 0))).toContain('moved: a7@sys | a7@sys; leaves f0; closed');
      expect(model.outcomes(evict(0, 0))).toContain('moved: a7@sys | a7@sys; leaves f0; closed');
    });

    test('they are let go of as ever', () => {
      expect(resident().go(close).outcomes(unmap(0, 0))).toEqual(['ok: .; leaves f0; closed']);
      expect(resident().go(close).outcomes(discard(0, 0))).toEqual(['ok: hole; leaves f0; closed']);
      expect(resident().go(close).outcomes(detach)).toEqual(['ok: a7@sys; leaves f0; detached; closed']);
    });

    test('open and attached are two things', () => {
      expect(world().go(detach).outcomes(close)).toEqual(['ok: .; detached; closed']);
      expect(world().go(detach, close).outcomes(attach)).toEqual(['ok: .; closed']);
      expect(world().go(detach, close).outcomes(open)).toEqual(['ok: .; detached']);
    });

    test('concern one device', () => {
      const model = new Model({ profile, pages: 1, frames: 1, devices: 2 }).go(map(0, 0), close);
      expect(model.outcomes(onDevice(1, close))).toEqual(['ok: hole; closed 0; closed 1']);
      expect(model.outcomes(toDevice(0, 0))).toEqual(['skipped: hole; closed 0']);
      expect(model.outcomes(onDevice(1, toDevice(0, 0)))).toContain('moved: a0@newL; takes 1; closed 0');
      expect(model.outcomes(onDevice(1, deviceLoad(0, 0)))).toEqual(['0: hole; closed 0']);
    });
  });

  describe('hot-add', () => {
    test('finds no room while the device is attached, and disturbs nothing', () => {
      expect(resident().outcomes(hotAdd)).toEqual(['EEXIST: a7@f0W']);
      expect(resident().go(close).outcomes(hotAdd)).toEqual(['EEXIST: a7@f0W; closed']);
    });

    test('finds it once while it is away', () => {
      const model = world().go(detach);
      expect(model.outcomes(hotAdd)).toEqual(['ok: .; detached']);
      expect(model.go(hotAdd).outcomes(hotAdd)).toEqual(['EEXIST: .; detached']);
    });

    test('a device that is attached again finds another range', () => {
      const model = world().go(detach, hotAdd, attach, map(0, 0));
      expect(model.outcomes(hotAdd)).toEqual(['EEXIST: hole']);
      expect(model.outcomesIn(toDevice(0, 0), /^\w+/)).toContain('moved');
      expect(model.go(detach).outcomes(hotAdd)).toEqual(['ok: hole; detached']);
    });

    test('of one device says nothing of the other', () => {
      const model = new Model({ profile, pages: 1, frames: 1, devices: 2 }).go(detach, hotAdd);
      expect(model.outcomes(onDevice(1, hotAdd))).toEqual(['EEXIST: .; detached 0']);
      expect(model.go(onDevice(1, detach)).outcomes(onDevice(1, hotAdd))).toEqual([
        'ok: .; detached 0; detached 1',
      ]);
    });
  });
});
