import { describe, expect, it } from 'vitest';
import {
  deviceExchange,
  deviceLoad,
  deviceStore,
  evict,
  makeExclusive,
  onDevice,
  toDevice,
  toSystem,
  watch,
} from '../../spec/vocabulary/shorthand.ts';
import { deviceEntry, EXCLUSIVE_ENTRY, isDeviceEntry, PRESENT } from '../../spec/vocabulary/snapshot.ts';
import { TestWorld } from './test-world.fixture.ts';

describe('detach', () => {
  it('migrates every page to system memory, and the device is gone until it is attached', () => {
    const world = new TestWorld();
    world.mapOnDevice(0, 0, 5);
    world.mapOnDevice(0, 3, 6);
    expect(world.do({ op: 'attach' })).toBe('EBUSY');
    expect(world.do({ op: 'detach' })).toBe('ok');
    expect(world.events).toEqual(['free 0', 'free 1']);
    expect(world.do({ op: 'detach' })).toBe('ENODEV');
    expect([world.toDevice(0, 0), world.deviceLoad(0, 0)]).toEqual([['skipped'], 'ENODEV']);
    expect([world.load(0, 0), world.load(0, 3)]).toEqual([5, 6]);
    expect(world.do({ op: 'attach' })).toBe('ok');
    expect(world.toDevice(0, 0)).toEqual(['moved']);
  });

  it('fails with EBUSY if a page cannot migrate; the migrated pages stay in system memory', () => {
    const world = new TestWorld();
    world.mapOnDevice(0, 0, 5);
    world.mapOnDevice(0, 1, 6);
    world.do({ op: 'inject', kind: 'sigbus', victim: { process: 0, page: 0 }, remaining: 1 });
    expect(world.do({ op: 'detach' })).toBe('EBUSY');
    expect([world.entry(0, 0), world.entry(0, 1)]).toEqual([deviceEntry(0, true), PRESENT]);
    expect(world.deviceLoad(0, 0)).toBe(5);
    expect(world.do({ op: 'detach' })).toBe('ok');
  });
});

it('evict-all migrates the pages that can migrate, and returns their number', () => {
  const world = new TestWorld('linux-5.18');
  for (const page of [0, 1, 2]) world.mapOnDevice(0, page, page + 5);
  world.fork(0, 1);
  world.do({ op: 'inject', kind: 'oom', victim: { process: 1, page: 1 }, remaining: 1 });
  expect(world.do({ op: 'evict-all' })).toBe(2);
  expect(world.events).toEqual(['free 0', 'free 2']);
  expect([0, 1, 2].map((page) => isDeviceEntry(world.entry(1, page) ?? 0))).toEqual([false, true, false]);
  world.do({ op: 'detach' });
  expect(world.do({ op: 'evict-all' })).toBe(0);
});

it('a closed device migrates nothing to itself, but its pages migrate to system memory', () => {
  const world = new TestWorld();
  world.mapOnDevice(0, 0, 5);
  world.map(0, 1, 6);
  expect([world.do({ op: 'open' }), world.do({ op: 'close' }), world.do({ op: 'close' })]).toEqual([
    'EBUSY',
    'ok',
    'ENODEV',
  ]);
  expect([world.toDevice(0, 1), world.deviceLoad(0, 1)]).toEqual([['skipped'], 'ENODEV']);
  expect([world.do({ op: 'detach' }), world.do({ op: 'attach' }), world.toDevice(0, 1)]).toEqual([
    'ok',
    'ok',
    ['skipped'],
  ]);
  expect([world.do({ op: 'open' }), world.toDevice(0, 1), world.load(0, 0)]).toEqual(['ok', ['moved'], 5]);
});

it('an attached device occupies its range', () => {
  const world = new TestWorld();
  const hotAdd = (): unknown => world.do({ op: 'hot-add' });
  expect(hotAdd()).toBe('EEXIST');
  world.do({ op: 'detach' });
  expect([hotAdd(), hotAdd()]).toEqual(['ok', 'EEXIST']);
  world.do({ op: 'attach' });
  expect(hotAdd()).toBe('EEXIST');
  world.do({ op: 'detach' });
  expect(hotAdd()).toBe('ok');
});

