import type { RaceSide } from './command.ts';

/** The reason why a target without `race-extended` is not sent a race of two commands that it would be sent one by one. */
export type RaceConflict = 'a page could keep half of a store' | 'the mapping afterwards would be unknown';

interface Place {
  readonly process: number;
  readonly page: number;
}

/**
 * The pairs of basic sides that need the capability `race-extended`: their outcome is not that of one order alone.
 *
 * @param block the number of pages that a command on a whole block concerns
 * @param mayBeShared whether a page may be memory that others share
 */
export function conflictOf(
  left: RaceSide,
  right: RaceSide,
  block: number,
  mayBeShared: (place: Place) => boolean,
): RaceConflict | undefined {
  for (const [one, other] of [
    [left, right],
    [right, left],
  ] as const) {
    if (mayTear(one, other, block, mayBeShared)) return 'a page could keep half of a store';
    if (leavesMappingUnknown(one, other)) return 'the mapping afterwards would be unknown';
  }
  return undefined;
}

/** Whether a page could keep half of a store: its value is in several cells, which are stored one by one. */
function mayTear(
  store: RaceSide,
  other: RaceSide,
  block: number,
  mayBeShared: (place: Place) => boolean,
): boolean {
  if (store.op !== 'store') return false;
  switch (other.op) {
    case 'fork':
      return other.process === store.process;
    case 'discard':
      return other.process === store.process && concerns(other, store.page, block);
    case 'unmap':
      return other.page === store.page && mayBeShared(store) && mayBeShared(other);
    case 'store': {
      const same = other.page === store.page && other.value !== store.value;
      if (!same) return false;
      return other.process === store.process || (mayBeShared(store) && mayBeShared(other));
    }
    case 'load':
    case 'migrate-to-device':
    case 'migrate-to-system':
    case 'evict':
    case 'exit':
    case 'protect':
    case 'device-load':
    case 'device-store':
    case 'pin':
    case 'unpin':
    case 'detach':
    case 'move':
    case 'kernel-load':
    case 'kernel-store':
    case 'peek':
    case 'close':
    case 'make-exclusive':
    case 'device-exchange':
      // Loads and migrations leave no half of a store; every other side needs `race-extended` by itself.
      return false;
  }
}

/** Whether a command on a page or on its whole block concerns another page of the same process. */
const concerns = (
  { page, whole }: { readonly page: number; readonly whole?: boolean | undefined },
  other: number,
  block: number,
): boolean => (whole === true ? Math.floor(page / block) === Math.floor(other / block) : page === other);

/** Whether a child has the page in only one order of the two commands. */
const leavesMappingUnknown = (fork: RaceSide, unmap: RaceSide): boolean =>
  fork.op === 'fork' && unmap.op === 'unmap' && fork.process === unmap.process;

/** Whether the kernel, a driver or a device executes a side on the memory of a process. */
const BY_OTHERS: { readonly [O in RaceSide['op']]: boolean } = {
  fork: false,
  unmap: false,
  discard: false,
  load: false,
  store: false,
  'migrate-to-device': true,
  'migrate-to-system': true,
  evict: true,
  exit: false,
  protect: false,
  'device-load': true,
  'device-store': true,
  pin: true,
  unpin: false,
  detach: false,
  move: false,
  'kernel-load': true,
  'kernel-store': true,
  peek: true,
  close: false,
  'make-exclusive': true,
  'device-exchange': true,
};

/**
 * Whether a side has a result although the other side removed its page or process. Every command on one page has one if
 * the page is not mapped any more. A process that has ended executes no command, but others may still access its memory.
 *
 * @param refusal the reason why the side would not be sent after the other
 */
export const isDefinedAfter = (refusal: string, side: RaceSide): boolean =>
  !('whole' in side && side.whole === true) &&
  (refusal === 'the page is not mapped' || (refusal === 'the process is not alive' && BY_OTHERS[side.op]));
