import { describe, expect, test } from 'vitest';
import {
  attach,
  close,
  detach,
  deviceLoad,
  discard,
  exit,
  fork,
  hotAdd,
  inject,
  kernelLoad,
  load,
  map,
  move,
  onDevice,
  peek,
  pin,
  protect,
  store,
  surpriseRemove,
  toDevice,
  toSystem,
  unmap,
} from '../vocabulary/shorthand.ts';
import { Model, PROFILE_NAMES } from './outcomes.fixture.ts';

describe.each(PROFILE_NAMES)('in %s', (profile) => {
  const world = (pages = 1): Model => new Model({ profile, pages, frames: 2 });
  const resident = (pages = 1): Model => world(pages).go(map(0, 0), store(0, 0, 7), toDevice(0, 0));
  const lost = (): Model => resident().go(surpriseRemove);

  test('all that a device has is lost, for all who share it', () => {
    expect(resident().go(fork(0, 1)).outcomes(surpriseRemove)).toEqual([
      'ok: lost | lost; leaves f0; detached',
    ]);
  });

  test('nothing else is: system memory, and the other device', () => {
    const model = new Model({ profile, pages: 3, frames: 1, devices: 2 });
    model.go(map(0, 0), map(0, 1), map(0, 2), store(0, 0, 7), store(0, 1, 8), store(0, 2, 9));
    model.go(toDevice(0, 0), onDevice(1, toDevice(0, 1)));
    const [outcome = ''] = model.outcomes(surpriseRemove);
    expect(outcome).toContain('ok: lost a8@f1W b9@sys; leaves f0');
  });

  test('no injection strikes, and none is used up', () => {
    const [outcome = ''] = resident().go(inject('sigbus')).outcomes(surpriseRemove);
    expect(outcome).toMatch(/^ok: lost; leaves f0; .*sigbus/);
  });

  test('a device that is gone cannot be lost, and one that is lost is gone', () => {
    expect(world().go(detach).outcomes(surpriseRemove)).toEqual(['ENODEV: .; detached']);
    expect(lost().outcomes(surpriseRemove)).toEqual(['ENODEV: lost; detached']);
    expect(lost().outcomes(detach)).toEqual(['ENODEV: lost; detached']);
    expect(lost().outcomes(deviceLoad(0, 0))).toEqual(['ENODEV: lost; detached']);
  });

  test('attach brings an empty device, and nothing back', () => {
    expect(lost().outcomes(attach)).toEqual(['ok: lost']);
    const model = lost().go(attach, discard(0, 0), store(0, 0, 8));
    expect(model.outcomes(toDevice(0, 0))[0]).toMatch(/^moved: a8@/);
    expect(lost().go(close, attach).outcomes(deviceLoad(0, 0))).toEqual(['ENODEV: lost; closed']);
  });

  test('its range is free', () => {
    expect(lost().outcomes(hotAdd)[0]).toMatch(/^ok: lost/);
  });

  test('an access to what is lost fails, for ever', () => {
    for (const model of [lost(), lost().go(attach)]) {
      expect(model.outcomes(load(0, 0))[0]).toMatch(/^SIGBUS: lost/);
      expect(model.outcomes(store(0, 0, 8))[0]).toMatch(/^SIGBUS: lost/);
      expect(model.outcomes(kernelLoad(0, 0))[0]).toMatch(/^EFAULT: lost/);
      expect(model.outcomes(peek(0, 0))[0]).toMatch(/^EFAULT: lost/);
      expect(model.outcomes(pin(0, 0))[0]).toMatch(/^EFAULT: lost/);
    }
    expect(lost().go(attach).outcomes(deviceLoad(0, 0))).toEqual(['EFAULT: lost']);
  });

  test('what is lost is copied, kept, skipped and cleared like an entry without a page', () => {
    const model = lost().go(attach);
    expect(model.outcomes(fork(0, 1))).toEqual(['ok: lost | lost']);
    expect(model.outcomes(protect(0, 0, 'read'))).toEqual(['ok: lost:r']);
    expect(model.outcomes(toDevice(0, 0))).toEqual(['skipped: lost']);
    expect(model.outcomes(toSystem(0, 0))).toEqual(['skipped: lost']);
    expect(model.outcomes(discard(0, 0))).toEqual(['ok: hole']);
    expect(model.outcomes(unmap(0, 0))).toEqual(['ok: .']);
    expect(model.outcomes(exit(0))).toEqual(['ok: ']);
    expect(
      resident(2)
        .go(surpriseRemove, attach)
        .outcomes(move(0, 0, 1)),
    ).toEqual(['ok: . lost']);
  });
});