describe('device access', () => {
  it('reads in place, also an unpopulated page and a page in system memory', () => {
    const world = new TestWorld();
    world.mapOnDevice(0, 0, 5);
    world.map(0, 1, 6);
    world.map(0, 2);
    expect([0, 1, 2].map((page) => world.deviceLoad(0, page))).toEqual([5, 6, 0]);
    expect(world.events).toEqual([]);
    expect(world.entry(0, 0)).toBe(deviceEntry(0, true));
  });

  it('writes in place through a WRITE entry', () => {
    const world = new TestWorld();
    world.mapOnDevice(0, 0, 5);
    expect(world.deviceStore(0, 0, 6)).toBe('ok');
    expect([world.entry(0, 0), world.deviceLoad(0, 0)]).toEqual([deviceEntry(0, true), 6]);
  });

  it('fails if the process has no right', () => {
    const world = new TestWorld();
    world.mapOnDevice(0, 0, 5);
    world.protect(0, 0, 'read');
    expect([world.deviceStore(0, 0, 6), world.deviceLoad(0, 0)]).toEqual(['EPERM', 5]);
    world.protect(0, 0, 'none');
    expect([world.deviceStore(0, 0, 6), world.deviceLoad(0, 0)]).toEqual(['EFAULT', 'EFAULT']);
    world.unmap(0, 0);
    expect([world.deviceStore(0, 0, 6), world.deviceLoad(0, 0)]).toEqual(['EFAULT', 'EFAULT']);
  });

  it.each([
    ['sigbus', 'EFAULT'],
    ['oom', 'ENOMEM'],
  ] as const)('fails a store through a READ entry after %s with %s, and changes nothing', (kind, error) => {
    const world = new TestWorld();
    world.mapOnDevice(0, 0, 5);
    world.fork(0, 1);
    const before = world.world.digest();
    world.inject(kind, 1);
    expect(world.deviceStore(0, 0, 6)).toBe(error);
    expect(world.world.digest()).toBe(before);
    expect(world.deviceStore(0, 0, 6)).toBe('ok');
    expect([world.load(0, 0), world.load(1, 0)]).toEqual([6, 5]);
  });
});

it('a pin migrates the page to system memory and occupies its slot', () => {
  const world = new TestWorld();
  world.mapOnDevice(0, 0, 5);
  expect(world.pin(0, 0)).toBe('ok');
  expect(world.events).toEqual(['fault 0.0', 'free 0']);
  expect(world.pin(0, 0)).toBe('EBUSY');
  expect(world.toDevice(0, 0)).toEqual(['skipped']);
  world.store(0, 0, 6);
  world.unmap(0, 0);
  expect([world.unpin(), world.unpin()]).toEqual([6, 'EINVAL']);
});

describe('two devices', () => {
  const twoDevices = (name: 'origin' | 'linux-5.18' | 'linux-6.1'): TestWorld => {
    const world = new TestWorld(name, undefined, { devices: 2 });
    world.map(0, 0, 5);
    world.do(onDevice(1, toDevice(0, 0)));
    return world;
  };

  it('number their frames consecutively and have separate drivers', () => {
    const world = twoDevices('origin');
    world.map(0, 1, 6);
    world.toDevice(0, 1);
    expect([world.entry(0, 0), world.entry(0, 1)]).toEqual([deviceEntry(3, true), deviceEntry(0, true)]);
    expect(world.state.refs).toEqual([2, 1, 1, 2, 1, 1]);
    world.do(evict(0, 1));
    expect([world.events, world.load(0, 0)]).toEqual([['free 0'], 5]);
    expect(world.seen?.events).toEqual([
      { event: 'fault', process: 0, page: 0, frame: 3, device: 1 },
      { event: 'free', frame: 3, refs: 1, maps: 0 },
    ]);
  });

  it('attach and detach independently', () => {
    const world = twoDevices('linux-6.1');
    expect(world.do({ op: 'evict-all' })).toBe(0);
    expect(world.do({ op: 'detach' })).toBe('ok');
    expect(world.entry(0, 0)).toBe(deviceEntry(3, true));
    expect(world.do(onDevice(1, deviceStore(0, 0, 6)))).toBe('ok');
    expect(world.do({ op: 'hot-add', device: 1 })).toBe('EEXIST');
    expect([world.do(onDevice(1, { op: 'detach' as const })), world.load(0, 0)]).toEqual(['ok', 6]);
  });

  describe('a page of the other device', () => {
    it.each([
      ['origin', 'moved'],
      ['linux-5.18', 'skipped'],
    ] as const)('in %s is %s by a migration to system memory', (name, outcome) => {
      const world = twoDevices(name);
      expect(world.toDevice(0, 0)).toEqual(['skipped']);
      expect(world.do(toSystem(0, 0))).toEqual([outcome]);
      expect(world.load(0, 0)).toBe(5);
    });

    it('migrates with a neighbour, until owners matter', () => {
      for (const [name, entry] of [
        ['origin', PRESENT],
        ['linux-5.18', deviceEntry(3, true)],
      ] as const) {
        const world = twoDevices(name);
        world.mapOnDevice(0, 1, 6);
        expect([world.load(0, 1), world.entry(0, 0)]).toEqual([6, entry]);
      }
    });

    it('is read in place, refused, or migrated first, depending on the version', () => {
      const origin = twoDevices('origin');
      expect([origin.do(deviceLoad(0, 0)), origin.do(deviceStore(0, 0, 6))]).toEqual([5, 'EFAULT']);
      const refusing = twoDevices('linux-5.18');
      expect([refusing.do(deviceLoad(0, 0)), refusing.do(deviceStore(0, 0, 6))]).toEqual([
        'EFAULT',
        'EFAULT',
      ]);
      const world = twoDevices('linux-6.1');
      world.inject('sigbus', 1);
      expect(world.do(deviceLoad(0, 0))).toBe('EFAULT');
      expect(world.entry(0, 0)).toBe(deviceEntry(3, true));
      expect([world.do(deviceLoad(0, 0)), world.events]).toEqual([5, ['fault 0.0', 'free 3']]);
      world.do(onDevice(1, toDevice(0, 0)));
      expect([world.do(deviceStore(0, 0, 6)), world.load(0, 0)]).toEqual(['ok', 6]);
    });
  });
});

