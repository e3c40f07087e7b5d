import type { Pass } from './pass.ts';
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

/**
 * Lets two processes, pages or slots be one, and gives those that remain the smallest names. A bug that needs two
 * pages keeps two; one that was found with four loses the other two's commands in the next deletion.
 */
export const mergeNames: Pass = function* (failing) {
  let current = failing;
  for (const { of, names } of MERGES) {
    for (let from = current.scope[of] - 1; from > 0; from--) {
      for (let to = 0; to < from; to++) {
        const smaller = renamedCase(current, names(from, to));
        if (JSON.stringify(smaller.commands) < JSON.stringify(current.commands) && (yield smaller)) {
          current = smaller;
        }
      }
    }
  }
  return current;
};
