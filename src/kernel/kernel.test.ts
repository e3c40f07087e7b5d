import { describe, expect, it } from 'vitest';
import { PROFILES } from '../../spec/profiles/profile.ts';
import { Advice } from '../../spec/vocabulary/command.ts';
import {
  advise,
  charge,
  join,
  kernelLoad,
  kernelStore,
  limit,
  lock,
  makeExclusive,
  pageMap,
  peek,
  populate,
  residency,
  smaps,
  unlock,
} from '../../spec/vocabulary/shorthand.ts';
import { deviceEntry, PRESENT, UNPOPULATED } from '../../spec/vocabulary/snapshot.ts';
import { TestWorld } from './test-world.fixture.ts';

describe('kernel access', () => {
  it('faults like the CPU, and returns errors', () => {
    const world = new TestWorld('linux-6.1');
    world.mapOnDevice(0, 0, 5);
    world.fork(0, 1);
    world.inject('oom', 1);
    expect(world.do(kernelLoad(0, 0))).toBe('ENOMEM');
    world.inject('sigbus', 1);
    expect(world.do(kernelStore(0, 0, 6))).toBe('EFAULT');
    world.heal();
    expect(world.do(kernelLoad(0, 0))).toBe(5);
    expect(world.events).toEqual(['fault 0.0', 'free 0']);
    expect([world.do(kernelStore(0, 0, 6)), world.load(0, 0), world.load(1, 0)]).toEqual(['ok', 6, 5]);
    world.protect(0, 0, 'read');
    expect([world.do(kernelStore(0, 0, 7)), world.do(kernelLoad(0, 0))]).toEqual(['EFAULT', 6]);
  });

  it('without faults migrates nothing', () => {
    const world = new TestWorld();
    world.mapOnDevice(0, 0, 5);
    world.map(0, 1, 6);
    world.map(0, 2);
    expect([0, 1, 2].map((page) => world.do(peek(0, page)))).toEqual(['EFAULT', 6, 0]);
    expect([world.events, world.entry(0, 0)]).toEqual([[], deviceEntry(0, true)]);
    world.protect(0, 1, 'none');
    expect(world.do(peek(0, 1))).toBe('EFAULT');
  });
});

describe('populate', () => {
  it('migrates a page to system memory, and copies it if the VMA is writable', () => {
    const world = new TestWorld();
    world.mapOnDevice(0, 0, 5);
    world.map(0, 1);
    world.fork(0, 1);
    world.protect(1, 1, 'read');
    expect([world.do(populate(0, 0)), world.do(populate(0, 1)), world.do(populate(1, 1))]).toEqual([
      'ok',
      'ok',
      'ok',
    ]);
    expect([world.entry(0, 1), world.entry(1, 1), world.state.charged]).toEqual([PRESENT, UNPOPULATED, 3]);
    world.unmap(0, 1);
    expect(world.do(populate(0, 1))).toBe('ENOMEM');
  });
});

describe('a lock', () => {
  it('prevents discard, not migration; it holds even if the page could not be populated', () => {
    const world = new TestWorld('linux-6.1');
    world.mapOnDevice(0, 0, 5);
    world.inject('sigbus', 1);
    expect(world.do(lock(0, 0))).toBe('EFAULT');
    expect(world.do({ op: 'discard', process: 0, page: 0 })).toBe('EINVAL');
    expect([world.toSystem(0, 0), world.toDevice(0, 0)]).toEqual([['moved'], ['moved']]);
    world.fork(0, 1);
    expect(world.do({ op: 'discard', process: 1, page: 0 })).toBe('ok');
    world.do(unlock(0, 0));
    expect([world.do({ op: 'discard', process: 0, page: 0 }), world.load(0, 0)]).toEqual(['ok', 0]);
  });
});

