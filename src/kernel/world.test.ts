import { describe, expect, it } from 'vitest';
import type { Command } from '../../spec/vocabulary/command.ts';
import {
  advise,
  clearSoftDirty,
  join,
  limit,
  lock,
  makeExclusive,
  move,
  watch,
} from '../../spec/vocabulary/shorthand.ts';
import { TestWorld } from './test-world.fixture.ts';
import type { EmbeddedWorld } from './world.ts';

it('a clone has the same digest and is independent', () => {
  const original = new TestWorld('linux-6.1');
  original.mapOnDevice(0, 0, 5);
  original.map(0, 1, 6);
  original.fork(0, 1);
  original.pin(0, 1);
  original.inject('oom', 2);
  original.map(0, 2, 7);
  original.do(move(0, 2, 3));
  original.do(lock(0, 3));
  original.do(join(1, 1));
  original.do(limit(5, 1));
  original.do(watch(1, 1, 'write-protect'));
  original.do({ op: 'close' });
  const copy = original.world.clone();
  const before = original.world.digest();
  expect(copy.digest()).toBe(before);
  expect(copy.execute({ op: 'load', process: 0, page: 0 }).result).toBe('oom');
  expect(copy.execute({ op: 'store', process: 1, page: 1, value: 9 }).result).toBe('trapped');
  copy.execute({ op: 'open' });
  copy.execute({ op: 'migrate-to-device', process: 1, page: 0, count: 1 });
  expect(original.world.digest()).toBe(before);
  expect(copy.digest()).not.toBe(before);
  expect(copy.execute({ op: 'unpin', slot: 0 }).result).toBe(6);
  expect(original.load(0, 1)).toBe(6);
});

describe('a world that was used becomes a copy of another one', () => {
  const behaviour = (world: EmbeddedWorld, commands: readonly Command[]): object => ({
    digest: world.digest(),
    pages: world.kernel.pages.length,
    observations: commands.map((command) => world.execute(command, true)),
  });

  it('of base pages', () => {
    const original = new TestWorld('linux-6.12');
    original.mapOnDevice(0, 0, 5);
    original.fork(0, 1);
    const used = new TestWorld('linux-6.12');
    for (const page of [0, 1, 2]) used.map(0, page, 6);
    used.toDevice(0, 1, 2);
    used.pin(0, 0);
    used.fork(0, 2);
    used.do({ op: 'exit', process: 0 });
    used.inject('oom', 2);
    used.inject('no-copy');
    used.do(limit(5, 1));
    used.do({ op: 'close' });
    const commands: readonly Command[] = [
      { op: 'store', process: 1, page: 0, value: 7 },
      { op: 'migrate-to-device', process: 1, page: 0, count: 1 },
      { op: 'load', process: 0, page: 0 },
    ];
    used.world.copyFrom(original.world);
    expect(behaviour(used.world, commands)).toEqual(behaviour(original.world.clone(), commands));
  });

  it('with large folios', () => {
    const open = (): TestWorld => new TestWorld('linux-7.3', undefined, { frames: 4, block: 2 });
    const used = open();
    used.do({ op: 'map', process: 0, page: 2, kind: 'private', protection: 'write', whole: true });
    used.store(0, 2, 7);
    used.do({ op: 'migrate-to-device', process: 0, page: 2, count: 2, compound: true });
    expect(used.state.whole?.includes(true)).toBe(true);
    const original = open();
    original.mapOnDevice(0, 0, 5);
    used.world.copyFrom(original.world);
    const commands: readonly Command[] = [{ op: 'load', process: 0, page: 0 }, { op: 'inspect' }];
    expect(behaviour(used.world, commands)).toEqual(behaviour(original.world.clone(), commands));
  });
});

it('worlds in the same state have the same digest, regardless of their history', () => {
  const short = new TestWorld('linux-6.1');
  short.map(0, 1);
  short.map(0, 0, 9);
  short.fork(0, 1);
  short.store(0, 0, 5);
  short.store(0, 1, 6);
  short.do({ op: 'exit', process: 1 });
  const long = new TestWorld('linux-6.1');
  long.map(0, 0, 9);
  long.map(0, 1);
  long.fork(0, 1);
  long.store(0, 0, 5);
  long.store(0, 1, 6);
  long.toDevice(0, 0, 2);
  // In this order the frames are free in their initial order.
  long.toSystem(0, 1);
  long.toSystem(0, 0);
  long.do({ op: 'exit', process: 1 });
  expect(long.world.digest()).toBe(short.world.digest());
});

it('worlds that can behave differently later have different digests', () => {
  const digests = new Set<string>();
  const variants: ((world: TestWorld) => void)[] = [
    () => undefined,
    (world) => world.store(0, 0, 6),
    (world) => world.toDevice(0, 0),
    (world) => world.fork(0, 1),
    (world) => {
      world.fork(0, 1);
      world.store(0, 0, 5);
      world.do({ op: 'exit', process: 1 });
    },
    (world) => world.protect(0, 0, 'read'),
    (world) => world.pin(0, 0),
    (world) => world.inject('oom', 1),
    (world) => world.inject('oom', 2),
    (world) => world.inject('no-copy', 1),
    (world) => world.do({ op: 'swap-on', areas: 1 }),
    (world) => world.do({ op: 'detach' }),
    (world) => world.do({ op: 'close' }),
    (world) => {
      world.do({ op: 'detach' });
      world.do({ op: 'hot-add' });
    },
    (world) => world.do(clearSoftDirty(0)),
    (world) => {
      world.do(clearSoftDirty(0));
      world.store(0, 0, 5);
    },
    (world) => world.do(watch(0, 0, 'missing')),
    (world) => world.do(watch(0, 0, 'write-protect')),
    (world) => world.do(makeExclusive(0, 0)),
    (world) => world.do(lock(0, 0)),
    (world) => world.do(advise(0, 0, 'free')),
    (world) => world.do(move(0, 0, 1)),
    (world) => {
      world.do(move(0, 0, 1));
      world.do(move(0, 1, 0));
      world.unmap(0, 0);
    },
    (world) => world.do(limit(1)),
    (world) => world.do(limit(1, 1)),
    (world) => world.do(join(0, 1)),
    (world) => world.map(0, 1, 1, 'shared'),
    (world) => world.map(0, 1, undefined, 'file'),
    (world) => world.do({ op: 'map', process: 0, page: 1, kind: 'host', protection: 'read' }),
    (world) => {
      world.map(0, 1, 1);
      world.toDevice(0, 0, 2);
      world.toSystem(0, 0);
      world.toSystem(0, 1);
      world.unmap(0, 1);
    },
  ];
  for (const variant of variants) {
    const world = new TestWorld('linux-6.1');
    world.map(0, 0, 5);
    variant(world);
    digests.add(world.world.digest());
  }
  expect(digests.size).toBe(variants.length);
});
