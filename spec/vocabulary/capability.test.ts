import { expect, test } from 'vitest';
import { Capability, capabilitiesFor } from './capability.ts';
import { type Op, OPS } from './command.ts';
import { commandsIn } from './commands-in.ts';

const commands = commandsIn(
  { processes: 1, pages: 1, frames: 1, slots: 1 },
  { ops: new Set(OPS), values: [1] },
);

test('a command needs capabilities of the vocabulary', () => {
  for (const command of commands) {
    for (const needed of capabilitiesFor(command)) expect(Capability.options).toContain(needed);
  }
});

test('the core needs none', () => {
  const free = commands.filter((command) => capabilitiesFor(command).length === 0);
  expect(new Set(free.map(({ op }) => op))).toEqual(
    new Set<Op>([
      'spawn',
      'exit',
      'map',
      'unmap',
      'load',
      'store',
      'migrate-to-device',
      'migrate-to-system',
      'heal',
      'inspect',
    ]),
  );
  expect(free.filter(({ op }) => op === 'map')).toHaveLength(3);
});

test('every capability to do something is needed for something', () => {
  const needed = new Set(commands.flatMap((command) => capabilitiesFor(command)));
  expect(Capability.options.filter((capability) => !needed.has(capability))).toEqual([
    // Which of the ways left open it takes, and what it shows.
    'device-copy-on-write',
    'callbacks',
    'allocations',
    'entries',
    'frames',
    'least-count',
    'accounting',
    'every-step',
  ]);
});
