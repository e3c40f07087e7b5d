import { describe, expect, test } from 'vitest';
import {
  close,
  detach,
  evictAll,
  fork,
  inject,
  map,
  onDevice,
  protect,
  store,
  toDevice,
} from '../vocabulary/shorthand.ts';
import { Model, PROFILE_NAMES } from './outcomes.fixture.ts';

describe.each(PROFILE_NAMES)('in %s', (profile) => {
  const world = (): Model => new Model({ profile });
  /** Process 0 has value 7 on frame 0 and value 8 on frame 1. */
  const two = (): Model =>
    world().go(map(0, 0), map(0, 1), store(0, 0, 7), store(0, 1, 8), toDevice(0, 0, 2));
  const one = (): Model => world().go(map(0, 0), toDevice(0, 0));
  const first = { process: 0, page: 0 };

  test('everything comes back for everybody, and the device stays', () => {
    expect(
      one()
        .go(fork(0, 1), protect(1, 0, 'none'))
        .outcomes(evictAll),
    ).toEqual(['1: a0@sys . | a0@sys:n .; leaves f0']);
  });

  test('how many came is answered, and nothing stays without a reason', () => {
    expect(two().outcomes(evictAll)).toEqual(['2: a7@sys b8@sys; leaves f0 f1']);
  });

  test('where nothing is there nothing comes: nor from a device that is detached', () => {
    expect(
      world()
        .go(map(0, 0), store(0, 0, 7))
        .outcomes(evictAll),
    ).toEqual(['0: a7@sys .']);
    expect(two().go(detach).outcomes(evictAll)).toEqual(['0: a7@sys b8@sys; detached']);
  });

  test('a closed device brings its pages back all the same', () => {
    expect(one().go(close).outcomes(evictAll)).toEqual(['1: a0@sys .; leaves f0; closed']);
  });

  test('what an injection strikes for good stays', () => {
    const model = two().go(inject('sigbus', 'until-healed', first));
    expect(model.outcomes(evictAll)).toEqual(['1: a7@f0W b8@sys; leaves f1; sigbus lasts']);
  });

  test('what is struck once stays, or was tried again', () => {
    const model = one().go(inject('oom', 1));
    expect(model.outcomes(evictAll)).toEqual(['0: a0@f0W .', '1: a0@sys .; leaves f0']);
  });

  test('a failure at one page is no reason to leave the other', () => {
    expect(two().go(inject('oom', 1)).outcomes(evictAll)).toEqual([
      '1: a7@f0W b8@sys; leaves f1',
      '1: a7@sys b8@f1W; leaves f0',
      '2: a7@sys b8@sys; leaves f0 f1',
    ]);
  });

  test('injections that strike nothing there change nothing', () => {
    const model = one().go(inject('no-copy', 'until-healed'), inject('sigbus', 1, { process: 1, page: 0 }));
    expect(model.outcomes(evictAll)).toEqual(['1: a0@sys .; leaves f0; sigbus 1; no-copy lasts']);
  });

  test('of two devices it is about one', () => {
    const model = new Model({ profile, devices: 2, frames: 1 }).go(
      map(0, 0),
      map(0, 1),
      toDevice(0, 0),
      onDevice(1, toDevice(0, 1)),
    );
    expect(model.outcomes(evictAll)).toEqual(['1: a0@sys b0@f1W; leaves f0']);
    expect(model.outcomes(onDevice(1, evictAll))).toEqual(['1: a0@f0W b0@sys; leaves f1']);
  });
});
