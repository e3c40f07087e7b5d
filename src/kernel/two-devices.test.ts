import { describe, expect, it } from 'vitest';
import {
  deviceLoad,
  deviceStore,
  evict,
  onDevice,
  toDevice,
  toSystem,
} from '../../spec/vocabulary/shorthand.ts';
import { deviceEntry, PRESENT } from '../../spec/vocabulary/snapshot.ts';
import { TestWorld } from './test-world.fixture.ts';

const twoDevices = (name: 'origin' | 'linux-5.18' | 'linux-6.1'): TestWorld => {
  const world = new TestWorld(name, undefined, { devices: 2 });
  world.map(0, 0, 5);
  world.do(onDevice(1, toDevice(0, 0)));
  return world;
};

it('have frames that are numbered through, and drivers of their own', () => {
  const world = twoDevices('origin');
  world.map(0, 1, 6);
  world.toDevice(0, 1);
  expect([world.entry(0, 0), world.entry(0, 1)]).toEqual([deviceEntry(3, true), deviceEntry(0, true)]);
  expect(world.state.refs).toEqual([2, 1, 1, 2, 1, 1]);
  world.do(evict(0, 1));
  expect([world.events, world.load(0, 0)]).toEqual([['free 0'], 5]);
  expect(world.seen?.events).toEqual([
    { event: 'fault', process: 0, page: 0, frame: 3, device: 1 },
    { event: 'free', frame: 3, refs: 1, maps: 0 },
  ]);
});

it('do not concern one another when they come and go', () => {
  const world = twoDevices('linux-6.1');
  expect(world.do({ op: 'evict-all' })).toBe(0);
  expect(world.do({ op: 'detach' })).toBe('ok');
  expect(world.entry(0, 0)).toBe(deviceEntry(3, true));
  expect(world.do(onDevice(1, deviceStore(0, 0, 6)))).toBe('ok');
  expect(world.do({ op: 'hot-add', device: 1 })).toBe('EEXIST');
  expect([world.do(onDevice(1, { op: 'detach' as const })), world.load(0, 0)]).toEqual(['ok', 6]);
});

describe('a page of the other', () => {
  it.each([
    ['origin', 'moved'],
    ['linux-5.18', 'skipped'],
  ] as const)('that is to be migrated in %s is %s', (name, outcome) => {
    const world = twoDevices(name);
    expect(world.toDevice(0, 0)).toEqual(['skipped']);
    expect(world.do(toSystem(0, 0))).toEqual([outcome]);
    expect(world.load(0, 0)).toBe(5);
  });

  it('comes along with a neighbour before owners mattered, and no longer', () => {
    for (const [name, entry] of [
      ['origin', PRESENT],
      ['linux-5.18', deviceEntry(3, true)],
    ] as const) {
      const world = twoDevices(name);
      world.mapOnDevice(0, 1, 6);
      expect([world.load(0, 1), world.entry(0, 0)]).toEqual([6, entry]);
    }
  });

  it('is read in place, refused, or brought back first', () => {
    const origin = twoDevices('origin');
    expect([origin.do(deviceLoad(0, 0)), origin.do(deviceStore(0, 0, 6))]).toEqual([5, 'EFAULT']);
    const refusing = twoDevices('linux-5.18');
    expect([refusing.do(deviceLoad(0, 0)), refusing.do(deviceStore(0, 0, 6))]).toEqual(['EFAULT', 'EFAULT']);
    const world = twoDevices('linux-6.1');
    world.inject('sigbus', 1);
    expect(world.do(deviceLoad(0, 0))).toBe('EFAULT');
    expect(world.entry(0, 0)).toBe(deviceEntry(3, true));
    expect([world.do(deviceLoad(0, 0)), world.events]).toEqual([5, ['fault 0.0', 'free 3']]);
    world.do(onDevice(1, toDevice(0, 0)));
    expect([world.do(deviceStore(0, 0, 6)), world.load(0, 0)]).toEqual(['ok', 6]);
  });
});
