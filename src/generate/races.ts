import { CONTENDER_OPS, type RaceSide } from '../../spec/vocabulary/command.ts';
import { type Steps, stepToDevice } from './lifecycles.ts';
import type { RandomSource } from './strategy.ts';

type Op = RaceSide['op'];

/**
 * Pairs of basic sides that can conflict at one page; pairs with known bugs in real implementations appear more often.
 */
export const RACES: readonly (readonly [Op, Op])[] = [
  ['load', 'load'],
  ['load', 'load'],
  ['load', 'store'],
  ['store', 'store'],
  ['load', 'unmap'],
  ['store', 'unmap'],
  ['load', 'discard'],
  ['load', 'migrate-to-system'],
  ['load', 'migrate-to-device'],
  ['store', 'migrate-to-system'],
  ['store', 'migrate-to-device'],
  ['store', 'migrate-to-device'],
  ['load', 'evict'],
  ['store', 'evict'],
  ['fork', 'evict'],
  ['fork', 'evict'],
  ['fork', 'evict'],
  ['fork', 'evict'],
  ['fork', 'migrate-to-device'],
  ['fork', 'migrate-to-system'],
  ['fork', 'load'],
  ['fork', 'fork'],
  ['discard', 'migrate-to-device'],
  ['discard', 'migrate-to-system'],
  ['unmap', 'migrate-to-device'],
  ['unmap', 'migrate-to-system'],
  ['migrate-to-device', 'migrate-to-system'],
  ['migrate-to-device', 'migrate-to-device'],
  ['evict', 'migrate-to-system'],
];

/** The sides, grouped by their effect on a page. */
const KINDS: readonly (readonly [Op, ...Op[]])[] = [
  ['load', 'store', 'kernel-load', 'kernel-store', 'pin'],
  ['device-load', 'device-store', 'make-exclusive', 'device-exchange'],
  ['unmap', 'discard', 'exit', 'move'],
  ['migrate-to-device'],
  ['migrate-to-system', 'evict', 'detach'],
  ['fork'],
  ['protect'],
];

/**
 * Draws two sides for a target that declares `race-extended`. Half of the draws choose each pair of commands with equal
 * probability, half each pair of groups, because migrations conflict with most commands.
 */
export function extendedRace(random: RandomSource): readonly [Op, Op] {
  if (random.nextInt(0, 1) === 0) {
    const [one, other] = evenPair(random, CONTENDER_OPS.length);
    return [CONTENDER_OPS[one] ?? 'load', CONTENDER_OPS[other] ?? 'load'];
  }
  const [one, other] = evenPair(random, KINDS.length);
  return [ofKind(random, one), ofKind(random, other)];
}

function ofKind(random: RandomSource, at: number): Op {
  const kind = KINDS[at] ?? KINDS[0];
  return kind?.[random.nextInt(0, kind.length - 1)] ?? 'load';
}

/** A pair of different items is drawn in both orders, so pairs of equal items are drawn with double weight. */
function evenPair(random: RandomSource, count: number): readonly [number, number] {
  const one = random.nextInt(0, count - 1);
  const other = random.nextInt(0, count);
  return [one, other === count ? one : other];
}

/** Steps that bring a page into a further state before a race. */
export const BEFORE_RACES: readonly Steps[] = [
  ['pin'],
  ['pin'],
  ['make-exclusive'],
  ['protect'],
  ['discard'],
  ['clear-soft-dirty'],
  ['watch'],
  ['inject'],
  ['unmap'],
  ['race'],
  ['device-store'],
  ['advise'],
  ['lock'],
];

/** Steps that show what became of a page after a race. */
export const AFTER_RACES: readonly Steps[] = [
  [],
  [],
  ['load'],
  ['child', 'load'],
  ['store'],
  ['device-load'],
  ['unpin'],
  ['evict'],
  [stepToDevice],
  ['page-map'],
  ['soft-dirty'],
  ['discard'],
  ['unmap'],
  ['device-exchange'],
];