describe('advise', () => {
  it.each(Advice.options)('%s does not change a page on the device', (advice) => {
    const world = new TestWorld();
    world.mapOnDevice(0, 0, 5);
    const before = world.world.digest();
    expect(world.do(advise(0, 0, advice))).toBe('ok');
    expect(world.events).toEqual([]);
    expect(world.world.digest()).toBe(before);
  });

  it.each(Advice.options)('%s fails on a locked page, except move-node', (advice) => {
    const world = new TestWorld();
    world.map(0, 0, 5);
    world.do(lock(0, 0));
    expect(world.do(advise(0, 0, advice))).toBe(advice === 'move-node' ? 'ok' : 'EINVAL');
    expect(world.load(0, 0)).toBe(5);
  });

  it('drops lazy-free pages, unless they were used since', () => {
    const dropped = (use: (world: TestWorld) => void): boolean => {
      const world = new TestWorld();
      world.map(0, 0, 5);
      world.do(advise(0, 0, 'free'));
      use(world);
      world.do(advise(0, 0, 'page-out'));
      return world.entry(0, 0) === UNPOPULATED;
    };
    expect(dropped(() => undefined)).toBe(true);
    expect(dropped((world) => world.load(0, 0))).toBe(true);
    expect(dropped((world) => world.store(0, 0, 6))).toBe(false);
    expect(dropped((world) => world.deviceStore(0, 0, 6))).toBe(false);
    expect(dropped((world) => world.pin(0, 0))).toBe(false);
    expect(dropped((world) => world.fork(0, 1))).toBe(false);
    expect(dropped((world) => world.do({ op: 'populate', process: 0, page: 0 }))).toBe(false);
    expect(
      dropped((world) => {
        world.fork(0, 1);
        world.do({ op: 'exit', process: 1 });
      }),
    ).toBe(false);
    expect(
      dropped((world) => {
        world.toDevice(0, 0);
        world.toSystem(0, 0);
      }),
    ).toBe(false);
  });

  it('uncharges a dropped page', () => {
    const world = new TestWorld();
    world.map(0, 0, 5);
    world.do(advise(0, 0, 'free'));
    world.do(advise(0, 0, 'page-out'));
    expect(world.state).toMatchObject({ rss: [0, 0, 0], charged: 0 });
    world.map(0, 1, 6);
    world.do(advise(0, 1, 'page-out'));
    expect([world.load(0, 0), world.load(0, 1)]).toEqual([0, 6]);
  });
});

describe.each(Object.values(PROFILES))('queries in $name', ({ name, tellsSoleMapper }) => {
  const sole = tellsSoleMapper ? 'special-sole' : 'special';

  it('report the entries and change nothing', () => {
    const world = new TestWorld(name);
    world.mapOnDevice(0, 0, 5);
    world.map(0, 1, 6);
    world.map(0, 2);
    world.map(0, 3);
    world.unmap(0, 3);
    const before = world.world.digest();
    const pages = [0, 1, 2, 3];
    expect(pages.map((page) => world.do(pageMap(0, page)))).toEqual([sole, 'present', 'absent', 'absent']);
    expect(pages.map((page) => world.do(residency(0, page)))).toEqual([1, 1, 0, 'ENOMEM']);
    expect(world.do(smaps(0))).toBe(2);
    expect(world.world.digest()).toBe(before);
    world.fork(0, 1);
    expect(world.do(pageMap(1, 0))).toBe('special');
  });

  it('do not count shared memory, host memory or the file', () => {
    const world = new TestWorld(name);
    world.map(0, 0, 1, 'host');
    world.map(0, 1, 2, 'shared');
    world.map(0, 2, undefined, 'file');
    world.load(0, 2);
    expect([world.do(smaps(0)), world.state.rss]).toEqual([0, [0, 0, 0]]);
    world.store(0, 2, 3);
    expect([world.do(smaps(0)), world.state.rss]).toEqual([1, [1, 0, 0]]);
  });
});

it('queries report poison as a special, resident entry that is not counted', () => {
  const world = new TestWorld('origin');
  world.mapOnDevice(0, 0, 5);
  world.inject('sigbus');
  world.load(0, 0);
  expect([world.do(pageMap(0, 0)), world.do(residency(0, 0)), world.do(smaps(0))]).toEqual(['special', 1, 0]);
});

