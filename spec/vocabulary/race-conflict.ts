import type { Contender } from './command.ts';

/** Why two commands that make sense by themselves are not done at the same time. */
export type RaceConflict =
  'one could leave half of the other' | 'nobody could tell what is mapped afterwards';

interface Place {
  readonly process: number;
  readonly page: number;
}

/** @param isEverybodys whether a page may be memory that others see, too */
export function conflictOf(
  left: Contender,
  right: Contender,
  isEverybodys: (place: Place) => boolean,
): RaceConflict | undefined {
  for (const [one, other] of [
    [left, right],
    [right, left],
  ] as const) {
    if (halves(one, other, isEverybodys)) return 'one could leave half of the other';
    if (obscures(one, other)) return 'nobody could tell what is mapped afterwards';
  }
  return undefined;
}

/**
 * Whether a page could be left with half of a store: its value is in several cells, and nothing says that they are stored
 * at once. What a load sees meanwhile is another matter, and over with it.
 */
function halves(store: Contender, other: Contender, isEverybodys: (place: Place) => boolean): boolean {
  if (store.op !== 'store') return false;
  switch (other.op) {
    case 'fork':
      return other.process === store.process;
    case 'discard':
      return other.page === store.page && other.process === store.process;
    case 'unmap':
      return other.page === store.page && isEverybodys(store) && isEverybodys(other);
    case 'store': {
      const same = other.page === store.page && other.value !== store.value;
      if (!same) return false;
      return other.process === store.process || (isEverybodys(store) && isEverybodys(other));
    }
    case 'load':
    case 'migrate-to-device':
    case 'migrate-to-system':
    case 'evict':
      return false;
  }
}

/** Whether a child might have a page, and might not: what is mapped must follow from the case. */
const obscures = (fork: Contender, unmap: Contender): boolean =>
  fork.op === 'fork' && unmap.op === 'unmap' && fork.process === unmap.process;
