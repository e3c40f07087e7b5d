import { describe, expect, test } from 'vitest';
import {
  discard,
  exit,
  fork,
  heal,
  inherit,
  inject,
  load,
  lock,
  map,
  move,
  pin,
  protect,
  spawn,
  store,
  surpriseRemove,
  toDevice,
  unmap,
  unpin,
} from '../vocabulary/shorthand.ts';
import { ProfileName, PROFILES } from '../profiles/profile.ts';
import { Model } from './outcomes.fixture.ts';

describe.each(ProfileName.options)('in %s', (profile) => {
  const world = (pages = 1): Model => new Model({ profile, processes: 3, pages, frames: 2 });

  test('spawn creates a process without mappings', () => {
    const model = world().go(map(0, 0), store(0, 0, 7));
    expect(model.outcomes(spawn(2))).toEqual(['ok: a7@sys | .']);
  });

  describe('fork', () => {
    test('shares objects wherever they are, and migrates none', () => {
      const model = world(2).go(map(0, 0), map(0, 1), store(0, 0, 7), store(0, 1, 8), toDevice(0, 1));
      expect(model.words).toBe('a7@sys b8@f0W');
      expect(model.outcomes(fork(0, 1))).toEqual(['ok: a7@sys b8@f0R | a7@sys b8@f0R']);
      model.go(fork(0, 1));
      expect(model.outcomes(fork(1, 2))).toEqual(['ok: a7@sys b8@f0R | a7@sys b8@f0R | a7@sys b8@f0R']);
    });

    test('copies mappings of unpopulated pages and host memory, and their protections', () => {
      const model = world(4).go(
        map(0, 0),
        map(0, 1, 'read', 'host'),
        map(0, 2),
        store(0, 2, 7),
        protect(0, 2, 'none'),
      );
      expect(model.outcomes(fork(0, 1))).toEqual(['ok: hole host0:r a7@sys:n . | hole host0:r a7@sys:n .']);
    });

    test.runIf(PROFILES[profile].failedFaultPoisons)('copies poison (D3)', () => {
      const model = world().go(map(0, 0), toDevice(0, 0), inject('sigbus'), load(0, 0));
      expect(model.outcomes(fork(0, 1))).toEqual(['ok: poison | poison']);
      expect(model.go(fork(0, 1), heal).outcomes(load(1, 0))).toEqual(['SIGBUS: poison | poison']);
    });

    test('is not struck by injections', () => {
      const model = world().go(map(0, 0), toDevice(0, 0), inject('sigbus', 'until-healed'));
      expect(model.outcomes(fork(0, 1))).toEqual(['ok: a0@f0R | a0@f0R; sigbus lasts']);
    });

    test('copies or shares a pinned page, by profile (E7)', () => {
      const model = world().go(map(0, 0), store(0, 0, 7), pin(0, 0));
      const copies = PROFILES[profile].forkCopiesPinned;
      expect(model.outcomes(fork(0, 1))).toEqual([
        copies ? 'ok: a7@sys | b7@sys; pins a7@sys' : 'ok: a7@sys | a7@sys; pins a7@sys',
      ]);
      model.go(fork(0, 1));
      // Where the page is shared, the parent's store leaves the pin with the child; where the fork copied the page,
      // the pin still holds the page of the parent.
      expect(model.outcomes(store(0, 0, 8))).toEqual([
        copies ? 'ok: a8@sys | b7@sys; pins a8@sys' : 'ok: a8@sys | b7@sys; pins b7@sys',
      ]);
      expect(model.outcomes(store(1, 0, 9))).toEqual(['ok: a7@sys | b9@sys; pins a7@sys']);
      expect(model.go(exit(0), exit(1)).outcomes(unpin())).toEqual(['7: ']);
    });

    test('copies or shares a pinned page for a second child as well', () => {
      const model = world().go(map(0, 0), store(0, 0, 7), pin(0, 0), fork(0, 1));
      const copies = PROFILES[profile].forkCopiesPinned;
      expect(model.outcomes(fork(0, 2))).toEqual([
        copies ? 'ok: a7@sys | b7@sys | c7@sys; pins a7@sys' : 'ok: a7@sys | a7@sys | a7@sys; pins a7@sys',
      ]);
    });
  });

  describe('exit', () => {
    test('removes every mapping, and frees frames without another mapper', () => {
      const model = world(2).go(map(0, 0), map(0, 1), toDevice(0, 0), fork(0, 1), toDevice(0, 1));
      expect(model.words).toBe('a0@f0R b0@f1W | a0@f0R hole');
      expect(model.outcomes(exit(0))).toEqual(['ok: a0@f0R hole; leaves f1']);
      expect(model.go(exit(0)).outcomes(exit(1))).toEqual(['ok: ; leaves f0']);
    });

    test('succeeds despite injections, and changes no READ entry to WRITE', () => {
      const model = world().go(map(0, 0), toDevice(0, 0), fork(0, 1), inject('sigbus', 'until-healed'));
      expect(model.outcomes(exit(1))).toEqual(['ok: a0@f0R; sigbus lasts']);
      expect(model.outcomes(unmap(1, 0))).toEqual(['ok: a0@f0R | .; sigbus lasts']);
    });

    test('leaves nothing to the next process in its slot', () => {
      const model = world().go(map(0, 0), store(0, 0, 7), exit(0), spawn(0), map(0, 0));
      expect(model.outcomes(load(0, 0))).toEqual(['0: hole']);
    });
  });
});

