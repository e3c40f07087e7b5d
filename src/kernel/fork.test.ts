import { describe, expect, it } from 'vitest';
import { deviceEntry, PRESENT } from '../../spec/vocabulary/snapshot.ts';
import { TestWorld } from './test-world.fixture.ts';

describe.each(['origin', 'linux-6.1'] as const)('fork in %s', (name) => {
  it('turns both sides to READ, moves nothing and calls nothing', () => {
    const world = new TestWorld(name);
    world.mapOnDevice(0, 0, 7);
    expect(world.entry(0, 0)).toBe(deviceEntry(0, true));
    world.fork(0, 1);
    expect(world.events).toEqual([]);
    expect([world.entry(0, 0), world.entry(1, 0)]).toEqual([deviceEntry(0, false), deviceEntry(0, false)]);
    expect(world.state).toMatchObject({ maps: [2, 0, 0], rss: [1, 1, 0], charged: 1 });
  });

  it.each(['store', 'deviceStore'] as const)('keeps a %s of one side from the other', (write) => {
    const world = new TestWorld(name);
    world.mapOnDevice(0, 0, 7);
    world.fork(0, 1);
    expect(world[write](1, 0, 8)).toBe('ok');
    expect([world.load(0, 0), world.load(1, 0)]).toEqual([7, 8]);
    world.toDevice(0, 0);
    world.toDevice(1, 0);
    expect(world[write](0, 0, 9)).toBe('ok');
    expect([world.load(0, 0), world.load(1, 0)]).toEqual([9, 8]);
  });

  it('shares host memory for good', () => {
    const world = new TestWorld(name);
    world.map(0, 1, 3, 'host');
    world.fork(0, 1);
    world.store(1, 1, 4);
    expect(world.load(0, 1)).toBe(4);
    expect(world.toDevice(0, 1)).toEqual(['skipped']);
    expect(world.state).toMatchObject({ rss: [0, 0, 0], charged: 0 });
  });
});

it('leaves a pin with the side that does not write, in origin', () => {
  const world = new TestWorld('origin');
  world.map(0, 0, 5);
  world.pin(0, 0);
  world.fork(0, 1);
  expect(world.state.charged).toBe(1);
  world.store(0, 0, 6);
  world.store(1, 0, 9);
  expect(world.unpin()).toBe(9);
});

it('gives the child a copy of a pinned page at once, in linux-6.1', () => {
  const world = new TestWorld('linux-6.1');
  world.map(0, 0, 5);
  world.pin(0, 0);
  world.fork(0, 1);
  expect(world.state.charged).toBe(2);
  world.store(0, 0, 6);
  world.store(1, 0, 9);
  expect(world.unpin()).toBe(6);
});

it('shares a device page of three processes until each writes', () => {
  const world = new TestWorld();
  world.mapOnDevice(0, 0, 1);
  world.fork(0, 1);
  world.fork(1, 2);
  world.load(2, 0);
  expect(world.events).toEqual(['fault 2.0', 'free 0']);
  expect([0, 1, 2].map((process) => world.entry(process, 0))).toEqual([PRESENT, PRESENT, PRESENT]);
  world.store(0, 0, 2);
  world.store(1, 0, 3);
  expect([0, 1, 2].map((process) => world.load(process, 0))).toEqual([2, 3, 1]);
});
