import type { Case } from '../../../spec/vocabulary/case.ts';
import { type Command, OPS, pinsForReading } from '../../../spec/vocabulary/command.ts';
import { commandsIn } from '../../../spec/vocabulary/commands-in.ts';
import { partsOf } from '../../../spec/vocabulary/parts.ts';
import { LikelyPath } from '../model/likely-path.ts';
import { type Pass, withCommands } from '../pass.ts';

/** Maximum length; the number of candidates grows with the cube of the length. */
const LONGEST = 10;

/**
 * Shrink pass: deletes one command and at the same time moves another or changes its arguments. Only candidates whose
 * last command has the same meaning in the model are proposed.
 *
 * @example `map write, migrate, protect read, discard` is equivalent to `map read, migrate, discard`, but fails neither
 *   without the protect nor with the other map alone.
 * @example `map, store, fork, migrate` needs its store only because the fork comes before the migration.
 */
export const deleteAndChange: Pass = function* (failing) {
  let current = failing;
  for (let again = current.commands.length <= LONGEST; again;) {
    again = false;
    const meaning = new LikelyPath(current).meaning;
    for (const commands of deletionsWithChange(current)) {
      const smaller = withCommands(current, commands);
      if (new LikelyPath(smaller).meaning !== meaning) continue;
      if (!(yield smaller)) continue;
      current = smaller;
      again = true;
      break;
    }
  }
  return current;
};

/** Whether a command is at the same place and differs in other arguments; places have passes of their own. */
const isVariant = (other: Command, command: Command): boolean =>
  other.op === command.op && placeOf(other) === placeOf(command);

const placeOf = (command: Command): string =>
  ('process' in command ? `${command.process}` : '') + ('page' in command ? ` ${command.page}` : '');

function* deletionsWithChange(testCase: Case): Generator<readonly Command[]> {
  const values = new Set(
    testCase.commands.flatMap(partsOf).flatMap((command) => ('value' in command ? [command.value] : [])),
  );
  const all = commandsIn(testCase.scope, {
    ops: new Set(OPS.filter((op) => op !== 'race')),
    values: [...values],
    readPins: testCase.commands.some(pinsForReading),
  });
  for (let gone = testCase.commands.length - 1; gone >= 0; gone--) {
    const rest = testCase.commands.toSpliced(gone, 1);
    for (const [at, command] of rest.entries()) {
      const others = rest.toSpliced(at, 1);
      for (let place = 0; place <= others.length; place++) {
        if (place !== at) yield others.toSpliced(place, 0, command);
      }
      for (const other of all) if (isVariant(other, command)) yield rest.with(at, other);
      // Many ways make a page of its own; this is the plainest.
      if ('page' in command && command.op !== 'store') {
        yield rest.with(at, { op: 'store', process: command.process, page: command.page, value: 1 });
      }
    }
  }
}
