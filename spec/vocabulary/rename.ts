import type { ArgumentValue } from './arguments.ts';
import type { Case } from './case.ts';
import type { Command, Single } from './command.ts';
import { type ArgumentValues, namedArguments, type NameSort } from './names.ts';
import { withParts } from './parts.ts';

/** A renaming of the arguments of commands, by sort. */
export type Renaming = { readonly [S in NameSort]: (name: number) => number };

const same = (name: number): number => name;
export const SAME: Renaming = {
  process: same,
  page: same,
  slot: same,
  value: same,
  device: same,
  group: same,
};

/** The command with its arguments renamed. A range keeps its length. */
export const renamed = (command: Command, by: Renaming): Command =>
  withParts(command, (part) => renamedPart(part, by));

function renamedPart(command: Single, by: Renaming): Command {
  const values: ArgumentValues = command;
  const changes: Record<string, ArgumentValue> = {};
  for (const { argument, names } of namedArguments(command.op)) {
    const value = values[argument];
    if (names === 'device') {
      // The first device stays implicit.
      const device = typeof value === 'number' ? value : 0;
      const other = by.device(device);
      if (other !== device) changes[argument] = other === 0 ? undefined : other;
    } else if (names === 'victim') {
      if (typeof value !== 'object') continue;
      changes[argument] = { process: by.process(value.process), page: by.page(value.page) };
    } else if (typeof value === 'number') changes[argument] = by[names](value);
  }
  return { ...command, ...changes };
}

/** The case with all its commands renamed. */
export const renamedCase = (testCase: Case, by: Renaming): Case => ({
  ...testCase,
  commands: testCase.commands.map((command) => renamed(command, by)),
});
