import { expect, test } from 'vitest';
import { Admission } from './admission.ts';
import { Command, type Op, OPS } from './command.ts';
import { commandsIn } from './commands-in.ts';
import { Scope } from './scope.ts';

const everything = { ops: new Set(OPS), values: [1, 2] };

const howMany = (scope: Scope, values: readonly number[] = [1]): Partial<Record<Op, number>> => {
  const counts: Partial<Record<Op, number>> = {};
  for (const { op } of commandsIn(scope, { ops: new Set(OPS), values })) counts[op] = (counts[op] ?? 0) + 1;
  return counts;
};

const scopes: readonly Scope[] = [
  { processes: 1, pages: 1, frames: 0, slots: 0 },
  { processes: 2, pages: 2, frames: 1, slots: 1 },
  { processes: 3, pages: 4, frames: 2, slots: 2 },
];

test.each(scopes)('yields commands of the vocabulary, each once and none outside %o', (scope) => {
  expect(Scope.parse(scope)).toEqual(scope);
  const commands = commandsIn(scope, everything);
  for (const command of commands) expect(Command.parse(command)).toEqual(command);
  expect(new Set(commands.map((command) => JSON.stringify(command))).size).toBe(commands.length);
  const admission = new Admission(scope, 'origin');
  for (const command of commands) expect(admission.refusal(command)).not.toBe('outside the scope');
});

test('yields them in the order of the specification', () => {
  const ops = commandsIn({ processes: 2, pages: 2, frames: 1, slots: 1 }, everything).map(({ op }) => op);
  expect([...new Set(ops)]).toEqual(OPS);
});

test('leaves none out in the smallest world', () => {
  expect(howMany({ processes: 1, pages: 1, frames: 1, slots: 1 })).toEqual({
    spawn: 1,
    fork: 1,
    exit: 1,
    // Two kinds, three protections.
    map: 6,
    unmap: 1,
    discard: 1,
    protect: 3,
    load: 1,
    store: 1,
    'migrate-to-device': 1,
    'migrate-to-system': 1,
    'device-load': 1,
    'device-store': 1,
    pin: 1,
    unpin: 1,
    // Four kinds, any victim or the only page, once or until healed.
    inject: 16,
    heal: 1,
    evict: 1,
    attach: 1,
    detach: 1,
    'swap-on': 1,
    inspect: 1,
  });
});

test('leaves none out in a larger world', () => {
  expect(howMany({ processes: 2, pages: 3, frames: 1, slots: 2 }, [1, 2])).toMatchObject({
    spawn: 2,
    fork: 4,
    map: 36,
    protect: 18,
    load: 6,
    store: 12,
    // Six ranges in three pages, for each process.
    'migrate-to-device': 12,
    'migrate-to-system': 12,
    'device-store': 12,
    pin: 12,
    unpin: 2,
    inject: 4 * 7 * 2,
    evict: 6,
  });
});

test('a slice has its commands and no others', () => {
  const scope = { processes: 1, pages: 1, frames: 1, slots: 1 };
  const ops = new Set<Op>(['store', 'exit']);
  expect(commandsIn(scope, { ops, values: [5, 6] })).toEqual([
    { op: 'exit', process: 0 },
    { op: 'store', process: 0, page: 0, value: 5 },
    { op: 'store', process: 0, page: 0, value: 6 },
  ]);
});
