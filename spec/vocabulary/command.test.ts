import { expect, test } from 'vitest';
import { Case } from './case.ts';
import { Command, OPS } from './command.ts';
import {
  advise,
  charge,
  detach,
  deviceExchange,
  deviceStore,
  evictAll,
  fork,
  inject,
  join,
  kernelStore,
  limit,
  load,
  map,
  move,
  onDevice,
  pin,
  race,
  store,
  swapOn,
  toDevice,
  unmap,
  unpin,
  watch,
} from './shorthand.ts';
import { COMMANDS } from './commands.ts';
import { LARGEST_VALUE, MAX_SWAP_AREAS, Scope } from './scope.ts';

test('every command has a distinct name', () => {
  expect(OPS).toEqual([...Object.keys(COMMANDS), 'race']);
  expect(new Set(OPS).size).toBe(OPS.length);
});

test.each<Command>([
  store(7, 15, LARGEST_VALUE),
  deviceStore(0, 0, 1),
  toDevice(0, 0, 16),
  pin(0, 0, 7),
  swapOn(MAX_SWAP_AREAS),
  inject('oom', 3),
  inject('no-copy', 'until-healed', { process: 7, page: 15 }),
  map(0, 0, 'none', 'host'),
  map(0, 0, 'none', 'file'),
  move(0, 0, 15, true),
  advise(0, 0, 'page-out'),
  kernelStore(0, 0, LARGEST_VALUE),
  watch(0, 0, 'write-protect'),
  limit(0),
  limit(64, 1),
  limit('none'),
  join(7, 1),
  evictAll,
  onDevice(1, deviceExchange(0, 0, 1)),
  onDevice(0, detach),
  race(load(0, 0), unmap(7, 15)),
  race(fork(0, 1), onDevice(1, toDevice(0, 0))),
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
  ['too many swap areas', swapOn(MAX_SWAP_AREAS + 1)],
  ['an injection that is over', { ...inject('oom'), remaining: 0 }],
  ['an injection that is too long to tell', { ...inject('oom'), remaining: 4 }],
  ['an unheard-of injection', { ...inject('oom'), kind: 'fire' }],
  ['no such device', onDevice(2, toDevice(0, 0))],
  ['no such group', join(0, 2)],
  ['no such group to ask about', charge(2)],
  ['half a limit', limit(1.5)],
  ['a limit that is too large', limit(65)],
  ['a move to no such page', move(0, 0, 16)],
  ['a move that does not say what stays', { op: 'move', process: 0, page: 0, to: 1 }],
  ['an unheard-of advice', { ...advise(0, 0, 'cold'), advice: 'run' }],
  ['an unheard-of watch', { ...watch(0, 0, 'none'), watch: 'closely' }],
  ['an unheard-of kind of memory', { ...map(0, 0), kind: 'borrowed' }],
  ['a race of what is never done at once', { op: 'race', left: detach, right: map(0, 0) }],
  ['a race of one', { op: 'race', left: unpin(0) }],
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
  expect(Scope.safeParse({ ...scope, devices: 2 }).success).toBe(true);
  expect(Scope.safeParse({ ...scope, devices: 3 }).success).toBe(false);
});
