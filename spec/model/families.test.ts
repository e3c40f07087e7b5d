import { expect, test } from 'vitest';
import { OPS } from '../vocabulary/command.ts';
import { commandsIn } from '../vocabulary/commands-in.ts';
import { commandsOf, MODEL_REGIONS, type FamilyName } from './families.ts';

const scope = { processes: 2, pages: 2, frames: 1, slots: 1, devices: 2 };
const names = Object.keys(MODEL_REGIONS).filter((name): name is FamilyName => name in MODEL_REGIONS);

test('all families together are the whole vocabulary, but for a look', () => {
  const all = commandsIn(scope, { ops: new Set(OPS), values: [1, 2], readPins: true });
  const together = commandsOf({ scope, profile: 'linux-6.19', families: names });
  expect(together).toEqual(all.filter(({ op }) => op !== 'inspect'));
});

test('a family has its own kinds and no others', () => {
  const commands = commandsOf({ scope, profile: 'origin', families: ['file', 'inject oom'] });
  expect(new Set(commands.map((command) => ('kind' in command ? command.kind : command.op)))).toEqual(
    new Set(['file', 'oom', 'heal']),
  );
});

test('what came after a profile is not there', () => {
  const inOrigin = commandsOf({ scope, profile: 'origin', families: ['exclusive', 'move', 'watch'] });
  expect(new Set(inOrigin.map(({ op }) => op))).toEqual(new Set(['move', 'watch']));
  expect(inOrigin.filter((command) => command.op === 'move' && command.keep)).toEqual([]);
});
