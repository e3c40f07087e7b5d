import { expect, it } from 'vitest';
import { PROFILES } from '../../spec/profiles/profile.ts';
import { usableSwapTypes } from './swap-types.ts';
import { TestWorld } from './test-world.fixture.ts';

it.each(Object.values(PROFILES))(
  'what $name reserves leaves $swapAreas swap areas',
  ({ name, swapAreas }) => {
    expect(usableSwapTypes(name)).toBe(swapAreas);
    const world = new TestWorld(name);
    expect(world.do({ op: 'swap-on', areas: 20 })).toBe(20);
    expect(world.do({ op: 'swap-on', areas: 32 })).toBe(swapAreas - 20);
    expect(world.do({ op: 'swap-on', areas: 1 })).toBe(0);
  },
);
