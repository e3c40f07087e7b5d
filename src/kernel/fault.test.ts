import { describe, expect, it } from 'vitest';
import { deviceEntry, UNPOPULATED, isDeviceEntry, POISON, PRESENT } from '../../spec/vocabulary/snapshot.ts';
import { Livelock } from './livelock.ts';
import { FAULT_DONE } from './pagemap.ts';
import { TestWorld } from './test-world.fixture.ts';

describe('a fault that ends in SIGBUS', () => {
  it('poisons the entry that was touched and no other, in origin', () => {
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

  it('leaves everything as it was, in linux-6.1', () => {
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
  it('answers oom and changes nothing where there is no memory', () => {
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

  it('asks for permission before it asks the driver', () => {
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

  it('brings the neighbour in the chunk back with the page, whatever its protection', () => {
    const world = new TestWorld(name);
    for (const page of [0, 1, 2]) world.mapOnDevice(0, page, page + 5);
    world.protect(0, 1, 'none');
    expect(world.load(0, 0)).toBe(5);
    expect(world.events).toEqual(['fault 0.0', 'free 0', 'free 1']);
    expect([world.entry(0, 1), world.entry(0, 2)]).toEqual([PRESENT, deviceEntry(2, true)]);
  });

  it('does not fail for the sake of a neighbour', () => {
    const world = new TestWorld(name);
    world.mapOnDevice(0, 0, 5);
    world.mapOnDevice(0, 1, 6);
    world.do({ op: 'inject', kind: 'sigbus', victim: { process: 0, page: 1 }, remaining: 1 });
    expect(world.load(0, 0)).toBe(5);
    expect(world.entry(0, 1)).toBe(deviceEntry(1, true));
    expect(world.load(0, 1)).toBe(6);
  });

  it('brings no neighbour where the page itself cannot come', () => {
    const world = new TestWorld(name);
    world.mapOnDevice(0, 0, 5);
    world.mapOnDevice(0, 1, 6);
    world.inject('oom', 1);
    expect(world.load(0, 0)).toBe('oom');
    expect(isDeviceEntry(world.entry(0, 1) ?? 0)).toBe(true);
  });
});

it('reads a hole as zero and leaves it', () => {
  const world = new TestWorld();
  world.map(0, 0);
  expect([world.load(0, 0), world.entry(0, 0)]).toEqual([0, UNPOPULATED]);
  expect(world.pin(0, 0)).toBe('ok');
  expect([world.unpin(), world.entry(0, 0)]).toEqual([0, PRESENT]);
});

it('gives up on a fault that never gets on', () => {
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
