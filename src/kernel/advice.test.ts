import { expect, it } from 'vitest';
import { Advice } from '../../spec/vocabulary/command.ts';
import { advise, lock } from '../../spec/vocabulary/shorthand.ts';
import { UNPOPULATED } from '../../spec/vocabulary/snapshot.ts';
import { TestWorld } from './test-world.fixture.ts';

it.each(Advice.options)('%s leaves a device page alone', (advice) => {
  const world = new TestWorld();
  world.mapOnDevice(0, 0, 5);
  const before = world.world.digest();
  expect(world.do(advise(0, 0, advice))).toBe('ok');
  expect(world.events).toEqual([]);
  expect(world.world.digest()).toBe(before);
});

it.each(Advice.options)('%s is refused at a locked page, unless it speaks of its place', (advice) => {
  const world = new TestWorld();
  world.map(0, 0, 5);
  world.do(lock(0, 0));
  expect(world.do(advise(0, 0, advice))).toBe(advice === 'move-node' ? 'ok' : 'EINVAL');
  expect(world.load(0, 0)).toBe(5);
});

it('drops what was given away, and nothing that was used since', () => {
  const dropped = (use: (world: TestWorld) => void): boolean => {
    const world = new TestWorld();
    world.map(0, 0, 5);
    world.do(advise(0, 0, 'free'));
    use(world);
    world.do(advise(0, 0, 'page-out'));
    return world.entry(0, 0) === UNPOPULATED;
  };
  expect(dropped(() => undefined)).toBe(true);
  expect(dropped((world) => world.load(0, 0))).toBe(true);
  expect(dropped((world) => world.store(0, 0, 6))).toBe(false);
  expect(dropped((world) => world.deviceStore(0, 0, 6))).toBe(false);
  expect(dropped((world) => world.pin(0, 0))).toBe(false);
  expect(dropped((world) => world.fork(0, 1))).toBe(false);
  expect(dropped((world) => world.do({ op: 'populate', process: 0, page: 0 }))).toBe(false);
  expect(
    dropped((world) => {
      world.fork(0, 1);
      world.do({ op: 'exit', process: 1 });
    }),
  ).toBe(false);
  expect(
    dropped((world) => {
      world.toDevice(0, 0);
      world.toSystem(0, 0);
    }),
  ).toBe(false);
});

it('leaves nothing of a dropped page in the accounts', () => {
  const world = new TestWorld();
  world.map(0, 0, 5);
  world.do(advise(0, 0, 'free'));
  world.do(advise(0, 0, 'page-out'));
  expect(world.state).toMatchObject({ rss: [0, 0, 0], charged: 0 });
  world.map(0, 1, 6);
  world.do(advise(0, 1, 'page-out'));
  expect([world.load(0, 0), world.load(0, 1)]).toEqual([0, 6]);
});
