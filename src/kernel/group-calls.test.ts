import { describe, expect, it } from 'vitest';
import { charge, join, limit, makeExclusive } from '../../spec/vocabulary/shorthand.ts';
import { UNPOPULATED, PRESENT } from '../../spec/vocabulary/snapshot.ts';
import { TestWorld } from './test-world.fixture.ts';

const charges = (world: TestWorld): unknown[] => [world.do(charge(0)), world.do(charge(1))];

it('charges the group of whoever makes a page, wherever the page goes', () => {
  const world = new TestWorld('linux-6.1');
  world.do(join(0, 1));
  world.mapOnDevice(0, 0, 5);
  world.map(0, 1);
  world.toDevice(0, 1);
  expect(charges(world)).toEqual([0, 2]);
  world.do({ op: 'spawn', process: 2 });
  world.map(2, 0, 1);
  world.fork(0, 1);
  expect(charges(world)).toEqual([1, 2]);
  world.store(1, 0, 6);
  expect(charges(world)).toEqual([1, 3]);
  expect(world.state.charged).toBe(4);
});

it.each([
  ['linux-4.14', [1, 1]],
  ['linux-5.18', [0, 2]],
  ['linux-6.12', [0, 2]],
  ['linux-6.19', [2, 0]],
] as const)('a join in %s leaves %j', (name, after) => {
  const world = new TestWorld(name);
  world.mapOnDevice(0, 0, 5);
  world.map(0, 1, 6);
  expect(charges(world)).toEqual([2, 0]);
  world.do(join(0, 1));
  expect(world.events).toEqual([]);
  expect(charges(world)).toEqual(after);
});

it('leaves shared pages where they are charged at a join', () => {
  const world = new TestWorld('linux-5.18');
  world.mapOnDevice(0, 0, 5);
  world.fork(0, 1);
  world.do(join(1, 1));
  expect(charges(world)).toEqual([1, 0]);
});

describe('a limit', () => {
  it('lets nothing new be made', () => {
    const world = new TestWorld('linux-6.1');
    world.map(0, 0);
    world.map(0, 1, 5);
    world.map(0, 2, undefined, 'file');
    world.do(limit(1));
    const before = world.world.digest();
    expect([world.store(0, 0, 1), world.pin(0, 0), world.deviceStore(0, 0, 1)]).toEqual([
      'oom',
      'ENOMEM',
      'ENOMEM',
    ]);
    world.inject('no-frame', 1);
    expect([world.toDevice(0, 0), world.events]).toEqual([['skipped'], []]);
    expect(world.do(makeExclusive(0, 0))).toBe('ENOMEM');
    expect([world.load(0, 0), world.entry(0, 0)]).toEqual([0, UNPOPULATED]);
    world.heal();
    expect(world.world.digest()).toBe(before);
    expect([world.load(0, 2), world.store(0, 2, 1), world.load(0, 2)]).toEqual([30_002, 'oom', 30_002]);
    world.do(limit(2));
    expect([world.store(0, 0, 1), world.store(0, 2, 2)]).toEqual(['ok', 'oom']);
    world.do(limit('none'));
    expect(world.store(0, 2, 2)).toBe('ok');
  });

  it('counts page by page in a range', () => {
    const world = new TestWorld('origin');
    for (const page of [0, 1, 2]) world.map(0, page);
    world.store(0, 1, 5);
    world.do(limit(2));
    expect(world.toDevice(0, 0, 3)).toEqual(['moved', 'moved', 'skipped']);
    expect(world.do(charge())).toBe(2);
  });

  it('stands in the way of no page that there is', () => {
    const world = new TestWorld('linux-6.1');
    world.mapOnDevice(0, 0, 5);
    world.fork(0, 1);
    world.do(limit(0));
    expect(world.store(1, 0, 6)).toBe('oom');
    expect([world.entry(0, 0), world.entry(1, 0)]).toEqual([PRESENT, PRESENT]);
    expect(world.toDevice(0, 0)).toEqual(['moved']);
    expect(world.load(1, 0)).toBe(5);
    world.do({ op: 'exit', process: 1 });
    expect(world.store(0, 0, 7)).toBe('ok');
  });
});
