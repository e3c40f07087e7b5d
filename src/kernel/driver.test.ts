import { describe, expect, it } from 'vitest';
import { deviceEntry, isDeviceEntry, PRESENT } from '../../spec/vocabulary/snapshot.ts';
import { TestWorld } from './test-world.fixture.ts';

describe('detach', () => {
  it('brings every page back, and the device is gone until it is attached again', () => {
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

  it('is EBUSY where a page cannot come, and keeps those back that came', () => {
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

it('evicts what can come, and counts it', () => {
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

it('does nothing while it is closed, but what is on it comes back', () => {
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

it('keeps its range for itself while it is attached', () => {
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
  it('reads in place, also a hole and a page in system memory', () => {
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

  it('is refused where the process may not', () => {
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

it('pins in system memory, in one slot at a time', () => {
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
