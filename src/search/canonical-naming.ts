import type { Command, Single } from '../../spec/vocabulary/command.ts';
import { namesOf } from '../../spec/vocabulary/names.ts';
import { partsOf } from '../../spec/vocabulary/parts.ts';

/** The names that a command uses, by sort. */
interface Names {
  readonly processes: readonly number[];
  readonly pages: readonly number[];
  readonly values: readonly number[];
  readonly slots: readonly number[];
}

/** A search asks for the same commands over and over. */
const known = new WeakMap<Single, Names>();

function namesIn(command: Single): Names {
  const before = known.get(command);
  if (before !== undefined) return before;
  const names = {
    processes: namesOf(command, 'process'),
    pages: namesOf(command, 'page'),
    // 0 is what fresh memory reads; the first value that is stored is 1.
    values: namesOf(command, 'value').map((value) => value - 1),
    slots: namesOf(command, 'slot'),
  };
  known.set(command, names);
  return names;
}

/** Whether each name has been used, or is the next unused one (0 first, then 1, and so on). */
function inOrder(used: readonly number[], now: readonly number[], first = 0): boolean {
  let next = used.reduce((most, name) => Math.max(most, name + 1), first);
  for (const name of now) {
    if (name > next) return false;
    if (name === next) next++;
  }
  return true;
}

/**
 * Whether a command after a path uses names in the order of first use. Of all cases that differ only in the names of
 * processes, pages, values and slots, exactly one does so throughout. Process 0 exists from the start and keeps its
 * name.
 */
export function isCanonicalNaming(path: readonly Command[], command: Command, pagesAlike: boolean): boolean {
  const before = path.flatMap(partsOf).map(namesIn);
  const now = partsOf(command).map(namesIn);
  // Neither side of a race is the first to use a name.
  return [now, now.toReversed()].some((uses) => isNextOf(before, uses, pagesAlike));
}

function isNextOf(before: readonly Names[], now: readonly Names[], pagesAlike: boolean): boolean {
  const isInOrder = (sort: keyof Names, first = 0): boolean =>
    inOrder(
      before.flatMap((used) => used[sort]),
      now.flatMap((uses) => uses[sort]),
      first,
    );
  return (
    isInOrder('processes', 1) &&
    isInOrder('values') &&
    isInOrder('slots') &&
    (!pagesAlike || isInOrder('pages'))
  );
}
