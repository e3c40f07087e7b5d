import { describe, expect, test } from 'vitest';
import { PROFILES } from '../profiles/profile.ts';
import {
  detach,
  deviceExchange,
  deviceLoad,
  deviceStore,
  evict,
  fork,
  inject,
  load,
  makeExclusive,
  map,
  onDevice,
  store,
  toDevice,
  toSystem,
} from '../vocabulary/shorthand.ts';
import { Model, PROFILE_NAMES } from './outcomes.fixture.ts';

describe.each(PROFILE_NAMES)('in %s', (profile) => {
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

  test('each has frames of its own, numbered through', () => {
    expect(both().words).toBe('a7@f0W b8@f1W');
    const model = world(2).go(map(0, 0), map(0, 1), onDevice(1, toDevice(0, 0)));
    expect(model.words).toBe('a0@f1W hole');
    expect(model.outcomes(onDevice(1, toDevice(0, 1)))).toEqual(['skipped: a0@f1W hole']);
    expect(model.go(toDevice(0, 1)).words).toBe('a0@f1W b0@f0W');
  });

  test('what is on one does not move to the other', () => {
    expect(resident().outcomes(onDevice(1, toDevice(0, 0)))).toEqual(['skipped: a7@f0W']);
  });

  test('what is on another than the one named is skipped, or before 5.18 may move', () => {
    expect(resident().outcomes(onDevice(1, toSystem(0, 0)))).toEqual(
      ownersMatter ? ['skipped: a7@f0W'] : ['moved: a7@sys; leaves f0', 'skipped: a7@f0W'],
    );
  });

  test('an eviction is by the device that has the page', () => {
    expect(both().outcomes(evict(0, 1))).toContain('moved: a7@f0W b8@sys; leaves f1');
  });

  test('a touch may bring back more from the same device; before 5.18 from any', () => {
    expect(both().outcomes(load(0, 0))).toEqual(
      ownersMatter
        ? ['7: a7@sys b8@f1W; fault 1; leaves f0']
        : ['7: a7@sys b8@f1W; fault 1; leaves f0', '7: a7@sys b8@sys; fault 1; leaves f0 f1'],
    );
  });

  test('a detached device leaves the other alone', () => {
    expect(both().outcomes(detach)).toEqual(['ok: a7@sys b8@f1W; leaves f0; detached 0']);
    expect(both().outcomes(onDevice(1, detach))).toEqual(['ok: a7@f0W b8@sys; leaves f1; detached 1']);
    const model = both().go(detach);
    expect(model.outcomes(deviceLoad(0, 0))).toEqual(['ENODEV: a7@sys b8@f1W; detached 0']);
    expect(model.outcomes(onDevice(1, deviceLoad(0, 1)))).toEqual(['8: a7@sys b8@f1W; detached 0']);
  });

  test('what strikes a page on the other does not keep a device from being detached', () => {
    const model = both().go(inject('sigbus', 'until-healed', { process: 0, page: 1 }));
    expect(model.outcomesIn(detach, /^\w+/)).toEqual(['ok']);
    expect(model.outcomesIn(onDevice(1, detach), /^\w+/)).toEqual(['EBUSY']);
  });

  describe('an access to a page on another device', () => {
    const back = 'a7@sys; fault 1; leaves f0';

    test('a load: the page comes back first; before 6.1 that, or nothing, or the value in place', () => {
      expect(resident().outcomes(onDevice(1, deviceLoad(0, 0)))).toEqual(
        foreignAccessFaults ? [`7: ${back}`] : ['7: a7@f0W', `7: ${back}`, 'EFAULT: a7@f0W'],
      );
    });

    test('a store: the page comes back first; before 6.1 that, or nothing', () => {
      const stored = 'ok: a9@sys; fault 1; leaves f0';
      expect(resident().outcomes(onDevice(1, deviceStore(0, 0, 9)))).toEqual(
        foreignAccessFaults ? [stored] : ['EFAULT: a7@f0W', stored],
      );
    });

    test('a store to what is shared goes on from system memory', () => {
      const model = resident().go(fork(0, 1));
      expect(
        model.outcomesIn(onDevice(1, deviceStore(1, 0, 9)), /^ok.*/).filter((outcome) => outcome !== ''),
      ).toEqual([
        'ok: a7@sys | b9@newL; fault 1; leaves f0; takes 1',
        'ok: a7@sys | b9@sys; fault 1; leaves f0',
      ]);
    });

    test('where an injection strikes nothing has changed, and nothing is poisoned', () => {
      const model = resident().go(inject('sigbus', 'until-healed'));
      const failed = ['EFAULT: a7@f0W; fault 1; sigbus lasts', 'ENOMEM: a7@f0W; fault 1; sigbus lasts'];
      for (const command of [deviceLoad(0, 0), deviceStore(0, 0, 9)]) {
        const outcomes = model.outcomes(onDevice(1, command));
        expect(outcomes).toEqual(expect.arrayContaining(failed));
        expect(outcomes.filter((outcome) => outcome.includes('poison'))).toEqual([]);
        expect(outcomes.length > failed.length).toBe(!foreignAccessFaults);
      }
    });

    test('more may come back with it', () => {
      const model = new Model({ profile, pages: 2, frames: 2, devices: 2 }).go(
        map(0, 0),
        map(0, 1),
        toDevice(0, 0, 2),
      );
      const outcomes = model.outcomes(onDevice(1, deviceLoad(0, 0)));
      expect(outcomes).toContain('0: a0@sys b0@f1W; fault 1; leaves f0');
      expect(outcomes).toContain('0: a0@sys b0@sys; fault 1; leaves f0 f1');
    });

    test('its own pages it accesses in place', () => {
      expect(both().outcomes(onDevice(1, deviceLoad(0, 1)))).toEqual(['8: a7@f0W b8@f1W']);
      expect(both().outcomes(onDevice(1, deviceStore(0, 1, 9)))).toEqual(['ok: a7@f0W b9@f1W']);
    });
  });

  test.runIf(!failedFaultPoisons && ownersMatter)('a page is made exclusive to the device that asks', () => {
    const model = resident();
    expect(model.outcomes(onDevice(1, makeExclusive(0, 0)))).toEqual(['ok: a7@sysX; fault 1; leaves f0']);
    model.go(onDevice(1, makeExclusive(0, 0)));
    expect(model.outcomes(onDevice(1, deviceExchange(0, 0, 9)))).toEqual(['7: a9@sysX']);
  });
});
