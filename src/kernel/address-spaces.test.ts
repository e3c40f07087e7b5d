import { describe, expect, it } from 'vitest';
import { clearSoftDirty, move, softDirty, watch } from '../../spec/vocabulary/shorthand.ts';
import { deviceEntry, POISON, PRESENT, UNMAPPED, UNPOPULATED } from '../../spec/vocabulary/snapshot.ts';
import { TestWorld } from './test-world.fixture.ts';

describe('mappings', () => {
  it('shared memory keeps one page for all processes', () => {
    const world = new TestWorld();
    world.map(0, 1, 3, 'shared');
    world.fork(0, 1);
    world.deviceStore(1, 1, 4);
    world.do({ op: 'discard', process: 0, page: 1 });
    expect(world.load(0, 1)).toBe(4);
    expect(world.toDevice(0, 1)).toEqual(['skipped']);
    for (const process of [0, 1]) world.unmap(process, 1);
    world.map(0, 1, undefined, 'shared');
    expect([world.load(0, 1), world.state.charged]).toEqual([4, 0]);
  });

  it('a private file mapping reads the file until a store, and then has a page that migrates', () => {
    const world = new TestWorld();
    world.map(0, 2, undefined, 'file');
    expect([world.load(0, 2), world.deviceLoad(0, 2), world.toDevice(0, 2)]).toEqual([
      30_002,
      30_002,
      ['skipped'],
    ]);
    world.fork(0, 1);
    expect([world.store(0, 2, 5), world.toDevice(0, 2)]).toEqual(['ok', ['moved']]);
    expect([world.load(0, 2), world.load(1, 2), world.state.rss]).toEqual([5, 30_002, [1, 0, 0]]);
    world.do({ op: 'discard', process: 0, page: 2 });
    expect([world.entry(0, 2), world.load(0, 2)]).toEqual([UNPOPULATED, 30_002]);
    expect(world.pin(0, 2)).toBe('ok');
    expect(world.unpin()).toBe(30_002);
  });
});

describe('move', () => {
  it('moves the entry unchanged, without callbacks', () => {
    const world = new TestWorld('origin');
    world.mapOnDevice(0, 0, 5);
    world.inject('sigbus');
    expect(world.do(move(0, 0, 2))).toBe('ok');
    expect(world.events).toEqual([]);
    expect([world.entry(0, 0), world.entry(0, 2)]).toEqual([UNMAPPED, deviceEntry(0, true)]);
    expect(world.state).toMatchObject({ refs: [2, 1, 1], maps: [1, 0, 0], rss: [1, 0, 0] });
    expect(world.load(0, 2)).toBe('SIGBUS');
    world.do(move(0, 2, 3));
    expect([world.entry(0, 2), world.entry(0, 3)]).toEqual([UNMAPPED, POISON]);
  });

  it('keeps reverse mapping able to find every moved entry', () => {
    const world = new TestWorld();
    world.mapOnDevice(0, 0, 5);
    world.fork(0, 1);
    world.do(move(0, 0, 3));
    world.fork(0, 2);
    world.do(move(2, 3, 1));
    expect(world.load(1, 0)).toBe(5);
    expect(world.events).toEqual(['fault 1.0', 'free 0']);
    expect([world.entry(0, 3), world.entry(1, 0), world.entry(2, 1)]).toEqual([PRESENT, PRESENT, PRESENT]);
    expect(world.toDevice(2, 1)).toEqual(['moved']);
    world.store(0, 3, 6);
    expect([world.load(1, 0), world.load(2, 1)]).toEqual([5, 5]);
  });

  it('can keep the source mapping, unpopulated and unlocked', () => {
    const world = new TestWorld('linux-6.1');
    world.map(0, 0, 5);
    world.do({ op: 'lock', process: 0, page: 0 });
    world.toDevice(0, 0);
    world.do(move(0, 0, 1, true));
    expect([world.entry(0, 0), world.entry(0, 1)]).toEqual([UNPOPULATED, deviceEntry(0, true)]);
    expect(world.do({ op: 'discard', process: 0, page: 0 })).toBe('ok');
    expect(world.do({ op: 'discard', process: 0, page: 1 })).toBe('EINVAL');
    // The two mappings now have the same page offset and a page each.
    world.store(0, 0, 6);
    expect(world.toDevice(0, 0, 2)).toEqual(['moved', 'skipped']);
    expect([world.load(0, 0), world.load(0, 1)]).toEqual([6, 5]);
  });
});

