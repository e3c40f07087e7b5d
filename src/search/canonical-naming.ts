import type { Command } from '../../spec/vocabulary/command.ts';
import { partsOf, type Single } from '../../spec/vocabulary/parts.ts';

/** The names that a command uses, by kind. */
interface Names {
  readonly processes: readonly number[];
  readonly pages: readonly number[];
  readonly values: readonly number[];
  readonly slots: readonly number[];
}

function names(command: Single): Names {
  const victim = command.op === 'inject' && command.victim !== 'any' ? [command.victim] : [];
  return {
    processes: [
      ...('process' in command ? [command.process] : []),
      ...('child' in command ? [command.child] : []),
      ...victim.map(({ process }) => process),
    ],
    pages: [
      ...('page' in command ? [command.page] : []),
      ...('to' in command ? [command.to] : []),
      ...victim.map(({ page }) => page),
    ],
    values: 'value' in command ? [command.value - 1] : [],
    slots: 'slot' in command ? [command.slot] : [],
  };
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
  const before = path.flatMap(partsOf).map(names);
  const now = partsOf(command).map(names);
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
