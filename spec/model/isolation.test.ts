import { expect, test } from 'vitest';
import type { Command } from '../vocabulary/command.ts';
import {
  detach,
  deviceStore,
  discard,
  evictAll,
  exit,
  fork,
  load,
  map,
  move,
  protect,
  store,
  toDevice,
  unmap,
} from '../vocabulary/shorthand.ts';
import { wronglyChanged } from './isolation.ts';
import { POISONED, type State } from './state.ts';
import { Model } from './outcomes.fixture.ts';

/** Both processes have value 7 at page 0; process 0 has value 8 at page 1. */
const world = (): Model =>
  new Model({ profile: 'linux-6.1' }).go(map(0, 0), store(0, 0, 7), fork(0, 1), map(0, 1), store(0, 1, 8));

test.each<Command>([
  store(0, 0, 9),
  deviceStore(1, 0, 9),
  load(1, 0),
  toDevice(0, 0, 2),
  detach,
  evictAll,
  discard(0, 0),
  unmap(0, 1),
  exit(0),
  map(1, 1),
  move(1, 0, 1),
  protect(0, 0, 'none'),
])('what $op is there to change may change', (command) => {
  const before = world().state;
  expect(wronglyChanged(before, world().go(command).state, command)).toBe(-1);
});

/** Object 1 has the value of page 0, and object 2 that of page 1. */
const setBoth = (state: State): void => void state.value.fill(9, 1, 2);

test.each<[string, Command, (state: State) => void, entry: number]>([
  ['a store that is seen by another process', store(1, 0, 9), setBoth, 0],
  ['a store that is seen at another page', store(0, 0, 9), (state) => state.value.fill(9, 2, 3), 1],
  ['a migration that changes a value', toDevice(0, 0), setBoth, 0],
  ['a load that changes a value', load(0, 0), setBoth, 0],
  ['a discard of what another process has', discard(0, 0), (state) => state.entry.fill(0, 2, 3), 2],
  ['a detach that loses a page', detach, (state) => state.entry.fill(0, 1, 2), 1],
  ['an exit that takes the pages of another', exit(1), (state) => state.mapping.fill(0, 0, 1), 0],
  ['a move that does not bring the value along', move(1, 0, 1), (state) => state.value.fill(9, 2, 3), 1],
  ['poison where nobody touched', load(0, 0), (state) => state.entry.fill(POISONED, 2, 3), 2],
])('%s is found out', (_, command, spoil, entry) => {
  const before = world().state;
  const after = before.clone();
  spoil(after);
  expect(wronglyChanged(before, after, command)).toBe(entry);
});

test('poison is where the touch was', () => {
  const before = world().state;
  const after = before.clone();
  after.entry[0] = POISONED;
  expect(wronglyChanged(before, after, load(0, 0))).toBe(-1);
  expect(wronglyChanged(before, after, toDevice(0, 0))).toBe(0);
});

test('common memory is for all to change', () => {
  const world2 = (): Model => new Model().go(map(0, 0, 'write', 'shared'), fork(0, 1));
  const command = store(1, 0, 9);
  expect(wronglyChanged(world2().state, world2().go(command).state, command)).toBe(-1);
});
