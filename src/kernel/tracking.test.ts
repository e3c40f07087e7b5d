import { describe, expect, it } from 'vitest';
import { clearSoftDirty, softDirty, watch } from '../../spec/vocabulary/shorthand.ts';
import { deviceEntry, UNPOPULATED } from '../../spec/vocabulary/snapshot.ts';
import { TestWorld } from './test-world.fixture.ts';

describe('soft-dirty', () => {
  it('is set by stores, cleared by request, and moves nothing', () => {
    const world = new TestWorld('linux-6.1');
    world.mapOnDevice(0, 0, 5);
    world.map(0, 1);
    expect([world.do(softDirty(0, 0)), world.do(softDirty(0, 1))]).toEqual(['dirty', 'dirty']);
    world.do(clearSoftDirty(0));
    expect(world.events).toEqual([]);
    expect(world.entry(0, 0)).toBe(deviceEntry(0, true));
    expect([world.do(softDirty(0, 0)), world.do(softDirty(0, 1))]).toEqual(['clean', 'clean']);
    expect([world.load(0, 0), world.load(0, 1)]).toEqual([5, 0]);
    expect([world.do(softDirty(0, 0)), world.do(softDirty(0, 1))]).toEqual(['clean', 'clean']);
    world.store(0, 1, 6);
    world.do({ op: 'kernel-store', process: 0, page: 0, value: 7 });
    expect([world.do(softDirty(0, 0)), world.do(softDirty(0, 1))]).toEqual(['dirty', 'dirty']);
  });

  it.each([
    ['linux-5.18', 'dirty'],
    ['linux-4.14', 'clean'],
  ] as const)('after a move to the device and back in %s is %s, where it was dirty', (name, dirt) => {
    const world = new TestWorld(name);
    world.map(0, 0);
    world.do(clearSoftDirty(0));
    world.store(0, 0, 5);
    world.toDevice(0, 0);
    expect(world.do(softDirty(0, 0))).toBe(dirt);
    world.toSystem(0, 0);
    expect(world.do(softDirty(0, 0))).toBe(dirt);
  });

  it('stays clean through moves, where it was clean', () => {
    const world = new TestWorld('linux-6.19');
    world.map(0, 0, 5);
    world.do(clearSoftDirty(0));
    world.toDevice(0, 0);
    world.load(0, 0);
    world.fork(0, 1);
    expect([world.do(softDirty(0, 0)), world.do(softDirty(1, 0))]).toEqual(['clean', 'clean']);
  });
});

describe('a watch for missing pages', () => {
  it('traps every touch of a hole, and lets nothing fill it', () => {
    const world = new TestWorld('origin');
    world.map(0, 0);
    world.do(watch(0, 0, 'missing'));
    const answers = [world.load(0, 0), world.store(0, 0, 1), world.pin(0, 0), world.deviceStore(0, 0, 1)];
    expect(answers).toEqual(['trapped', 'trapped', 'trapped', 'trapped']);
    world.inject('no-frame', 1);
    expect(world.toDevice(0, 0)).toEqual(['skipped']);
    expect([world.events, world.entry(0, 0)]).toEqual([[], UNPOPULATED]);
    world.do(watch(0, 0, 'none'));
    // The injection was not used up by a page that could not have moved.
    expect([world.toDevice(0, 0), world.toDevice(0, 0)]).toEqual([['skipped'], ['moved']]);
  });

  it('does not concern a page that is there until it is discarded, nor a child', () => {
    const world = new TestWorld('origin');
    world.map(0, 0, 5);
    world.do(watch(0, 0, 'missing'));
    world.fork(0, 1);
    expect([world.load(0, 0), world.toDevice(0, 0)]).toEqual([5, ['moved']]);
    for (const process of [0, 1]) world.do({ op: 'discard', process, page: 0 });
    expect([world.load(0, 0), world.load(1, 0)]).toEqual(['trapped', 0]);
  });
});

describe('a watch for stores', () => {
  it('traps stores wherever the page has been, and lets loads pass', () => {
    const world = new TestWorld('linux-6.1');
    world.mapOnDevice(0, 0, 5);
    world.do(watch(0, 0, 'write-protect'));
    expect(world.entry(0, 0)).toBe(deviceEntry(0, false));
    expect([world.deviceStore(0, 0, 6), world.deviceLoad(0, 0)]).toEqual(['trapped', 5]);
    expect([world.store(0, 0, 6), world.events]).toEqual(['trapped', ['fault 0.0', 'free 0']]);
    world.protect(0, 0, 'read');
    world.toDevice(0, 0);
    world.protect(0, 0, 'write');
    expect([world.load(0, 0), world.pin(0, 0)]).toEqual([5, 'trapped']);
    world.do(watch(0, 0, 'none'));
    expect([world.store(0, 0, 6), world.load(0, 0)]).toEqual(['ok', 6]);
  });

  it('is for its own process alone, and ends with the page', () => {
    const world = new TestWorld('linux-6.1');
    world.mapOnDevice(0, 0, 5);
    world.do(watch(0, 0, 'write-protect'));
    world.fork(0, 1);
    expect(world.store(1, 0, 6)).toBe('ok');
    expect(world.store(0, 0, 7)).toBe('trapped');
    world.do({ op: 'discard', process: 0, page: 0 });
    expect(world.store(0, 0, 7)).toBe('ok');
  });
});
