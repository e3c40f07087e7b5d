import type { Contender } from '../../spec/vocabulary/command.ts';

type Op = Contender['op'];

/** Pairs of commands that can get in each other's way at one page; those that the field got wrong more often. */
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
