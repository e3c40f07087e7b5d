import { describe, expect, test } from 'vitest';
import {
  discard,
  exit,
  fork,
  inherit,
  load,
  lock,
  map,
  move,
  pin,
  protect,
  store,
  surpriseRemove,
  toDevice,
  unmap,
  unpin,
} from '../vocabulary/shorthand.ts';
import { Model, PROFILE_NAMES } from './outcomes.fixture.ts';

describe.each(PROFILE_NAMES)('in %s', (profile) => {
  const world = (pages = 1): Model => new Model({ profile, processes: 3, pages, frames: 2 });
  const resident = (pages = 1): Model => world(pages).go(map(0, 0), store(0, 0, 7), toDevice(0, 0));

  test('what children inherit changes nothing by itself', () => {
    for (const inheritance of ['none', 'zero', 'copy'] as const) {
      expect(resident().outcomes(inherit(0, 0, inheritance))).toEqual(['ok: a7@f0W']);
      expect(
        world()
          .go(map(0, 0), lock(0, 0))
          .outcomes(inherit(0, 0, inheritance))[0],
      ).toMatch(/^ok: /);
    }
  });

  test('with none the child has nothing, and the parent keeps its page', () => {
    const model = resident().go(inherit(0, 0, 'none'));
    expect(model.outcomes(fork(0, 1))).toContain('ok: a7@f0E | .');
    expect(model.go(fork(0, 1)).outcomes(load(1, 0))).toEqual(['SIGSEGV: a7@f0R | .']);
  });

  test('with zero the child has a hole with the protection of its parent, whatever is there', () => {
    expect(
      resident()
        .go(protect(0, 0, 'read'), inherit(0, 0, 'zero'))
        .outcomes(fork(0, 1)),
    ).toEqual(['ok: a7@f0R:r | hole:r']);
    const lost = resident().go(inherit(0, 0, 'zero'), surpriseRemove);
    expect(lost.outcomes(fork(0, 1))).toEqual(['ok: lost | hole; detached']);
  });

  test('the child of a child has a hole, too', () => {
    const model = resident().go(inherit(0, 0, 'zero'), fork(0, 1), store(1, 0, 8));
    expect(model.outcomes(fork(1, 2))[0]).toMatch(/ \| b8@sys \| hole$/);
  });

  test('the last setting counts, and a new mapping is inherited', () => {
    const copied = resident().go(inherit(0, 0, 'none'), inherit(0, 0, 'copy'));
    expect(copied.outcomes(fork(0, 1))).toEqual(['ok: a7@f0R | a7@f0R']);
    const anew = resident().go(inherit(0, 0, 'none'), unmap(0, 0), map(0, 0));
    expect(anew.outcomes(fork(0, 1))).toEqual(['ok: hole | hole']);
    const discarded = resident().go(inherit(0, 0, 'none'), discard(0, 0));
    expect(discarded.outcomes(fork(0, 1))).toEqual(['ok: hole | .']);
  });

  test('the setting goes with the mapping in a move', () => {
    const model = resident(2).go(inherit(0, 0, 'none'), move(0, 0, 1), map(0, 0));
    expect(model.outcomes(fork(0, 1))[0]).toMatch(/ \| hole \.$/);
  });

  test('a pin goes on seeing the stores of its process', () => {
    const model = world().go(map(0, 0), store(0, 0, 7), pin(0, 0), inherit(0, 0, 'none'), fork(0, 1));
    expect(model.go(store(0, 0, 8)).outcomes(unpin())[0]).toMatch(/^8: /);
  });

  test('the page of the parent goes with the parent', () => {
    const model = resident().go(inherit(0, 0, 'zero'), fork(0, 1));
    expect(model.outcomes(exit(0))[0]).toContain('leaves f0');
  });
});
