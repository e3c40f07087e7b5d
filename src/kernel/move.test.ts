import { expect, it } from 'vitest';
import { deviceEntry, UNPOPULATED, POISON, PRESENT, UNMAPPED } from '../../spec/vocabulary/snapshot.ts';
import { move } from '../../spec/vocabulary/shorthand.ts';
import { TestWorld } from './test-world.fixture.ts';

it('takes the entry along as it is, and calls nothing', () => {
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

it('leaves reverse mapping able to find every sharer, wherever it went', () => {
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

it('can leave a mapping behind, with a hole in it, that is no longer locked', () => {
  const world = new TestWorld('linux-6.1');
  world.map(0, 0, 5);
  world.do({ op: 'lock', process: 0, page: 0 });
  world.toDevice(0, 0);
  world.do(move(0, 0, 1, true));
  expect([world.entry(0, 0), world.entry(0, 1)]).toEqual([UNPOPULATED, deviceEntry(0, true)]);
  expect(world.do({ op: 'discard', process: 0, page: 0 })).toBe('ok');
  expect(world.do({ op: 'discard', process: 0, page: 1 })).toBe('EINVAL');
  // Both mappings have one page offset now, and a page each.
  world.store(0, 0, 6);
  expect(world.toDevice(0, 0, 2)).toEqual(['moved', 'skipped']);
  expect([world.load(0, 0), world.load(0, 1)]).toEqual([6, 5]);
});
