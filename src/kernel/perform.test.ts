import { expect, test } from 'vitest';
import type { RaceSide } from '../../spec/vocabulary/command.ts';
import type { Result } from '../../spec/vocabulary/result.ts';
import {
  discard,
  evict,
  fork,
  load,
  race,
  store,
  toDevice,
  toSystem,
  unmap,
} from '../../spec/vocabulary/shorthand.ts';
import { UNPOPULATED, isDeviceEntry, PRESENT } from '../../spec/vocabulary/snapshot.ts';
import { TestWorld } from './test-world.fixture.ts';

/** A world in which page 0 of process 0 holds 7, on frame 0. */
function onDevice(): TestWorld {
  const world = new TestWorld('linux-6.12');
  world.mapOnDevice(0, 0, 7);
  return world;
}

const at = (world: TestWorld, left: RaceSide, right: RaceSide): Result => world.do(race(left, right));

test('of two faults both call the driver, and the second finds the entry changed', () => {
  const world = onDevice();
  expect(at(world, load(0, 0), load(0, 0))).toEqual({ left: 7, right: 7 });
  expect(world.events).toEqual(['fault 0.0', 'fault 0.0', 'free 0']);
  expect(world.state).toMatchObject({ refs: [0, 0, 0], maps: [0, 0, 0] });
});

test('a load whose page is discarded during its fault reads zero', () => {
  const world = onDevice();
  expect(at(world, load(0, 0), discard(0, 0))).toEqual({ left: 0, right: 'ok' });
  expect(world.events).toEqual(['fault 0.0', 'free 0']);
});

test('a load whose page is unmapped during its fault gets SIGSEGV', () => {
  const world = onDevice();
  expect(at(world, load(0, 0), unmap(0, 0))).toEqual({ left: 'SIGSEGV', right: 'ok' });
});

test('a store to an unpopulated page that a migration populates migrates it to system memory', () => {
  const world = new TestWorld('linux-6.12');
  world.map(0, 0);
  expect(at(world, store(0, 0, 5), toDevice(0, 0))).toEqual({ left: 'ok', right: ['moved'] });
  expect(world.events).toEqual(['alloc 0', 'fault 0.0', 'free 0']);
  expect(world.load(0, 0)).toBe(5);
});

test('a migration skips pages that were accessed after they were collected', () => {
  const world = onDevice();
  expect(at(world, toSystem(0, 0), load(0, 0))).toEqual({ left: ['skipped'], right: 7 });
  expect(world.events).toEqual(['fault 0.0', 'free 0']);
});

test('an unpopulated page that is unmapped is not populated', () => {
  const world = new TestWorld('linux-6.12');
  world.map(0, 0);
  world.map(0, 1);
  expect(at(world, toDevice(0, 0, 2), unmap(0, 0))).toEqual({ left: ['skipped', 'moved'], right: 'ok' });
});

test('an eviction also replaces the entry of a child forked in its window', () => {
  const world = onDevice();
  expect(at(world, evict(0, 0), fork(0, 1))).toEqual({ left: ['moved'], right: 'ok' });
  expect([world.entry(0, 0), world.entry(1, 0)]).toEqual([PRESENT, PRESENT]);
  expect(world.load(1, 0)).toBe(7);
});

test('a fork reads an entry again after an eviction', () => {
  const world = onDevice();
  expect(at(world, fork(0, 1), evict(0, 0))).toEqual({ left: 'ok', right: ['moved'] });
  expect([world.entry(0, 0), world.entry(1, 0)]).toEqual([PRESENT, PRESENT]);
});

test('a migration of unpopulated pages waits for a fork', () => {
  const world = onDevice();
  world.map(0, 1);
  expect(at(world, fork(0, 1), toDevice(0, 0, 2))).toEqual({ left: 'ok', right: ['skipped', 'moved'] });
  expect(isDeviceEntry(world.entry(0, 1) ?? 0)).toBe(true);
  expect(world.entry(1, 1)).toBe(UNPOPULATED);
});

test('a fork does not count the reference of a migration as a pin', () => {
  const world = new TestWorld('linux-6.12');
  world.map(0, 0, 7);
  expect(at(world, toDevice(0, 0), fork(0, 1))).toEqual({ left: ['moved'], right: 'ok' });
  expect(world.entry(1, 0)).toBe(world.entry(0, 0));
  expect(world.state.charged).toBe(1);
});

test('a migration in the window of a migration uses a separate batch', () => {
  const world = new TestWorld('linux-6.12');
  for (const page of [0, 1]) world.map(0, page, page + 1);
  expect(at(world, toDevice(0, 0), toDevice(0, 1))).toEqual({ left: ['moved'], right: ['moved'] });
  expect([world.load(0, 0), world.load(0, 1)]).toEqual([1, 2]);
});
