import { expect, test } from 'vitest';
import { EmbeddedTarget } from '../targets/embedded.ts';
import { MANY_MOVES } from '../search/transition-walk.ts';
import { run } from './run.ts';

test('a run of a large slice covers the requirements of the moves that it makes on copies of the kernel', async () => {
  const outcome = await run({
    target: new EmbeddedTarget(),
    targetSpec: 'embedded',
    profiles: ['linux-6.12'],
    seed: 1,
    focus: [],
    directed: false,
    budget: { untilEnd: true },
    strategy: 'transitions',
    slice: {
      scope: { processes: 2, pages: 1, frames: 2, slots: 1 },
      families: ['core', 'pin', 'inject sigbus'],
    },
  });
  const [profile] = outcome.profiles;
  expect(outcome.verdict).toBe('conforms');
  expect(profile?.cases).toBe(0);
  expect(profile?.specification?.moves.made).toBeGreaterThan(MANY_MOVES);
  expect(profile?.tally.covered('robust.at-rest')).toBe(profile?.specification?.moves.of);
  const passed = profile?.requirements
    .filter(({ status }) => status === 'passed')
    .map(({ requirement }) => requirement.id);
  expect(passed).toEqual(expect.arrayContaining(['pin.blocks-migration', 'failure.sigbus', 'fork.shares']));
});
