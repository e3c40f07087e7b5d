import { Admission } from '../../spec/vocabulary/admission.ts';
import type { Case } from '../../spec/vocabulary/case.ts';
import { type Pass, withCommands } from './pass.ts';
import { type Renaming, renamedCase, SAME } from './rename.ts';

/** Which two names become one, or change places; by argument. */
type Names = (from: number, to: number) => Renaming;

const merged =
  (from: number, to: number) =>
  (item: number): number =>
    item === from ? to : item;
const swapped =
  (one: number, other: number) =>
  (item: number): number =>
    item === one ? other : item === other ? one : item;

const MERGES: readonly { readonly of: 'processes' | 'pages' | 'slots'; readonly names: Names }[] = [
  { of: 'processes', names: (from, to) => ({ ...SAME, process: merged(from, to) }) },
  { of: 'processes', names: (from, to) => ({ ...SAME, process: swapped(from, to) }) },
  { of: 'pages', names: (from, to) => ({ ...SAME, page: merged(from, to) }) },
  { of: 'pages', names: (from, to) => ({ ...SAME, page: swapped(from, to) }) },
  { of: 'slots', names: (from, to) => ({ ...SAME, slot: merged(from, to) }) },
];

/** Which commands of a case would not be sent: they change nothing, anywhere. */
function refused({ scope, commands }: Case): readonly boolean[] {
  const admission = new Admission(scope);
  return commands.map((command) => admission.admit(command) !== undefined);
}

/** A case renamed, without what has become senseless by it. */
function renamedAndCleared(testCase: Case, by: Renaming): Case {
  const renaming = renamedCase(testCase, by);
  const before = refused(testCase);
  const after = refused(renaming);
  return withCommands(
    renaming,
    renaming.commands.filter((_, index) => after[index] !== true || before[index] === true),
  );
}

/**
 * Lets two processes, pages or slots be one, and gives those that remain the smallest names. A bug that needs two
 * pages keeps two; one that was found with four loses the other two's commands in the next deletion.
 *
 * @example `fork 0 into 1, exit 0, map in 1, fork 1 into 0`: with 0 and 1 exchanged the first two are senseless, and go
 */
export const mergeNames: Pass = function* (failing) {
  let current = failing;
  for (const { of, names } of MERGES) {
    for (let from = current.scope[of] - 1; from > 0; from--) {
      for (let to = 0; to < from; to++) {
        const smaller = renamedAndCleared(current, names(from, to));
        if (isSimpler(smaller, current) && (yield smaller)) current = smaller;
      }
    }
  }
  return current;
};

function isSimpler({ commands: one }: Case, { commands: other }: Case): boolean {
  return (
    one.length < other.length || (one.length === other.length && JSON.stringify(one) < JSON.stringify(other))
  );
}
