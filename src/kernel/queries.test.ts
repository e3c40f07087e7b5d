import { describe, expect, it } from 'vitest';
import { PROFILES } from '../../spec/profiles/profile.ts';
import { pageMap, residency, smaps } from '../../spec/vocabulary/shorthand.ts';
import { TestWorld } from './test-world.fixture.ts';

describe.each(Object.values(PROFILES))('queries in $name', ({ name, tellsSoleMapper }) => {
  const sole = tellsSoleMapper ? 'special-sole' : 'special';

  it('tell what is there, and disturb nothing', () => {
    const world = new TestWorld(name);
    world.mapOnDevice(0, 0, 5);
    world.map(0, 1, 6);
    world.map(0, 2);
    world.map(0, 3);
    world.unmap(0, 3);
    const before = world.world.digest();
    const pages = [0, 1, 2, 3];
    expect(pages.map((page) => world.do(pageMap(0, page)))).toEqual([sole, 'present', 'absent', 'absent']);
    expect(pages.map((page) => world.do(residency(0, page)))).toEqual([1, 1, 0, 'ENOMEM']);
    expect(world.do(smaps(0))).toBe(2);
    expect(world.world.digest()).toBe(before);
    world.fork(0, 1);
    expect(world.do(pageMap(1, 0))).toBe('special');
  });

  it('count neither what is shared by name nor the file', () => {
    const world = new TestWorld(name);
    world.map(0, 0, 1, 'host');
    world.map(0, 1, 2, 'shared');
    world.map(0, 2, undefined, 'file');
    world.load(0, 2);
    expect([world.do(smaps(0)), world.state.rss]).toEqual([0, [0, 0, 0]]);
    world.store(0, 2, 3);
    expect([world.do(smaps(0)), world.state.rss]).toEqual([1, [1, 0, 0]]);
  });
});

it('tell of poison as of a page that is there', () => {
  const world = new TestWorld('origin');
  world.mapOnDevice(0, 0, 5);
  world.inject('sigbus');
  world.load(0, 0);
  expect([world.do(pageMap(0, 0)), world.do(residency(0, 0)), world.do(smaps(0))]).toEqual(['special', 1, 0]);
});
