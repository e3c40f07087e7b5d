import { ProfileName } from '../profiles/profile.ts';
import { describe, expect, test } from 'vitest';
import {
  attach,
  close,
  detach,
  deviceLoad,
  deviceStore,
  discard,
  evict,
  evictAll,
  exit,
  fork,
  heal,
  hotAdd,
  inject,
  kernelLoad,
  load,
  makeExclusive,
  map,
  move,
  onDevice,
  open,
  peek,
  pin,
  protect,
  store,
  surpriseRemove,
  toDevice,
  toSystem,
  unmap,
} from '../vocabulary/shorthand.ts';
import { Model } from './outcomes.fixture.ts';

describe.each(ProfileName.options)('in %s', (profile) => {
  const world = (): Model => new Model({ profile, processes: 2, pages: 2, frames: 2 });
  /** Process 0 has value 7 on frame 0 and value 8 on frame 1. */
  const two = (): Model =>
    world().go(map(0, 0), map(0, 1), store(0, 0, 7), store(0, 1, 8), toDevice(0, 0, 2));
  const first = { process: 0, page: 0 };

  test('attach and detach return results by the state of the device', () => {
    expect(world().outcomes(attach)).toEqual(['EBUSY: . .']);
    expect(world().outcomes(detach)).toEqual(['ok: . .; detached']);
    expect(world().go(detach).outcomes(detach)).toEqual(['ENODEV: . .; detached']);
    expect(world().go(detach).outcomes(attach)).toEqual(['ok: . .']);
  });

  test('detach migrates every page back for all processes, without a page_fault', () => {
    expect(two().outcomes(detach)).toEqual(['ok: a7@sys b8@sys; leaves f0 f1; detached']);
    const shared = two().go(fork(0, 1), store(1, 1, 9), toDevice(1, 1));
    expect(shared.words).toBe('a7@f0R b8@sys | a7@f0R c9@f1W');
    expect(shared.outcomes(detach)).toEqual(['ok: a7@sys b8@sys | a7@sys c9@sys; leaves f0 f1; detached']);
  });

  test('a detached device migrates nothing until it is attached again', () => {
    const model = two().go(detach);
    expect(model.outcomes(deviceLoad(0, 0))).toEqual(['ENODEV: a7@sys b8@sys; detached']);
    expect(model.outcomes(toDevice(0, 0))).toEqual(['skipped: a7@sys b8@sys; detached']);
    expect(model.outcomes(load(0, 0))).toEqual(['7: a7@sys b8@sys; detached']);
    expect(model.go(attach).outcomes(deviceLoad(0, 0))).toEqual(['7: a7@sys b8@sys']);
  });

  test('a lasting injection keeps the page and the device attached', () => {
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

  test('if lasting injections affect every page, no page migrates back', () => {
    const model = two().go(inject('oom', 'until-healed'));
    expect(model.outcomes(detach)).toEqual(['EBUSY: a7@f0W b8@f1W; oom lasts']);
  });

  test('a page with an injection for one attempt stays or is retried', () => {
    const model = two().go(inject('sigbus', 1, first));
    expect(model.outcomes(detach)).toEqual([
      'EBUSY: a7@f0W b8@f1W',
      'EBUSY: a7@f0W b8@sys; leaves f1',
      'ok: a7@sys b8@sys; leaves f0 f1; detached',
    ]);
  });

  test('each affected page stays; if no page is affected, the result is not EBUSY', () => {
    const model = two().go(inject('oom', 1));
    expect(model.outcomes(detach)).toEqual([
      'EBUSY: a7@f0W b8@f1W',
      'EBUSY: a7@f0W b8@sys; leaves f1',
      'EBUSY: a7@sys b8@f1W; leaves f0',
      'ok: a7@sys b8@sys; leaves f0 f1; detached',
    ]);
  });

  test('an injection for several attempts is used up by one for each attempt', () => {
    const one = world().go(map(0, 0), toDevice(0, 0), inject('sigbus', 3));
    expect(one.outcomes(detach)).toEqual([
      'EBUSY: a0@f0W .',
      'EBUSY: a0@f0W .; sigbus 1',
      'EBUSY: a0@f0W .; sigbus 2',
      'ok: a0@sys .; leaves f0; detached',
    ]);
  });

  test('of two kinds of injections at least one was used', () => {
    const one = world().go(map(0, 0), toDevice(0, 0), inject('sigbus'), inject('oom'));
    expect(one.outcomes(detach)).toEqual([
      'EBUSY: a0@f0W .',
      'EBUSY: a0@f0W .; oom 1',
      'EBUSY: a0@f0W .; sigbus 1',
      'ok: a0@sys .; leaves f0; detached',
    ]);
  });

  test('an injection that affects nothing on the device changes nothing', () => {
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

describe.each(ProfileName.options)('in %s', (profile) => {
  const world = (): Model => new Model({ profile, pages: 1, frames: 1 });
  const resident = (): Model => world().go(map(0, 0), store(0, 0, 7), toDevice(0, 0));

  describe('close and open', () => {
    test('return results by the state of the device, and change nothing else', () => {
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

    test('a closed device executes its own accesses', () => {
      const model = resident().go(protect(0, 0, 'none'), close);
      for (const command of [deviceLoad(0, 0), deviceStore(0, 0, 9), makeExclusive(0, 0)]) {
        expect(model.outcomes(command)).toEqual(['ENODEV: a7@f0R:n; closed']);
      }
    });

    test('the pages of a closed device keep their content and migrate back as from an open one', () => {
      const model = resident().go(fork(0, 1), close);
      expect(model.outcomes(load(1, 0))).toEqual(['7: a7@sys | a7@sys; fault 1; leaves f0; closed']);
      expect(model.outcomes(store(1, 0, 9))).toEqual(['ok: a7@sys | b9@sys; fault 1; leaves f0; closed']);
      expect(model.outcomes(toSystem(0, 0))).toContain('moved: a7@sys | a7@sys; leaves f0; closed');
      expect(model.outcomes(evict(0, 0))).toContain('moved: a7@sys | a7@sys; leaves f0; closed');
    });

    test('the pages of a closed device are freed as usual', () => {
      expect(resident().go(close).outcomes(unmap(0, 0))).toEqual(['ok: .; leaves f0; closed']);
      expect(resident().go(close).outcomes(discard(0, 0))).toEqual(['ok: hole; leaves f0; closed']);
      expect(resident().go(close).outcomes(detach)).toEqual(['ok: a7@sys; leaves f0; detached; closed']);
    });

    test('a device is open independently of being attached', () => {
      expect(world().go(detach).outcomes(close)).toEqual(['ok: .; detached; closed']);
      expect(world().go(detach, close).outcomes(attach)).toEqual(['ok: .; closed']);
      expect(world().go(detach, close).outcomes(open)).toEqual(['ok: .; detached']);
    });

    test('affect one device', () => {
      const model = new Model({ profile, pages: 1, frames: 1, devices: 2 }).go(map(0, 0), close);
      expect(model.outcomes(onDevice(1, close))).toEqual(['ok: hole; closed 0; closed 1']);
      expect(model.outcomes(toDevice(0, 0))).toEqual(['skipped: hole; closed 0']);
      expect(model.outcomes(onDevice(1, toDevice(0, 0)))).toContain('moved: a0@newL; takes 1; closed 0');
      expect(model.outcomes(onDevice(1, deviceLoad(0, 0)))).toEqual(['0: hole; closed 0']);
    });
  });

  describe('hot-add', () => {
    test('fails while the device is attached, and changes nothing', () => {
      expect(resident().outcomes(hotAdd)).toEqual(['EEXIST: a7@f0W']);
      expect(resident().go(close).outcomes(hotAdd)).toEqual(['EEXIST: a7@f0W; closed']);
    });

    test('succeeds once while the device is detached', () => {
      const model = world().go(detach);
      expect(model.outcomes(hotAdd)).toEqual(['ok: .; detached']);
      expect(model.go(hotAdd).outcomes(hotAdd)).toEqual(['EEXIST: .; detached']);
    });

    test('a device that is attached again gets another range', () => {
      const model = world().go(detach, hotAdd, attach, map(0, 0));
      expect(model.outcomes(hotAdd)).toEqual(['EEXIST: hole']);
      expect(model.outcomesIn(toDevice(0, 0), /^\w+/)).toContain('moved');
      expect(model.go(detach).outcomes(hotAdd)).toEqual(['ok: hole; detached']);
    });

    test('of one device does not affect the other', () => {
      const model = new Model({ profile, pages: 1, frames: 1, devices: 2 }).go(detach, hotAdd);
      expect(model.outcomes(onDevice(1, hotAdd))).toEqual(['EEXIST: .; detached 0']);
      expect(model.go(onDevice(1, detach)).outcomes(onDevice(1, hotAdd))).toEqual([
        'ok: .; detached 0; detached 1',
      ]);
    });
  });
});

describe.each(ProfileName.options)('in %s', (profile) => {
  const world = (): Model => new Model({ profile });
  /** Process 0 has value 7 on frame 0 and value 8 on frame 1. */
  const two = (): Model =>
    world().go(map(0, 0), map(0, 1), store(0, 0, 7), store(0, 1, 8), toDevice(0, 0, 2));
  const one = (): Model => world().go(map(0, 0), toDevice(0, 0));
  const first = { process: 0, page: 0 };

  test('every page migrates back for all processes, and the device stays attached', () => {
    expect(
      one()
        .go(fork(0, 1), protect(1, 0, 'none'))
        .outcomes(evictAll),
    ).toEqual(['1: a0@sys . | a0@sys:n .; leaves f0']);
  });

  test('the result is the number of migrated pages, and no page stays without a reason', () => {
    expect(two().outcomes(evictAll)).toEqual(['2: a7@sys b8@sys; leaves f0 f1']);
  });

  test('an empty or detached device migrates nothing', () => {
    expect(
      world()
        .go(map(0, 0), store(0, 0, 7))
        .outcomes(evictAll),
    ).toEqual(['0: a7@sys .']);
    expect(two().go(detach).outcomes(evictAll)).toEqual(['0: a7@sys b8@sys; detached']);
  });

  test('the pages of a closed device migrate back as well', () => {
    expect(one().go(close).outcomes(evictAll)).toEqual(['1: a0@sys .; leaves f0; closed']);
  });

  test('a page with a lasting injection stays', () => {
    const model = two().go(inject('sigbus', 'until-healed', first));
    expect(model.outcomes(evictAll)).toEqual(['1: a7@f0W b8@sys; leaves f1; sigbus lasts']);
  });

  test('a page with an injection for one attempt either stays or is retried', () => {
    const model = one().go(inject('oom', 1));
    expect(model.outcomes(evictAll)).toEqual(['0: a0@f0W .', '1: a0@sys .; leaves f0']);
  });

  test('a failure at one page does not keep the other on the device', () => {
    expect(two().go(inject('oom', 1)).outcomes(evictAll)).toEqual([
      '1: a7@f0W b8@sys; leaves f1',
      '1: a7@sys b8@f1W; leaves f0',
      '2: a7@sys b8@sys; leaves f0 f1',
    ]);
  });

  test('injections that affect nothing on the device change nothing', () => {
    const model = one().go(inject('no-copy', 'until-healed'), inject('sigbus', 1, { process: 1, page: 0 }));
    expect(model.outcomes(evictAll)).toEqual(['1: a0@sys .; leaves f0; sigbus 1; no-copy lasts']);
  });

  test('of two devices, one is evicted', () => {
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

describe.each(ProfileName.options)('in %s', (profile) => {
  const world = (pages = 1): Model => new Model({ profile, pages, frames: 2 });
  const resident = (pages = 1): Model => world(pages).go(map(0, 0), store(0, 0, 7), toDevice(0, 0));
  const lost = (): Model => resident().go(surpriseRemove);

  test('all pages of the device are lost, for all sharers', () => {
    expect(resident().go(fork(0, 1)).outcomes(surpriseRemove)).toEqual([
      'ok: lost | lost; leaves f0; detached',
    ]);
  });

  test('system memory and the other device are not affected', () => {
    const model = new Model({ profile, pages: 3, frames: 1, devices: 2 });
    model.go(map(0, 0), map(0, 1), map(0, 2), store(0, 0, 7), store(0, 1, 8), store(0, 2, 9));
    model.go(toDevice(0, 0), onDevice(1, toDevice(0, 1)));
    const [outcome = ''] = model.outcomes(surpriseRemove);
    expect(outcome).toContain('ok: lost a8@f1W b9@sys; leaves f0');
  });

  test('no injection has an effect or is used up', () => {
    const [outcome = ''] = resident().go(inject('sigbus')).outcomes(surpriseRemove);
    expect(outcome).toMatch(/^ok: lost; leaves f0; .*sigbus/);
  });

  test('a detached device cannot be removed by surprise, and a removed one is detached', () => {
    expect(world().go(detach).outcomes(surpriseRemove)).toEqual(['ENODEV: .; detached']);
    expect(lost().outcomes(surpriseRemove)).toEqual(['ENODEV: lost; detached']);
    expect(lost().outcomes(detach)).toEqual(['ENODEV: lost; detached']);
    expect(lost().outcomes(deviceLoad(0, 0))).toEqual(['ENODEV: lost; detached']);
  });

  test('attach adds an empty device, and restores no page', () => {
    expect(lost().outcomes(attach)).toEqual(['ok: lost']);
    const model = lost().go(attach, discard(0, 0), store(0, 0, 8));
    expect(model.outcomes(toDevice(0, 0))[0]).toMatch(/^moved: a8@/);
    expect(lost().go(close, attach).outcomes(deviceLoad(0, 0))).toEqual(['ENODEV: lost; closed']);
  });

  test('frees the address range of the device', () => {
    expect(lost().outcomes(hotAdd)[0]).toMatch(/^ok: lost/);
  });

  test('an access to a lost page fails permanently', () => {
    for (const model of [lost(), lost().go(attach)]) {
      expect(model.outcomes(load(0, 0))[0]).toMatch(/^SIGBUS: lost/);
      expect(model.outcomes(store(0, 0, 8))[0]).toMatch(/^SIGBUS: lost/);
      expect(model.outcomes(kernelLoad(0, 0))[0]).toMatch(/^EFAULT: lost/);
      expect(model.outcomes(peek(0, 0))[0]).toMatch(/^EFAULT: lost/);
      expect(model.outcomes(pin(0, 0))[0]).toMatch(/^EFAULT: lost/);
    }
    expect(lost().go(attach).outcomes(deviceLoad(0, 0))).toEqual(['EFAULT: lost']);
  });

  test('an entry of a lost page is copied, kept, skipped and cleared like an unpopulated entry', () => {
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
