import { describe, expect, it } from 'vitest';
import { deviceExchange, makeExclusive, watch } from '../../spec/vocabulary/shorthand.ts';
import { EXCLUSIVE_ENTRY, PRESENT } from '../../spec/vocabulary/snapshot.ts';
import { TestWorld } from './test-world.fixture.ts';

describe.each(['linux-5.18', 'linux-6.19'] as const)('exclusive access in %s', (name) => {
  it('brings the page back, keeps it out of reach, and ends with a touch', () => {
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

  it('comes back at fork, and at a load by the device', () => {
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

  it('keeps the pins of the page, and goes with its process', () => {
    const world = new TestWorld(name);
    world.map(0, 0, 5);
    world.pin(0, 0);
    world.do(makeExclusive(0, 0));
    world.do(deviceExchange(0, 0, 6));
    world.do({ op: 'exit', process: 0 });
    expect(world.state).toMatchObject({ rss: [0, 0, 0], charged: 1 });
    expect([world.unpin(), world.state.charged]).toEqual([6, 0]);
  });

  it('is refused where a store would be', () => {
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
