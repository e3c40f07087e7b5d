import { describe, expect, test } from 'vitest';
import {
  attach,
  detach,
  deviceLoad,
  fork,
  heal,
  inject,
  load,
  map,
  store,
  toDevice,
} from '../vocabulary/shorthand.ts';
import { Model, PROFILE_NAMES } from './outcomes.fixture.ts';

describe.each(PROFILE_NAMES)('in %s', (profile) => {
  const world = (): Model => new Model({ profile, processes: 2, pages: 2, frames: 2 });
  /** Process 0 has value 7 on frame 0 and value 8 on frame 1. */
  const two = (): Model =>
    world().go(map(0, 0), map(0, 1), store(0, 0, 7), store(0, 1, 8), toDevice(0, 0, 2));
  const first = { process: 0, page: 0 };

  test('attach and detach answer by the state of the device', () => {
    expect(world().outcomes(attach)).toEqual(['EBUSY: . .']);
    expect(world().outcomes(detach)).toEqual(['ok: . .; detached']);
    expect(world().go(detach).outcomes(detach)).toEqual(['ENODEV: . .; detached']);
    expect(world().go(detach).outcomes(attach)).toEqual(['ok: . .']);
  });

  test('detach brings everything back for everybody, without a page_fault', () => {
    expect(two().outcomes(detach)).toEqual(['ok: a7@sys b8@sys; leaves f0 f1; detached']);
    const shared = two().go(fork(0, 1), store(1, 1, 9), toDevice(1, 1));
    expect(shared.words).toBe('a7@f0R b8@sys | a7@f0R c9@f1W');
    expect(shared.outcomes(detach)).toEqual(['ok: a7@sys b8@sys | a7@sys c9@sys; leaves f0 f1; detached']);
  });

  test('afterwards the device does nothing until it is attached again', () => {
    const model = two().go(detach);
    expect(model.outcomes(deviceLoad(0, 0))).toEqual(['ENODEV: a7@sys b8@sys; detached']);
    expect(model.outcomes(toDevice(0, 0))).toEqual(['skipped: a7@sys b8@sys; detached']);
    expect(model.outcomes(load(0, 0))).toEqual(['7: a7@sys b8@sys; detached']);
    expect(model.go(attach).outcomes(deviceLoad(0, 0))).toEqual(['7: a7@sys b8@sys']);
  });

  test('what an injection strikes for good stays, and the device with it', () => {
    const model = two().go(inject('sigbus', 'until-healed', first));
    // The other page migrated, or the driver stopped before it.
    expect(model.outcomes(detach)).toEqual([
      'EBUSY: a7@f0W b8@f1W; sigbus lasts',
      'EBUSY: a7@f0W b8@sys; leaves f1; sigbus lasts',
    ]);
    expect(model.goWhere(detach, 'b8@sys').go(heal).outcomes(detach)).toEqual([
      'ok: a7@sys b8@sys; leaves f0; detached',
    ]);
  });

  test('where everything is struck for good, nothing comes back', () => {
    const model = two().go(inject('oom', 'until-healed'));
    expect(model.outcomes(detach)).toEqual(['EBUSY: a7@f0W b8@f1W; oom lasts']);
  });

  test('what was struck once stays, or was tried again', () => {
    const model = two().go(inject('sigbus', 1, first));
    expect(model.outcomes(detach)).toEqual([
      'EBUSY: a7@f0W b8@f1W',
      'EBUSY: a7@f0W b8@sys; leaves f1',
      'ok: a7@sys b8@sys; leaves f0 f1; detached',
    ]);
  });

  test('whichever was struck stays; no strike, no EBUSY', () => {
    const model = two().go(inject('oom', 1));
    expect(model.outcomes(detach)).toEqual([
      'EBUSY: a7@f0W b8@f1W',
      'EBUSY: a7@f0W b8@sys; leaves f1',
      'EBUSY: a7@sys b8@f1W; leaves f0',
      'ok: a7@sys b8@sys; leaves f0 f1; detached',
    ]);
  });

  test('of several strikes as many are gone as there were attempts', () => {
    const one = world().go(map(0, 0), toDevice(0, 0), inject('sigbus', 3));
    expect(one.outcomes(detach)).toEqual([
      'EBUSY: a0@f0W .',
      'EBUSY: a0@f0W .; sigbus 1',
      'EBUSY: a0@f0W .; sigbus 2',
      'ok: a0@sys .; leaves f0; detached',
    ]);
  });

  test('of two kinds at least one has struck', () => {
    const one = world().go(map(0, 0), toDevice(0, 0), inject('sigbus'), inject('oom'));
    expect(one.outcomes(detach)).toEqual([
      'EBUSY: a0@f0W .',
      'EBUSY: a0@f0W .; oom 1',
      'EBUSY: a0@f0W .; sigbus 1',
      'ok: a0@sys .; leaves f0; detached',
    ]);
  });

  test('an injection that strikes nothing on the device changes nothing', () => {
    const model = two().go(
      inject('sigbus', 'until-healed', { process: 1, page: 0 }),
      inject('no-copy', 'until-healed'),
    );
    expect(model.outcomes(detach)).toEqual([
      'ok: a7@sys b8@sys; leaves f0 f1; sigbus lasts; no-copy lasts; detached',
    ]);
  });

  test('a failing detach poisons nothing', () => {
    const model = two().go(inject('sigbus', 'until-healed'), detach, heal);
    expect(model.outcomes(load(0, 0))).toContain('7: a7@sys b8@f1W; fault 1; leaves f0');
  });
});
