import { describe, expect, test } from 'vitest';
import {
  exit,
  fork,
  heal,
  inject,
  load,
  map,
  pin,
  protect,
  spawn,
  store,
  toDevice,
  unmap,
  unpin,
} from '../vocabulary/shorthand.ts';
import { PROFILES } from '../profiles/profile.ts';
import { Model, PROFILE_NAMES } from './outcomes.fixture.ts';

describe.each(PROFILE_NAMES)('in %s', (profile) => {
  const world = (pages = 1): Model => new Model({ profile, processes: 3, pages, frames: 2 });

  test('spawn makes a process with nothing mapped', () => {
    const model = world().go(map(0, 0), store(0, 0, 7));
    expect(model.outcomes(spawn(2))).toEqual(['ok: a7@sys | .']);
  });

  describe('fork', () => {
    test('shares objects wherever they live, and moves none', () => {
      const model = world(2).go(map(0, 0), map(0, 1), store(0, 0, 7), store(0, 1, 8), toDevice(0, 1));
      expect(model.words).toBe('a7@sys b8@f0W');
      expect(model.outcomes(fork(0, 1))).toEqual(['ok: a7@sys b8@f0R | a7@sys b8@f0R']);
      model.go(fork(0, 1));
      expect(model.outcomes(fork(1, 2))).toEqual(['ok: a7@sys b8@f0R | a7@sys b8@f0R | a7@sys b8@f0R']);
    });

    test('leaves holes holes, host memory shared, and hands the protections down', () => {
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

    test('strikes nothing, however broken the device', () => {
      const model = world().go(map(0, 0), toDevice(0, 0), inject('sigbus', 'until-healed'));
      expect(model.outcomes(fork(0, 1))).toEqual(['ok: a0@f0R | a0@f0R; sigbus lasts']);
    });

    test('over a pinned page (E7)', () => {
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

    test('a second child of a pinned page', () => {
      const model = world().go(map(0, 0), store(0, 0, 7), pin(0, 0), fork(0, 1));
      const copies = PROFILES[profile].forkCopiesPinned;
      expect(model.outcomes(fork(0, 2))).toEqual([
        copies ? 'ok: a7@sys | b7@sys | c7@sys; pins a7@sys' : 'ok: a7@sys | a7@sys | a7@sys; pins a7@sys',
      ]);
    });
  });

  describe('exit', () => {
    test('every mapping goes; frames of the last are left, those of sharers stay', () => {
      const model = world(2).go(map(0, 0), map(0, 1), toDevice(0, 0), fork(0, 1), toDevice(0, 1));
      expect(model.words).toBe('a0@f0R b0@f1W | a0@f0R hole');
      expect(model.outcomes(exit(0))).toEqual(['ok: a0@f0R hole; leaves f1']);
      expect(model.go(exit(0)).outcomes(exit(1))).toEqual(['ok: ; leaves f0']);
    });

    test('works when the device does not, and no READ entry turns WRITE by it', () => {
      const model = world().go(map(0, 0), toDevice(0, 0), fork(0, 1), inject('sigbus', 'until-healed'));
      expect(model.outcomes(exit(1))).toEqual(['ok: a0@f0R; sigbus lasts']);
      expect(model.outcomes(unmap(1, 0))).toEqual(['ok: a0@f0R | .; sigbus lasts']);
    });

    test('a slot that is taken again begins afresh', () => {
      const model = world().go(map(0, 0), store(0, 0, 7), exit(0), spawn(0), map(0, 0));
      expect(model.outcomes(load(0, 0))).toEqual(['0: hole']);
    });
  });
});