describe('soft-dirty', () => {
  it('is set by stores, cleared on request, and migrates nothing', () => {
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
  ] as const)('after migration to the device and back in %s is %s, if it was dirty', (name, dirt) => {
    const world = new TestWorld(name);
    world.map(0, 0);
    world.do(clearSoftDirty(0));
    world.store(0, 0, 5);
    world.toDevice(0, 0);
    expect(world.do(softDirty(0, 0))).toBe(dirt);
    world.toSystem(0, 0);
    expect(world.do(softDirty(0, 0))).toBe(dirt);
  });

  it('stays clean through migration', () => {
    const world = new TestWorld('linux-6.19');
    world.map(0, 0, 5);
    world.do(clearSoftDirty(0));
    world.toDevice(0, 0);
    world.load(0, 0);
    world.fork(0, 1);
    expect([world.do(softDirty(0, 0)), world.do(softDirty(1, 0))]).toEqual(['clean', 'clean']);
  });
});

describe('userfaultfd for missing pages', () => {
  it('traps every access to an unpopulated page, and lets nothing populate it', () => {
    const world = new TestWorld('origin');
    world.map(0, 0);
    world.do(watch(0, 0, 'missing'));
    const answers = [world.load(0, 0), world.store(0, 0, 1), world.pin(0, 0), world.deviceStore(0, 0, 1)];
    expect(answers).toEqual(['trapped', 'trapped', 'trapped', 'trapped']);
    world.inject('no-frame', 1);
    expect(world.toDevice(0, 0)).toEqual(['skipped']);
    expect([world.events, world.entry(0, 0)]).toEqual([[], UNPOPULATED]);
    world.do(watch(0, 0, 'none'));
    // A page that cannot migrate does not use up the injection.
    expect([world.toDevice(0, 0), world.toDevice(0, 0)]).toEqual([['skipped'], ['moved']]);
  });

  it('affects neither a populated page before it is discarded, nor a child', () => {
    const world = new TestWorld('origin');
    world.map(0, 0, 5);
    world.do(watch(0, 0, 'missing'));
    world.fork(0, 1);
    expect([world.load(0, 0), world.toDevice(0, 0)]).toEqual([5, ['moved']]);
    for (const process of [0, 1]) world.do({ op: 'discard', process, page: 0 });
    expect([world.load(0, 0), world.load(1, 0)]).toEqual(['trapped', 0]);
  });
});

describe('userfaultfd write-protection', () => {
  it('traps stores also after migration, and no loads', () => {
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

  it('applies to its process only, and ends with the page', () => {
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

describe.each(['origin', 'linux-6.1'] as const)('fork in %s', (name) => {
  it('makes both entries READ, without migration or callbacks', () => {
    const world = new TestWorld(name);
    world.mapOnDevice(0, 0, 7);
    expect(world.entry(0, 0)).toBe(deviceEntry(0, true));
    world.fork(0, 1);
    expect(world.events).toEqual([]);
    expect([world.entry(0, 0), world.entry(1, 0)]).toEqual([deviceEntry(0, false), deviceEntry(0, false)]);
    expect(world.state).toMatchObject({ maps: [2, 0, 0], rss: [1, 1, 0], charged: 1 });
  });

  it.each(['store', 'deviceStore'] as const)('hides a %s of one process from the other', (write) => {
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

  it('shares host memory permanently', () => {
    const world = new TestWorld(name);
    world.map(0, 1, 3, 'host');
    world.fork(0, 1);
    world.store(1, 1, 4);
    expect(world.load(0, 1)).toBe(4);
    expect(world.toDevice(0, 1)).toEqual(['skipped']);
    expect(world.state).toMatchObject({ rss: [0, 0, 0], charged: 0 });
  });
});

it('a fork leaves the pinned page with the process that does not store, in origin', () => {
  const world = new TestWorld('origin');
  world.map(0, 0, 5);
  world.pin(0, 0);
  world.fork(0, 1);
  expect(world.state.charged).toBe(1);
  world.store(0, 0, 6);
  world.store(1, 0, 9);
  expect(world.unpin()).toBe(9);
});

it('a fork copies a pinned page for the child, in linux-6.1', () => {
  const world = new TestWorld('linux-6.1');
  world.map(0, 0, 5);
  world.pin(0, 0);
  world.fork(0, 1);
  expect(world.state.charged).toBe(2);
  world.store(0, 0, 6);
  world.store(1, 0, 9);
  expect(world.unpin()).toBe(6);
});

it('two forks share a device page until each process stores', () => {
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
