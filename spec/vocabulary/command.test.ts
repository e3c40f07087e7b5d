import { expect, test } from 'vitest';
import { Case } from './case.ts';
import { Command, OPS } from './command.ts';
import { deviceStore, inject, map, pin, store, swapOn, toDevice, unpin } from './shorthand.ts';
import { LARGEST_VALUE, MOST_SWAP_AREAS, Scope } from './scope.ts';

test('every command has a name of its own', () => {
  expect(OPS).toHaveLength(22);
  expect(new Set(OPS).size).toBe(OPS.length);
});

test.each<Command>([
  store(7, 15, LARGEST_VALUE),
  deviceStore(0, 0, 1),
  toDevice(0, 0, 16),
  pin(0, 0, 7),
  swapOn(MOST_SWAP_AREAS),
  inject('oom', 3),
  inject('no-copy', 'until-healed', { process: 7, page: 15 }),
  map(0, 0, 'none', 'host'),
])('%o is a command', (command) => {
  expect(Command.parse(command)).toEqual(command);
});

test.each<[string, object]>([
  ['0 is what fresh memory reads, and is not stored', store(0, 0, 0)],
  ['a value that does not fit in a cell', store(0, 0, LARGEST_VALUE + 1)],
  ['half a value', store(0, 0, 1.5)],
  ['an empty range', toDevice(0, 0, 0)],
  ['too long a range', toDevice(0, 0, 17)],
  ['no such process', store(8, 0, 1)],
  ['no such page', store(0, 16, 1)],
  ['no such slot', unpin(8)],
  ['no swap area', swapOn(0)],
  ['too many swap areas', swapOn(MOST_SWAP_AREAS + 1)],
  ['an injection that is over', { ...inject('oom'), remaining: 0 }],
  ['an injection that is too long to tell', { ...inject('oom'), remaining: 4 }],
  ['an unheard-of injection', { ...inject('oom'), kind: 'fire' }],
  ['an unheard-of command', { op: 'sing' }],
])('%s', (_, command) => {
  expect(Command.safeParse(command).success).toBe(false);
});

test('a case is plain data', () => {
  const scope: Scope = { processes: 1, pages: 1, frames: 0, slots: 0 };
  const testCase: Case = { profile: 'origin', scope, observe: 'inspect', commands: [map(0, 0)] };
  expect(Case.parse(JSON.parse(JSON.stringify(testCase)))).toEqual(testCase);
  expect(Case.safeParse({ ...testCase, profile: 'linux-2.4' }).success).toBe(false);
  expect(Scope.safeParse({ ...scope, processes: 0 }).success).toBe(false);
});
