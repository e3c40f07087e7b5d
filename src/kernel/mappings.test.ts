import { expect, it } from 'vitest';
import { UNPOPULATED } from '../../spec/vocabulary/snapshot.ts';
import { TestWorld } from './test-world.fixture.ts';

it('shared memory is one page for all, which stays', () => {
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

it('a private mapping of a file reads it until it is stored to, and then has a page that moves', () => {
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
