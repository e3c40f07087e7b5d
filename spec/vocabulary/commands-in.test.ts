import { isDeepStrictEqual } from 'node:util';
import { expect, test } from 'vitest';
import { Admission } from './admission.ts';
import { Command, type Op, OPS } from './command.ts';
import { commandsIn } from './commands-in.ts';
import { Scope } from './scope.ts';

const everything = { ops: new Set(OPS), values: [1, 2], readPins: true };

const howMany = (scope: Scope, values: readonly number[] = [1]): Partial<Record<Op, number>> => {
  const counts: Partial<Record<Op, number>> = {};
  for (const { op } of commandsIn(scope, { ops: new Set(OPS), values })) counts[op] = (counts[op] ?? 0) + 1;
  return counts;
};

const scopes: readonly Scope[] = [
  { processes: 1, pages: 1, frames: 0, slots: 0 },
  { processes: 2, pages: 2, frames: 1, slots: 1 },
  { processes: 3, pages: 4, frames: 2, slots: 2 },
  { processes: 2, pages: 2, frames: 1, slots: 1, devices: 2 },
];

test.each(scopes)('lists each command of the vocabulary once, and none outside %o', (scope) => {
  expect(Scope.parse(scope)).toEqual(scope);
  const commands = commandsIn(scope, everything);
  expect(commands.filter((command) => !isDeepStrictEqual(Command.parse(command), command))).toEqual([]);
  expect(new Set(commands.map((command) => JSON.stringify(command))).size).toBe(commands.length);
  const admission = new Admission(scope, 'origin');
  expect(commands.filter((command) => admission.refusal(command) === 'outside the scope')).toEqual([]);
});

test('lists every command, those of the core first', () => {
  const ops = commandsIn({ processes: 2, pages: 2, frames: 2, slots: 1, block: 2 }, everything).map(
    ({ op }) => op,
  );
  expect(new Set(ops)).toEqual(new Set(OPS));
  expect([...new Set(ops)].slice(0, 22)).toEqual(OPS.slice(0, 22));
});

test('is complete in the smallest world', () => {
  const counts = howMany({ processes: 1, pages: 1, frames: 1, slots: 1 });
  // There is no place to move to, and no block.
  expect(new Set(Object.keys(counts))).toEqual(
    new Set(OPS.filter((op) => op !== 'move' && op !== 'evict-range')),
  );
  expect(counts).toMatchObject({
    spawn: 1,
    fork: 1,
    exit: 1,
    // Four kinds, three protections.
    map: 12,
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
    populate: 1,
    lock: 1,
    unlock: 1,
    'kernel-load': 1,
    peek: 1,
    'soft-dirty': 1,
    'page-map': 1,
    residency: 1,
    advise: 4,
    'kernel-store': 1,
    watch: 3,
    'clear-soft-dirty': 1,
    smaps: 1,
    // Two groups; no page, one page, or no limit.
    limit: 6,
    join: 2,
    charge: 2,
    'evict-all': 1,
    close: 1,
    open: 1,
    'hot-add': 1,
    'make-exclusive': 1,
    'device-exchange': 1,
    'surprise-remove': 1,
    inherit: 3,
    // 23 contenders, protect in three forms, in all pairs, including pairs of the same command.
    race: 276,
  });
});

test('is complete in a larger world', () => {
  expect(howMany({ processes: 2, pages: 3, frames: 1, slots: 2 }, [1, 2])).toMatchObject({
    spawn: 2,
    fork: 4,
    map: 72,
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
    // To two other pages, with or without keeping the old mapping.
    move: 24,
    'kernel-store': 12,
    'device-exchange': 12,
    join: 4,
  });
});

test('lists every command on a device for each device', () => {
  const scope = { processes: 1, pages: 1, frames: 1, slots: 1 };
  const one = howMany(scope);
  const two = howMany({ ...scope, devices: 2 });
  expect(OPS.filter((op) => two[op] !== one[op])).toEqual([
    ...([
      'migrate-to-device',
      'migrate-to-system',
      'device-load',
      'device-store',
      'attach',
      'detach',
    ] as const),
    ...(['evict-all', 'close', 'open', 'hot-add', 'make-exclusive', 'device-exchange'] as const),
    ...(['surprise-remove', 'race'] as const),
  ]);
  for (const command of commandsIn(scope, everything)) expect(command).not.toHaveProperty('device');
});

test('lists only the commands of a slice', () => {
  const scope = { processes: 1, pages: 1, frames: 1, slots: 1 };
  const ops = new Set<Op>(['store', 'exit']);
  expect(commandsIn(scope, { ops, values: [5, 6] })).toEqual([
    { op: 'exit', process: 0 },
    { op: 'store', process: 0, page: 0, value: 5 },
    { op: 'store', process: 0, page: 0, value: 6 },
  ]);
});

test('lists races of commands of the slice, in one order', () => {
  const scope = { processes: 1, pages: 1, frames: 1, slots: 1 };
  const races = commandsIn(scope, {
    ops: new Set<Op>(['load', 'unmap', 'soft-dirty', 'race']),
    values: [],
  }).filter(({ op }) => op === 'race');
  expect(races).toEqual([
    { op: 'race', left: { op: 'unmap', process: 0, page: 0 }, right: { op: 'unmap', process: 0, page: 0 } },
    { op: 'race', left: { op: 'unmap', process: 0, page: 0 }, right: { op: 'load', process: 0, page: 0 } },
    { op: 'race', left: { op: 'load', process: 0, page: 0 }, right: { op: 'load', process: 0, page: 0 } },
  ]);
});
