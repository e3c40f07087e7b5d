import { describe, expect, it } from 'vitest';
import { deviceEntry, isDeviceEntry, POISON, PRESENT, UNPOPULATED } from '../../spec/vocabulary/snapshot.ts';
import { Livelock } from './faults-and-migration.ts';
import { FAULT_DONE } from './memory.ts';
import { TestWorld } from './test-world.fixture.ts';

describe('a fault that ends in SIGBUS', () => {
  it('poisons the accessed entry only, in origin', () => {
    const world = new TestWorld('origin');
    world.mapOnDevice(0, 0, 7);
    world.fork(0, 1);
    world.inject('sigbus');
    expect(world.load(0, 0)).toBe('SIGBUS');
    expect(world.events).toEqual(['fault 0.0']);
    expect([world.entry(0, 0), world.entry(1, 0)]).toEqual([POISON, deviceEntry(0, false)]);
    expect(world.state).toMatchObject({ refs: [2, 1, 1], maps: [1, 0, 0], rss: [0, 1, 0], charged: 1 });
    world.heal();
    expect([world.load(0, 0), world.pin(0, 0), world.deviceLoad(0, 0)]).toEqual([
      'SIGBUS',
      'EFAULT',
      'EFAULT',
    ]);
    expect(world.load(1, 0)).toBe(7);
    world.do({ op: 'discard', process: 0, page: 0 });
    expect([world.entry(0, 0), world.load(0, 0)]).toEqual([UNPOPULATED, 0]);
  });

  it('loses the page with its last entry, in origin', () => {
    const world = new TestWorld('origin');
    world.mapOnDevice(0, 0, 7);
    world.inject('sigbus', 1);
    expect(world.store(0, 0, 8)).toBe('SIGBUS');
    expect(world.events).toEqual(['fault 0.0', 'free 0']);
    expect(world.state).toMatchObject({ refs: [1, 1, 1], rss: [0, 0, 0], charged: 0 });
  });

  it('changes nothing, in linux-6.1', () => {
    const world = new TestWorld('linux-6.1');
    world.mapOnDevice(0, 0, 7);
    const before = world.world.digest();
    world.inject('sigbus', 1);
    expect(world.load(0, 0)).toBe('SIGBUS');
    expect(world.world.digest()).toBe(before);
    expect(world.load(0, 0)).toBe(7);
  });
});

describe.each(['origin', 'linux-6.1'] as const)('the fault path in %s', (name) => {
  it('returns oom and changes nothing if there is no memory', () => {
    const world = new TestWorld(name);
    world.mapOnDevice(0, 0, 7);
    world.inject('oom');
    const before = world.world.digest();
    expect([world.load(0, 0), world.pin(0, 0)]).toEqual(['oom', 'ENOMEM']);
    expect(world.events).toEqual(['fault 0.0']);
    expect(world.world.digest()).toBe(before);
    world.heal();
    expect(world.load(0, 0)).toBe(7);
  });

  it('checks the protection before it calls the driver', () => {
    const world = new TestWorld(name);
    world.mapOnDevice(0, 0, 7);
    world.protect(0, 0, 'read');
    expect(world.store(0, 0, 8)).toBe('SIGSEGV');
    expect(world.events).toEqual([]);
    world.protect(0, 0, 'none');
    expect([world.load(0, 0), world.pin(0, 0)]).toEqual(['SIGSEGV', 'EFAULT']);
    expect(world.events).toEqual([]);
    world.protect(0, 0, 'write');
    expect(world.entry(0, 0)).toBe(deviceEntry(0, false));
    expect(world.store(0, 0, 8)).toBe('ok');
    expect(world.load(0, 0)).toBe(8);
  });

  it('migrates the rest of the chunk, regardless of its protection', () => {
    const world = new TestWorld(name);
    for (const page of [0, 1, 2]) world.mapOnDevice(0, page, page + 5);
    world.protect(0, 1, 'none');
    expect(world.load(0, 0)).toBe(5);
    expect(world.events).toEqual(['fault 0.0', 'free 0', 'free 1']);
    expect([world.entry(0, 1), world.entry(0, 2)]).toEqual([PRESENT, deviceEntry(2, true)]);
  });

  it('does not fail if a further page fails', () => {
    const world = new TestWorld(name);
    world.mapOnDevice(0, 0, 5);
    world.mapOnDevice(0, 1, 6);
    world.do({ op: 'inject', kind: 'sigbus', victim: { process: 0, page: 1 }, remaining: 1 });
    expect(world.load(0, 0)).toBe(5);
    expect(world.entry(0, 1)).toBe(deviceEntry(1, true));
    expect(world.load(0, 1)).toBe(6);
  });

  it('migrates no further page if the accessed page fails', () => {
    const world = new TestWorld(name);
    world.mapOnDevice(0, 0, 5);
    world.mapOnDevice(0, 1, 6);
    world.inject('oom', 1);
    expect(world.load(0, 0)).toBe('oom');
    expect(isDeviceEntry(world.entry(0, 1) ?? 0)).toBe(true);
  });
});