describe('control groups', () => {
  const charges = (world: TestWorld): unknown[] => [world.do(charge(0)), world.do(charge(1))];

  it('charge the group of the process that allocates a page, also after migration', () => {
    const world = new TestWorld('linux-6.1');
    world.do(join(0, 1));
    world.mapOnDevice(0, 0, 5);
    world.map(0, 1);
    world.toDevice(0, 1);
    expect(charges(world)).toEqual([0, 2]);
    world.do({ op: 'spawn', process: 2 });
    world.map(2, 0, 1);
    world.fork(0, 1);
    expect(charges(world)).toEqual([1, 2]);
    world.store(1, 0, 6);
    expect(charges(world)).toEqual([1, 3]);
    expect(world.state.charged).toBe(4);
  });

  it.each([
    ['linux-4.14', [1, 1]],
    ['linux-5.18', [0, 2]],
    ['linux-6.12', [0, 2]],
    ['linux-6.19', [2, 0]],
  ] as const)('a join in %s leaves %j', (name, after) => {
    const world = new TestWorld(name);
    world.mapOnDevice(0, 0, 5);
    world.map(0, 1, 6);
    expect(charges(world)).toEqual([2, 0]);
    world.do(join(0, 1));
    expect(world.events).toEqual([]);
    expect(charges(world)).toEqual(after);
  });

  it('do not move the charge of shared pages at a join', () => {
    const world = new TestWorld('linux-5.18');
    world.mapOnDevice(0, 0, 5);
    world.fork(0, 1);
    world.do(join(1, 1));
    expect(charges(world)).toEqual([1, 0]);
  });

  describe('a limit', () => {
    it('prevents new charges', () => {
      const world = new TestWorld('linux-6.1');
      world.map(0, 0);
      world.map(0, 1, 5);
      world.map(0, 2, undefined, 'file');
      world.do(limit(1));
      const before = world.world.digest();
      expect([world.store(0, 0, 1), world.pin(0, 0), world.deviceStore(0, 0, 1)]).toEqual([
        'oom',
        'ENOMEM',
        'ENOMEM',
      ]);
      world.inject('no-frame', 1);
      expect([world.toDevice(0, 0), world.events]).toEqual([['skipped'], []]);
      expect(world.do(makeExclusive(0, 0))).toBe('ENOMEM');
      expect([world.load(0, 0), world.entry(0, 0)]).toEqual([0, UNPOPULATED]);
      world.heal();
      expect(world.world.digest()).toBe(before);
      expect([world.load(0, 2), world.store(0, 2, 1), world.load(0, 2)]).toEqual([30_002, 'oom', 30_002]);
      world.do(limit(2));
      expect([world.store(0, 0, 1), world.store(0, 2, 2)]).toEqual(['ok', 'oom']);
      world.do(limit('none'));
      expect(world.store(0, 2, 2)).toBe('ok');
    });

    it('applies page by page in a range', () => {
      const world = new TestWorld('origin');
      for (const page of [0, 1, 2]) world.map(0, page);
      world.store(0, 1, 5);
      world.do(limit(2));
      expect(world.toDevice(0, 0, 3)).toEqual(['moved', 'moved', 'skipped']);
      expect(world.do(charge())).toBe(2);
    });

    it('does not affect charged pages', () => {
      const world = new TestWorld('linux-6.1');
      world.mapOnDevice(0, 0, 5);
      world.fork(0, 1);
      world.do(limit(0));
      expect(world.store(1, 0, 6)).toBe('oom');
      expect([world.entry(0, 0), world.entry(1, 0)]).toEqual([PRESENT, PRESENT]);
      expect(world.toDevice(0, 0)).toEqual(['moved']);
      expect(world.load(1, 0)).toBe(5);
      world.do({ op: 'exit', process: 1 });
      expect(world.store(0, 0, 7)).toBe('ok');
    });
  });
});
