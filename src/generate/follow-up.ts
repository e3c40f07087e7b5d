import { type Command, type Op, pinsForReading } from '../../spec/vocabulary/command.ts';

/** Follow-up of a command at its page: changes that it must survive or that end it, and commands that check it. */
export interface FollowUp {
  readonly between: readonly Op[];
  /** Complete sequences that are drawn as often as random combinations of the above. */
  readonly scripts?: readonly (readonly Op[])[];
  readonly last: readonly Op[];
  /** Whether the effect may also show at the neighbouring page. */
  readonly atNeighbour?: boolean;
}

/** Commands that move a page or change its entry. */
const MODIFIED: readonly Op[] = [
  'migrate-to-device',
  'migrate-to-device',
  'migrate-to-system',
  'evict',
  'fork',
  'protect',
];

/**
 * Follow-ups of commands whose effect shows only when it is checked, usually after a command that must preserve it or
 * end it. Without follow-ups, the check would go to another page or come too early.
 *
 * @example `watch`, then a fork, then a store by the child
 */
const FOLLOW_UPS: { readonly [O in Op]?: FollowUp } = {
  watch: {
    between: [
      ...MODIFIED,
      'protect',
      'protect',
      'protect',
      'discard',
      'load',
      'device-load',
      'watch',
      'store',
      'page-map',
    ],
    scripts: [
      [],
      [],
      ['fork'],
      ['fork', 'watch'],
      ['fork'],
      ['protect'],
      ['migrate-to-device', 'load'],
      ['migrate-to-device', 'protect'],
      ['migrate-to-device', 'watch'],
      ['discard'],
      ['make-exclusive', 'watch', 'load'],
    ],
    last: [
      'store',
      'store',
      'store',
      'store',
      'device-store',
      'device-store',
      'kernel-store',
      'pin',
      'populate',
      'load',
      'migrate-to-device',
    ],
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
    scripts: [
      ['store', 'migrate-to-device', 'migrate-to-system'],
      ['store', 'migrate-to-device', 'evict'],
      ['store', 'migrate-to-device'],
      ['migrate-to-device', 'load'],
      ['kernel-store'],
      ['load'],
    ],
    last: ['soft-dirty'],
  },
  'make-exclusive': {
    between: [
      ...MODIFIED,
      'load',
      'move',
      'advise',
      'advise',
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
    last: ['device-exchange', 'device-exchange', 'page-map', 'load', 'smaps', 'fork', 'advise', 'advise'],
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
    scripts: [[], [], [], [], ['store'], ['fork'], ['pin'], ['migrate-to-device']],
    last: ['advise', 'advise', 'advise', 'load', 'device-load'],
  },
  lock: {
    between: [...MODIFIED, 'move', 'move', 'move', 'unlock', 'load'],
    scripts: [[], ['move'], ['move'], ['fork'], ['unmap', 'map']],
    last: ['discard', 'discard', 'advise'],
  },
  limit: {
    between: ['migrate-to-device', 'discard', 'fork', 'join', 'load', 'map', 'pin'],
    scripts: [[], [], ['pin'], ['migrate-to-device']],
    last: [
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
      'fork',
      'fork',
    ],
  },
  join: {
    between: [...MODIFIED, 'store', 'discard', 'join'],
    scripts: [
      [],
      ['migrate-to-device'],
      ['discard', 'migrate-to-device'],
      ['exit', 'spawn', 'map'],
      ['exit', 'spawn', 'map'],
      ['exit', 'spawn', 'map'],
      ['exit', 'spawn', 'map'],
    ],
    last: ['charge', 'charge', 'store'],
  },
  move: {
    between: [...MODIFIED, 'load'],
    last: ['load', 'store', 'evict', 'migrate-to-device', 'page-map', 'discard', 'device-store', 'evict-all'],
  },
  close: {
    between: [...MODIFIED, 'device-load', 'device-store'],
    last: [
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
    last: ['hot-add', 'device-load', 'migrate-to-device', 'load'],
  },
  race: {
    between: ['load', 'migrate-to-device', 'evict', 'fork'],
    last: ['load', 'load', 'store', 'unmap', 'exit', 'discard', 'migrate-to-device', 'pin'],
  },
  map: {
    between: ['store', 'fork', 'discard', 'load'],
    scripts: [[], [], ['store']],
    last: [
      'populate',
      'kernel-load',
      'load',
      'store',
      'kernel-store',
      'device-load',
      'device-store',
      'migrate-to-device',
    ],
  },
  unmap: {
    between: [],
    scripts: [[], ['map']],
    last: [
      'load',
      'store',
      'kernel-load',
      'populate',
      'page-map',
      'residency',
      'device-load',
      'device-load',
      'discard',
    ],
    atNeighbour: true,
  },
  // A part of a migrated range changes: its neighbours stay as they are.
  'migrate-to-device': {
    between: ['unmap', 'discard', 'protect', 'evict', 'move'],
    scripts: [['unmap'], ['unmap'], ['unmap'], ['discard'], ['protect'], ['move']],
    last: ['device-load', 'device-load', 'device-load', 'load', 'device-store'],
    atNeighbour: true,
  },
  discard: { between: [], last: ['load', 'device-load', 'device-load', 'peek', 'migrate-to-device'] },
  'device-store': { between: ['discard', 'discard', 'fork', 'store', 'load'], last: ['device-load', 'load'] },
  'surprise-remove': {
    between: ['attach', 'fork', 'protect', 'move', 'inspect', 'migrate-to-system', 'evict'],
    scripts: [[], [], ['attach'], ['attach', 'migrate-to-device'], ['fork']],
    last: [
      'load',
      'load',
      'store',
      'discard',
      'unmap',
      'exit',
      'pin',
      'kernel-load',
      'device-load',
      'migrate-to-device',
      'attach',
      'fork',
    ],
  },
  inherit: {
    between: ['store', 'migrate-to-device', 'protect', 'move', 'pin', 'make-exclusive', 'watch'],
    scripts: [
      ['fork'],
      ['migrate-to-device', 'fork'],
      ['move', 'fork'],
      ['move', 'fork'],
      ['move', 'fork'],
      ['pin', 'fork'],
      ['protect', 'fork'],
      ['fork', 'fork'],
      ['migrate-to-device', 'inherit', 'fork'],
    ],
    last: ['load', 'load', 'store', 'fork', 'fork', 'device-load', 'device-store', 'unpin', 'kernel-load'],
  },
  detach: {
    between: ['hot-add', 'device-load', 'attach', 'migrate-to-device'],
    last: ['hot-add', 'load', 'attach', 'migrate-to-device'],
  },
};

/** The effect of a pin for reading shows in stores and in the fate of its page. */
const AFTER_READ_PIN: FollowUp = {
  between: ['fork', 'store', 'store', 'migrate-to-device', 'unmap', 'discard', 'protect', 'load'],
  scripts: [['store'], ['store'], ['fork', 'store'], ['fork'], ['migrate-to-device'], ['unmap']],
  last: ['unpin', 'unpin', 'unpin', 'migrate-to-device', 'store'],
};

/** A page that is inherited empty is also inherited empty by the children of the child. */
const AFTER_INHERIT_ZERO: FollowUp = {
  between: ['store', 'migrate-to-device', 'protect', 'fork', 'pin', 'make-exclusive'],
  scripts: [
    ['fork'],
    ['fork', 'store', 'fork'],
    ['fork', 'store', 'fork'],
    ['fork', 'store', 'migrate-to-device', 'fork'],
    ['migrate-to-device', 'fork'],
    ['move', 'fork'],
  ],
  last: ['load', 'load', 'store', 'fork', 'device-load', 'device-store', 'unpin', 'kernel-load'],
};

export function followUpOf(command: Command): FollowUp | undefined {
  if (pinsForReading(command)) return AFTER_READ_PIN;
  if (command.op === 'inherit' && command.inheritance === 'zero') return AFTER_INHERIT_ZERO;
  return FOLLOW_UPS[command.op];
}
