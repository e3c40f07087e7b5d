import { describe, expect, it } from 'vitest';
import { PROFILES, referencesInFree, referencesOf } from '../../spec/profiles/profile.ts';
import { FILLER, NO_GROUP, NO_MAPPING } from './memory.ts';
import { TestWorld } from './test-world.fixture.ts';

describe.each(Object.values(PROFILES))('page_free in $name', (profile) => {
  const { name, idleCount } = profile;
  const countInFree = referencesInFree(profile);
  it('is called once, by the last unmap, with the right count and a cleared page', () => {
    const world = new TestWorld(name);
    world.mapOnDevice(0, 0, 7);
    world.fork(0, 1);
    expect(world.state.refs).toEqual([referencesOf(profile, 2), idleCount, idleCount]);
    world.unmap(0, 0);
    expect(world.events).toEqual([]);
    world.unmap(1, 0);
    expect(world.seen?.events).toEqual([{ event: 'free', frame: 0, refs: countInFree, maps: 0 }]);
    expect(world.world.drivers[0]?.frames[0]).toMatchObject({
      mapping: NO_MAPPING,
      group: NO_GROUP,
      first: FILLER,
      last: FILLER,
    });
  });

  it('is called at the minimum count', () => {
    const world = new TestWorld(name);
    world.mapOnDevice(0, 0, 7);
    world.fork(0, 1);
    world.load(1, 0);
    expect(world.state.least).toEqual([countInFree, idleCount, idleCount]);
  });

  it('is called for an allocated frame that was not used', () => {
    const world = new TestWorld(name);
    world.map(0, 0, 7);
    world.inject('no-copy', 1);
    expect(world.toDevice(0, 0)).toEqual(['skipped']);
    expect(world.events).toEqual(['alloc 0', 'free 0']);
    expect(world.load(0, 0)).toBe(7);
    expect(world.state.rss).toEqual([1, 0, 0]);
  });
});

it('allocates the frame freed last first', () => {
  const world = new TestWorld();
  world.mapOnDevice(0, 0, 1);
  world.mapOnDevice(0, 1, 2);
  world.unmap(0, 0);
  world.map(0, 2, 3);
  world.toDevice(0, 2);
  expect(world.events).toEqual(['alloc 0']);
  expect(world.deviceLoad(0, 2)).toBe(3);
});

it('distinguishes an incomplete copy and an unwritten page from values', () => {
  const half = new TestWorld('origin', {
    driver: (base) =>
      class extends base {
        protected override copy(from: { first: number }, to: { first: number }): void {
          to.first = from.first;
        }
      },
  });
  half.mapOnDevice(0, 0, 7);
  expect(half.deviceLoad(0, 0)).toBe('torn');
  const none = new TestWorld('origin', {
    driver: (base) =>
      class extends base {
        protected override clear(): void {
          // Forgotten.
        }
      },
  });
  none.map(0, 0);
  none.toDevice(0, 0);
  expect(none.load(0, 0)).toBe('stale');
});

it('charges each page once, until its last reference is dropped', () => {
  const world = new TestWorld();
  world.map(0, 0, 1);
  world.map(0, 1);
  world.toDevice(0, 0, 2);
  world.fork(0, 1);
  expect(world.state).toMatchObject({ charged: 2, rss: [2, 2, 0] });
  world.pin(0, 0);
  world.do({ op: 'exit', process: 0 });
  world.do({ op: 'exit', process: 1 });
  expect(world.state).toMatchObject({ charged: 1, rss: [0, 0, 0] });
  expect(world.unpin()).toBe(1);
  expect(world.state.charged).toBe(0);
});
