import { describe, expect, it } from 'vitest';
import { deviceEntry, UNPOPULATED, PRESENT } from '../../spec/vocabulary/snapshot.ts';
import { TestWorld } from './test-world.fixture.ts';

describe.each(['origin', 'linux-6.1'] as const)('migration in %s', (name) => {
  it('answers page by page: holes move, pinned and unmapped pages stay', () => {
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

  it('moves what it has frames for', () => {
    const world = new TestWorld(name, undefined, { frames: 1 });
    for (const page of [0, 1]) world.map(0, page, page + 1);
    expect(world.toDevice(0, 0, 2)).toEqual(['moved', 'skipped']);
    expect(world.toDevice(0, 0, 2)).toEqual(['skipped', 'skipped']);
    expect([world.load(0, 0), world.load(0, 1)]).toEqual([1, 2]);
  });

  it('moves all entries of a shared page, and keeps its value and its sharers', () => {
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

  it('keeps WRITE for a page that could be written, and no other', () => {
    const world = new TestWorld(name);
    world.mapOnDevice(0, 0, 1);
    world.map(0, 1);
    world.protect(0, 1, 'read');
    world.toDevice(0, 1);
    expect([world.entry(0, 0), world.entry(0, 1)]).toEqual([deviceEntry(0, true), deviceEntry(1, false)]);
  });

  it.each(['no-frame', 'no-copy'] as const)('leaves a page exactly as it was after %s', (kind) => {
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
