import type { RaceSide } from './command.ts';

/** Why two commands that make sense by themselves are not sent as a race to a target without `race-extended`. */
export type RaceConflict =
  'one could leave half of the other' | 'nobody could tell what is mapped afterwards';

interface Place {
  readonly process: number;
  readonly page: number;
}

/**
 * The pairs of basic sides that need the capability `race-extended`: their outcome is not that of one order alone.
 *
 * @param isEverybodys whether a page may be memory that others see, too
 */
export function conflictOf(
  left: RaceSide,
  right: RaceSide,
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

/** Whether a page could be left with half of a store: its value is in several cells, which are not stored at once. */
function halves(store: RaceSide, other: RaceSide, isEverybodys: (place: Place) => boolean): boolean {
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
    default:
      // Loads and migrations leave no half of a store; every other side needs `race-extended` by itself.
      return false;
  }
}

/** Whether a child might have a page, and might not. */
const obscures = (fork: RaceSide, unmap: RaceSide): boolean =>
  fork.op === 'fork' && unmap.op === 'unmap' && fork.process === unmap.process;

/** The commands that somebody else executes on the memory of a process: the kernel, a driver, a device. */
const BY_OTHERS: ReadonlySet<RaceSide['op']> = new Set([
  'kernel-load',
  'kernel-store',
  'peek',
  'pin',
  'device-load',
  'device-store',
  'make-exclusive',
  'device-exchange',
  'migrate-to-device',
  'migrate-to-system',
  'evict',
] as const);

/**
 * Whether a side has a result although the other side took away what it is about. A page that is not mapped any more has
 * one for every command. A process that has ended executes nothing, but others may still be about to access its memory.
 *
 * @param refusal why the side would not be sent after the other
 */
export const isDefinedAfter = (refusal: string, { op }: RaceSide): boolean =>
  refusal === 'the page is not mapped' || (refusal === 'the process is not alive' && BY_OTHERS.has(op));