describe.each(['linux-5.18', 'linux-6.19'] as const)('exclusive access in %s', (name) => {
  it('migrates the page to system memory, and ends with an access by the CPU', () => {
    const world = new TestWorld(name);
    world.mapOnDevice(0, 0, 5);
    world.fork(0, 1);
    expect(world.do(makeExclusive(0, 0))).toBe('ok');
    expect(world.events).toEqual(['fault 0.0', 'free 0']);
    expect([world.entry(0, 0), world.entry(1, 0)]).toEqual([EXCLUSIVE_ENTRY, PRESENT]);
    expect(world.state).toMatchObject({ rss: [1, 1, 0], charged: 2 });
    expect(world.do(deviceExchange(0, 0, 6))).toBe(5);
    expect(world.toDevice(0, 0)).toEqual(['skipped']);
    expect([world.load(0, 0), world.entry(0, 0), world.load(1, 0)]).toEqual([6, PRESENT, 5]);
    expect(world.do(deviceExchange(0, 0, 7))).toBe('EINVAL');
  });

  it('ends with a fork, and with a load by the device', () => {
    const world = new TestWorld(name);
    world.map(0, 0);
    world.do(makeExclusive(0, 0));
    world.do(deviceExchange(0, 0, 4));
    world.fork(0, 1);
    expect([world.entry(0, 0), world.entry(1, 0)]).toEqual([PRESENT, PRESENT]);
    world.store(1, 0, 5);
    world.do(makeExclusive(0, 0));
    expect([world.deviceLoad(0, 0), world.entry(0, 0)]).toEqual([4, PRESENT]);
  });

  it('keeps the pins of the page, and ends with its process', () => {
    const world = new TestWorld(name);
    world.map(0, 0, 5);
    world.pin(0, 0);
    world.do(makeExclusive(0, 0));
    world.do(deviceExchange(0, 0, 6));
    world.do({ op: 'exit', process: 0 });
    expect(world.state).toMatchObject({ rss: [0, 0, 0], charged: 1 });
    expect([world.unpin(), world.state.charged]).toEqual([6, 0]);
  });

  it('fails where a store fails', () => {
    const world = new TestWorld(name);
    world.map(0, 0, 5);
    world.do(watch(0, 0, 'write-protect'));
    expect(world.do(makeExclusive(0, 0))).toBe('trapped');
    world.do(watch(0, 0, 'none'));
    world.protect(0, 0, 'read');
    expect(world.do(makeExclusive(0, 0))).toBe('EPERM');
    world.protect(0, 0, 'write');
    world.toDevice(0, 0);
    world.inject('sigbus', 1);
    expect([world.do(makeExclusive(0, 0)), world.load(0, 0)]).toEqual(['EFAULT', 5]);
    world.do({ op: 'close' });
    expect(world.do(makeExclusive(0, 0))).toBe('ENODEV');
  });
});
