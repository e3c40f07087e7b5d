import { describe, expect, test } from 'vitest';
import type { Case } from '../../spec/vocabulary/case.ts';
import { type Command, OPS } from '../../spec/vocabulary/command.ts';
import { commandsIn } from '../../spec/vocabulary/commands-in.ts';
import {
  attach,
  detach,
  fork,
  join,
  map,
  onDevice,
  race,
  toDevice,
} from '../../spec/vocabulary/shorthand.ts';
import { simplifyArguments } from './passes/simplify-arguments.ts';
import { mergeNames } from './passes/merge-names.ts';
import type { Pass } from './pass.ts';
import { renamed, renamedCase, SAME } from '../../spec/vocabulary/rename.ts';

const SCOPE = { processes: 2, pages: 2, frames: 1, slots: 2, devices: 2 };
const ALL = commandsIn(SCOPE, { ops: new Set(OPS), values: [1, 2] });

const caseOf = (...commands: Command[]): Case => ({
  profile: 'linux-6.19',
  scope: SCOPE,
  observe: 'every-step',
  commands,
});

/** Goes through a pass, which must come to its end. */
function through(pass: Pass, failing: Case, fails: (smaller: Case) => boolean): Case {
  const proposals = pass(failing);
  let next = proposals.next();
  for (let asked = 0; next.done !== true; asked++) {
    if (asked > 1000) throw new Error('It goes in circles.');
    next = proposals.next(fails(next.value));
  }
  return next.value;
}

const isWhole =
  (length: number) =>
  ({ commands }: Case): boolean =>
    commands.length === length;

describe('renaming', () => {
  test('by the identity changes no command', () => {
    for (const command of ALL) expect(renamed(command, SAME)).toEqual(command);
  });

  test('changes every name of every command, and the inverse restores them', () => {
    const swap = (name: number): number => 1 - name;
    const swapping = {
      process: swap,
      page: swap,
      slot: swap,
      value: (name: number) => 3 - name,
      device: swap,
      group: swap,
    };
    const named = ALL.filter((command) => !('count' in command) || command.count === 1);
    const again = named.map((command) => renamed(renamed(command, swapping), swapping));
    expect(JSON.parse(JSON.stringify(again))).toEqual(named);
    const unnamed = named.filter(
      (command) => JSON.stringify(renamed(command, swapping)) === JSON.stringify(command),
    );
    expect([...new Set(unnamed.map(({ op }) => op))]).toEqual(['inject', 'heal', 'swap-on', 'inspect']);
    expect(unnamed.every((command) => command.op !== 'inject' || command.victim === 'any')).toBe(true);
  });
});

describe('passes terminate', () => {
  test('simplification of arguments, for every command', () => {
    for (const command of ALL) {
      const simplest = through(simplifyArguments, caseOf(command), () => true);
      expect(simplest.commands).toHaveLength(1);
    }
  });

  test('a case on the second device only is moved to the first device, once', () => {
    const second = caseOf(map(0, 0), onDevice(1, toDevice(0, 0)), onDevice(1, detach), onDevice(1, attach));
    const first = through(mergeNames, second, isWhole(4));
    expect(JSON.stringify(first.commands)).not.toContain('device":');
    expect(through(mergeNames, first, isWhole(4))).toBe(first);
    expect(through(simplifyArguments, first, isWhole(4))).toBe(first);
  });

  test('the device of one side of a race is not exchanged repeatedly', () => {
    const racing = (device: number): Case =>
      caseOf(map(0, 0), race(device === 0 ? toDevice(0, 0) : onDevice(device, toDevice(0, 0)), fork(0, 1)));
    const first = through(mergeNames, racing(1), isWhole(2));
    expect(first.commands).toEqual(renamedCase(racing(1), { ...SAME, device: () => 0 }).commands);
    expect(through(mergeNames, first, isWhole(2))).toBe(first);
  });

  test('a control group becomes the first one if it need not differ', () => {
    const merged = through(mergeNames, caseOf(map(0, 0), join(0, 1)), isWhole(2));
    expect(merged.commands.at(-1)).toEqual(join(0, 0));
  });
});