it('a load reads an unpopulated page as zero and does not populate it', () => {
  const world = new TestWorld();
  world.map(0, 0);
  expect([world.load(0, 0), world.entry(0, 0)]).toEqual([0, UNPOPULATED]);
  expect(world.pin(0, 0)).toBe('ok');
  expect([world.unpin(), world.entry(0, 0)]).toEqual([0, PRESENT]);
});

it('an access whose faults make no progress is a livelock', () => {
  const world = new TestWorld('origin', {
    driver: (base) =>
      class extends base {
        protected override pageFault(): typeof FAULT_DONE {
          return FAULT_DONE;
        }
      },
  });
  world.mapOnDevice(0, 0, 7);
  expect(() => world.load(0, 0)).toThrow(Livelock);
});

describe.each(['origin', 'linux-6.1'] as const)('migration in %s', (name) => {
  it('returns a result for each page: unpopulated pages move, pinned and unmapped pages do not', () => {
    const world = new TestWorld(name);
    world.map(0, 0);
    world.map(0, 1, 6);
    world.map(0, 3, 8);
    world.pin(0, 1);
    expect(world.toDevice(0, 0, 4)).toEqual(['moved', 'skipped', 'skipped', 'moved']);
    expect([world.deviceLoad(0, 0), world.deviceLoad(0, 3)]).toEqual([0, 8]);
    expect(world.state).toMatchObject({ rss: [3, 0, 0], charged: 3, maps: [1, 1, 0] });
    expect(world.toSystem(0, 0, 4)).toEqual(['moved', 'skipped', 'skipped', 'moved']);
    expect(world.events).toEqual(['free 0', 'free 1']);
    expect(world.unpin()).toBe(6);
  });

  it('moves as many pages as there are frames', () => {
    const world = new TestWorld(name, undefined, { frames: 1 });
    for (const page of [0, 1]) world.map(0, page, page + 1);
    expect(world.toDevice(0, 0, 2)).toEqual(['moved', 'skipped']);
    expect(world.toDevice(0, 0, 2)).toEqual(['skipped', 'skipped']);
    expect([world.load(0, 0), world.load(0, 1)]).toEqual([1, 2]);
  });

  it('replaces all entries of a shared page, which stays shared', () => {
    const world = new TestWorld(name);
    world.map(0, 0, 7);
    world.fork(0, 1);
    world.protect(1, 0, 'none');
    expect(world.toDevice(0, 0)).toEqual(['moved']);
    expect([world.entry(0, 0), world.entry(1, 0)]).toEqual([deviceEntry(0, false), deviceEntry(0, false)]);
    expect(world.do({ op: 'evict', process: 1, page: 0 })).toEqual(['moved']);
    expect([world.entry(0, 0), world.entry(1, 0)]).toEqual([PRESENT, PRESENT]);
    world.store(0, 0, 8);
    world.protect(1, 0, 'read');
    expect(world.load(1, 0)).toBe(7);
  });

  it('makes WRITE entries only for writable pages', () => {
    const world = new TestWorld(name);
    world.mapOnDevice(0, 0, 1);
    world.map(0, 1);
    world.protect(0, 1, 'read');
    world.toDevice(0, 1);
    expect([world.entry(0, 0), world.entry(0, 1)]).toEqual([deviceEntry(0, true), deviceEntry(1, false)]);
  });

  it.each(['no-frame', 'no-copy'] as const)('does not change a page after %s', (kind) => {
    const world = new TestWorld(name);
    world.map(0, 0, 7);
    world.map(0, 1);
    const before = world.world.digest();
    world.inject(kind, 2);
    expect(world.toDevice(0, 0, 2)).toEqual(['skipped', 'skipped']);
    expect(world.world.digest()).toBe(before);
    expect(world.entry(0, 1)).toBe(UNPOPULATED);
  });

  it.each(['sigbus', 'oom'] as const)('leaves a page on the device after %s', (kind) => {
    const world = new TestWorld(name);
    world.mapOnDevice(0, 0, 7);
    const before = world.world.digest();
    world.inject(kind, 2);
    expect(world.toSystem(0, 0)).toEqual(['skipped']);
    expect(world.do({ op: 'evict', process: 0, page: 0 })).toEqual(['skipped']);
    expect(world.world.digest()).toBe(before);
  });
});
