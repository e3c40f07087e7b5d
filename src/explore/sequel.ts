import type { Op } from '../../spec/vocabulary/command.ts';

/** What may follow a command at the page that it was about, and what shows then whether it still holds. */
export interface Sequel {
  readonly between: readonly Op[];
  readonly then: readonly Op[];
}

/** Ways in which a page moves, or its entry is changed. */
const STIRRED: readonly Op[] = [
  'migrate-to-device',
  'migrate-to-device',
  'migrate-to-system',
  'evict',
  'fork',
  'protect',
];

/**
 * Commands that give a page a quality which shows only when it is asked for, mostly after something that should have
 * left it alone, or ended it. Left to chance, the question is put to another page, or before anything happened.
 *
 * @example `watch`, then a fork, then a store by the child
 */
export const SEQUELS: { readonly [O in Op]?: Sequel } = {
  watch: {
    between: [...STIRRED, 'protect', 'discard', 'load', 'device-load', 'watch', 'store', 'page-map'],
    then: ['store', 'store', 'device-store', 'kernel-store', 'pin', 'populate', 'load', 'migrate-to-device'],
  },
  'clear-soft-dirty': {
    between: [
      'store',
      'store',
      'store',
      'kernel-store',
      'load',
      'load',
      'migrate-to-device',
      'migrate-to-device',
      'migrate-to-device',
      'migrate-to-system',
      'evict',
      'fork',
      'protect',
      'device-load',
      'kernel-load',
    ],
    then: ['soft-dirty'],
  },
  'make-exclusive': {
    between: [
      ...STIRRED,
      'load',
      'move',
      'advise',
      'smaps',
      'page-map',
      'residency',
      'pin',
      'populate',
      'kernel-load',
      'peek',
      'clear-soft-dirty',
      'device-load',
      'device-store',
      'watch',
      'watch',
    ],
    then: ['device-exchange', 'device-exchange', 'page-map', 'load', 'smaps', 'fork', 'advise'],
  },
  advise: {
    between: [
      'store',
      'kernel-store',
      'pin',
      'fork',
      'migrate-to-device',
      'load',
      'make-exclusive',
      'populate',
    ],
    then: ['advise', 'advise', 'load'],
  },
  lock: {
    between: [...STIRRED, 'move', 'move', 'move', 'unlock', 'load'],
    then: ['discard', 'discard', 'advise'],
  },
  limit: {
    between: ['migrate-to-device', 'discard', 'fork', 'join', 'load', 'map', 'pin'],
    then: [
      'store',
      'store',
      'migrate-to-device',
      'kernel-store',
      'populate',
      'pin',
      'device-store',
      'make-exclusive',
      'load',
      'fork',
    ],
  },
  join: {
    between: [...STIRRED, 'store', 'discard', 'join'],
    then: ['charge', 'charge', 'store'],
  },
  move: {
    between: [...STIRRED, 'load'],
    then: ['load', 'store', 'evict', 'migrate-to-device', 'page-map', 'discard', 'device-store', 'evict-all'],
  },
  close: {
    between: [...STIRRED, 'device-load', 'device-store'],
    then: [
      'load',
      'evict',
      'evict-all',
      'migrate-to-device',
      'device-load',
      'open',
      'unmap',
      'make-exclusive',
    ],
  },
  'hot-add': {
    between: ['detach', 'attach', 'migrate-to-device', 'load', 'hot-add'],
    then: ['hot-add', 'device-load', 'migrate-to-device', 'load'],
  },
  detach: {
    between: ['hot-add', 'device-load', 'attach', 'migrate-to-device'],
    then: ['hot-add', 'load', 'attach', 'migrate-to-device'],
  },
};