describe.each(ProfileName.options)('in %s', (profile) => {
  const world = (pages = 1): Model => new Model({ profile, processes: 3, pages, frames: 2 });
  const resident = (pages = 1): Model => world(pages).go(map(0, 0), store(0, 0, 7), toDevice(0, 0));

  test('setting the inheritance has no immediate effect', () => {
    for (const inheritance of ['none', 'zero', 'copy'] as const) {
      expect(resident().outcomes(inherit(0, 0, inheritance))).toEqual(['ok: a7@f0W']);
      expect(
        world()
          .go(map(0, 0), lock(0, 0))
          .outcomes(inherit(0, 0, inheritance))[0],
      ).toMatch(/^ok: /);
    }
  });

  test('with none the page is unmapped in the child, and the parent keeps it', () => {
    const model = resident().go(inherit(0, 0, 'none'));
    expect(model.outcomes(fork(0, 1))).toContain('ok: a7@f0E | .');
    expect(model.go(fork(0, 1)).outcomes(load(1, 0))).toEqual(['SIGSEGV: a7@f0R | .']);
  });

  test('with zero the child has an unpopulated page with the protection of its parent', () => {
    expect(
      resident()
        .go(protect(0, 0, 'read'), inherit(0, 0, 'zero'))
        .outcomes(fork(0, 1)),
    ).toEqual(['ok: a7@f0R:r | hole:r']);
    const lost = resident().go(inherit(0, 0, 'zero'), surpriseRemove);
    expect(lost.outcomes(fork(0, 1))).toEqual(['ok: lost | hole; detached']);
  });

  test('the setting is inherited by the child', () => {
    const model = resident().go(inherit(0, 0, 'zero'), fork(0, 1), store(1, 0, 8));
    expect(model.outcomes(fork(1, 2))[0]).toMatch(/ \| b8@sys \| hole$/);
  });

  test('the last setting applies, and a new mapping is inherited', () => {
    const copied = resident().go(inherit(0, 0, 'none'), inherit(0, 0, 'copy'));
    expect(copied.outcomes(fork(0, 1))).toEqual(['ok: a7@f0R | a7@f0R']);
    const anew = resident().go(inherit(0, 0, 'none'), unmap(0, 0), map(0, 0));
    expect(anew.outcomes(fork(0, 1))).toEqual(['ok: hole | hole']);
    const discarded = resident().go(inherit(0, 0, 'none'), discard(0, 0));
    expect(discarded.outcomes(fork(0, 1))).toEqual(['ok: hole | .']);
  });

  test('the setting follows the mapping in a move', () => {
    const model = resident(2).go(inherit(0, 0, 'none'), move(0, 0, 1), map(0, 0));
    expect(model.outcomes(fork(0, 1))[0]).toMatch(/ \| hole \.$/);
  });

  test('a pin still sees the stores of its process', () => {
    const model = world().go(map(0, 0), store(0, 0, 7), pin(0, 0), inherit(0, 0, 'none'), fork(0, 1));
    expect(model.go(store(0, 0, 8)).outcomes(unpin())[0]).toMatch(/^8: /);
  });

  test('the page of the parent is freed when it exits', () => {
    const model = resident().go(inherit(0, 0, 'zero'), fork(0, 1));
    expect(model.outcomes(exit(0))[0]).toContain('leaves f0');
  });
});
