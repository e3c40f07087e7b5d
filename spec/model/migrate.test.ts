import { describe, expect, test } from 'vitest';
import {
  detach,
  evict,
  fork,
  inject,
  load,
  map,
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

const moved = (model: Model, process = 0): string =>
  model.outcomesIn(toDevice(process, 0), /moved: .*/).at(-1) ?? '';

describe.each(ProfileName.options)('in %s', (profile) => {
  const world = (setting: Setting = {}): Model =>
    new Model({ profile, processes: 2, pages: 1, frames: 2, ...setting });
  const onDevice = (setting: Setting = {}): Model =>
    world(setting).go(map(0, 0), store(0, 0, 7), toDevice(0, 0));

  const stored = (): Model => world().go(map(0, 0), store(0, 0, 7));

  describe('a migration to the device', () => {
    test('migrates an object, or skips it without a reason', () => {
      expect(
        world()
          .go(map(0, 0), store(0, 0, 7))
          .outcomes(toDevice(0, 0)),
      ).toEqual(['moved: a7@newL; takes 1', 'skipped: a7@sys']);
    });

    test('creates an object of value 0 for an unpopulated page', () => {
      expect(world().go(map(0, 0)).outcomes(toDevice(0, 0))).toEqual([
        'moved: a0@newL; takes 1',
        'skipped: hole',
      ]);
      expect(
        world()
          .go(map(0, 0, 'read'))
          .outcomesIn(toDevice(0, 0), /moved.*/),
      ).toContain('moved: a0@newR:r; takes 1');
    });

    test('changes all entries of an object together, also those without permission (E1)', () => {
      const model = world().go(map(0, 0), store(0, 0, 7), fork(0, 1), protect(0, 0, 'none'));
      expect(model.outcomes(toDevice(1, 0))).toEqual([
        'moved: a7@newR:n | a7@newR; takes 1',
        'skipped: a7@sys:n | a7@sys',
      ]);
    });

    test('migrates a page under every protection', () => {
      const model = world().go(map(0, 0), store(0, 0, 7), protect(0, 0, 'none'));
      expect(model.outcomesIn(toDevice(0, 0), /moved.*/)).toContain('moved: a7@newR:n; takes 1');
    });

    test('may create a WRITE entry only for a sole mapper with a writable mapping', () => {
      expect(moved(stored())).toBe('moved: a7@newL; takes 1');
      expect(moved(stored().go(protect(0, 0, 'read')))).toBe('moved: a7@newR:r; takes 1');
      expect(moved(stored().go(fork(0, 1)))).toBe('moved: a7@newR | a7@newR; takes 1');
      // A page that is mapped once again, or writable again, may be WRITE, but no SHOULD recommends it.
      expect(moved(stored().go(fork(0, 1), unmap(1, 0)))).toBe('moved: a7@newE | .; takes 1');
      expect(moved(stored().go(protect(0, 0, 'read'), protect(0, 0, 'write')))).toBe(
        'moved: a7@newE; takes 1',
      );
      expect(moved(stored().go(fork(0, 1), unmap(1, 0), store(0, 0, 8)))).toBe('moved: a8@newL | .; takes 1');
    });

    test('may create a WRITE entry again after the page migrated back', () => {
      expect(onDevice().go(load(0, 0)).outcomes(toDevice(0, 0))).toContain('moved: a7@newL; takes 1');
      expect(onDevice().allRead().go(load(0, 0)).outcomes(toDevice(0, 0))).toContain(
        'moved: a7@newE; takes 1',
      );
    });

    test.each<[string, Model, string]>([
      ['host memory', world().go(map(0, 0, 'write', 'host')), 'host0'],
      ['a page that is on the device already', onDevice(), 'a7@f0W'],
      ['a pinned page', world().go(map(0, 0), pin(0, 0)), 'a0@sys; pins a0@sys'],
      ['every page while the device is detached', world().go(map(0, 0), detach), 'hole; detached'],
      ['every page if the device has no frames', world({ frames: 0 }).go(map(0, 0)), 'hole'],
    ])('skips %s', (_, model, state) => {
      expect(model.outcomes(toDevice(0, 0))).toEqual([`skipped: ${state}`]);
    });

    test.runIf(PROFILES[profile].failedFaultPoisons)('skips poison (D3)', () => {
      const model = onDevice().go(inject('sigbus'), load(0, 0));
      expect(model.outcomes(toDevice(0, 0))).toEqual(['skipped: poison']);
      expect(model.outcomes(toSystem(0, 0))).toEqual(['skipped: poison']);
      expect(model.outcomes(evict(0, 0))).toEqual(['skipped: poison']);
    });

    test('skips a page if no frame is free', () => {
      const model = world({ pages: 3, frames: 1 }).go(map(0, 0), map(0, 1), map(0, 2));
      expect(model.outcomes(toDevice(0, 0, 3))).toEqual([
        'moved skipped skipped: a0@newL hole hole; takes 1',
        'skipped moved skipped: hole a0@newL hole; takes 1',
        'skipped skipped moved: hole hole a0@newL; takes 1',
        'skipped skipped skipped: hole hole hole',
      ]);
    });

    test('skips or migrates each page by itself', () => {
      const model = world({ pages: 4, frames: 4 }).go(
        map(0, 0),
        store(0, 0, 7),
        toDevice(0, 0),
        map(0, 1),
        store(0, 1, 8),
        map(0, 3, 'write', 'host'),
      );
      expect(model.outcomes(toDevice(0, 0, 4))).toEqual([
        'skipped moved skipped skipped: a7@f0W b8@newL . host0; takes 1',
        'skipped skipped skipped skipped: a7@f0W b8@sys . host0',
      ]);
    });

    test.each(['no-frame', 'no-copy'] as const)(
      'skips a page that %s strikes, with or without using it up',
      (kind) => {
        const model = world().go(map(0, 0), store(0, 0, 7), inject(kind, 2));
        expect(model.outcomes(toDevice(0, 0))).toEqual([
          `skipped: a7@sys; ${kind} 1`,
          `skipped: a7@sys; ${kind} 2`,
        ]);
        model.go(inject(kind, 'until-healed'));
        expect(model.outcomes(toDevice(0, 0))).toEqual([`skipped: a7@sys; ${kind} lasts`]);
      },
    );

    test('allocates the frame before it copies', () => {
      const model = world().go(map(0, 0), inject('no-frame'), inject('no-copy'));
      expect(model.outcomes(toDevice(0, 0))).toEqual([
        'skipped: hole; no-copy 1',
        'skipped: hole; no-frame 1; no-copy 1',
      ]);
    });

    test('uses up no injection for a page that must be skipped', () => {
      const model = onDevice().go(inject('no-frame'), inject('no-copy'));
      expect(model.outcomes(toDevice(0, 0))).toEqual(['skipped: a7@f0W; no-frame 1; no-copy 1']);
      const pinned = world().go(map(0, 0), pin(0, 0), inject('no-frame'));
      expect(pinned.outcomes(toDevice(0, 0))).toEqual(['skipped: a0@sys; pins a0@sys; no-frame 1']);
    });

    test('is struck at an unpopulated page only in the process of the victim', () => {
      const model = world({ pages: 2 }).go(map(0, 0), map(0, 1));
      model.go(inject('no-copy', 'until-healed', { process: 0, page: 1 }));
      expect(model.outcomesIn(toDevice(0, 0, 2), /^[^;]*/)).toEqual([
        'moved skipped: a0@newL hole',
        'skipped skipped: hole hole',
      ]);
      const forked = world().go(map(0, 0), fork(0, 1), inject('no-copy', 1, { process: 0, page: 0 }));
      expect(forked.outcomes(toDevice(1, 0))).toContain('moved: hole | a0@newL; takes 1; no-copy 1');
    });

    test('migrates the rest of a range after an injection is used up', () => {
      const model = world({ pages: 2 }).go(map(0, 0), map(0, 1), inject('no-frame'));
      expect(model.outcomes(toDevice(0, 0, 2))).toEqual([
        'skipped moved: hole a0@newL; takes 1',
        'skipped skipped: hole hole',
        'skipped skipped: hole hole; no-frame 1',
      ]);
    });

    test('is not struck by sigbus and oom', () => {
      const model = world().go(map(0, 0), inject('sigbus'), inject('oom'));
      expect(model.outcomes(toDevice(0, 0))).toEqual([
        'moved: a0@newL; takes 1; sigbus 1; oom 1',
        'skipped: hole; sigbus 1; oom 1',
      ]);
    });
  });

  describe.each([
    ['migrate-to-system', toSystem(0, 0), toSystem(1, 0)],
    ['evict', evict(0, 0), evict(1, 0)],
  ])('%s', (_, command, ofSharer) => {
    test('migrates an object back and frees the frame, without a page_fault', () => {
      expect(onDevice().outcomes(command)).toEqual(['moved: a7@sys; leaves f0', 'skipped: a7@f0W']);
    });

    test('migrates it for all sharers, regardless of their permissions', () => {
      const model = onDevice().go(fork(0, 1), protect(0, 0, 'none'), protect(1, 0, 'none'));
      expect(model.outcomes(ofSharer)).toEqual([
        'moved: a7@sys:n | a7@sys:n; leaves f0',
        'skipped: a7@f0R:n | a7@f0R:n',
      ]);
    });

    test.each<[string, Model, string]>([
      ['an unpopulated page', world().go(map(0, 0)), 'hole'],
      ['system memory', world().go(map(0, 0), store(0, 0, 7)), 'a7@sys'],
      ['host memory', world().go(map(0, 0, 'write', 'host')), 'host0'],
    ])('skips %s', (__, model, state) => {
      expect(model.outcomes(command)).toEqual([`skipped: ${state}`]);
    });

    test.each(['sigbus', 'oom'] as const)(
      'skips a page that %s strikes, with or without using it up',
      (kind) => {
        expect(onDevice().go(inject(kind)).outcomes(command)).toEqual([
          'skipped: a7@f0W',
          `skipped: a7@f0W; ${kind} 1`,
        ]);
        expect(onDevice().go(inject(kind, 'until-healed')).outcomes(command)).toEqual([
          `skipped: a7@f0W; ${kind} lasts`,
        ]);
      },
    );

    test('uses up either injection or none if both could strike', () => {
      expect(onDevice().go(inject('sigbus'), inject('oom')).outcomes(command)).toEqual([
        'skipped: a7@f0W; oom 1',
        'skipped: a7@f0W; sigbus 1',
        'skipped: a7@f0W; sigbus 1; oom 1',
      ]);
    });

    test('is not struck by no-frame and no-copy', () => {
      expect(onDevice().go(inject('no-frame'), inject('no-copy')).outcomes(command)).toEqual([
        'moved: a7@sys; leaves f0; no-frame 1; no-copy 1',
        'skipped: a7@f0W; no-frame 1; no-copy 1',
      ]);
    });
  });

  test('a migration of a range to system memory migrates or skips each page by itself', () => {
    const model = world({ pages: 3 }).go(map(0, 0), map(0, 1), map(0, 2), toDevice(0, 0), toDevice(0, 2));
    expect(model.outcomes(toSystem(0, 0, 3))).toEqual([
      'moved skipped moved: a0@sys hole b0@sys; leaves f0 f1',
      'moved skipped skipped: a0@sys hole b0@f1W; leaves f0',
      'skipped skipped moved: a0@f0W hole b0@sys; leaves f1',
      'skipped skipped skipped: a0@f0W hole b0@f1W',
    ]);
  });
});
