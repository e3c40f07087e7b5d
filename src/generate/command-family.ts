import type { Capability } from '../../spec/vocabulary/capability.ts';
import type { Op } from '../../spec/vocabulary/command.ts';

/** A family of related commands, for strategies about them. */
export interface Family {
  readonly name: string;
  readonly weights: { readonly [O in Op]?: number };
  /** A target must declare one of these; otherwise the family has no commands to draw. */
  readonly needs: readonly Capability[];
  readonly otherKinds?: number;
  readonly devices?: number;
  readonly readPins?: number;
}

export const COMMAND_FAMILIES: readonly Family[] = [
  {
    name: 'kinds of memory',
    weights: { map: 6, unmap: 1.5, store: 3, load: 2, fork: 2, discard: 2 },
    otherKinds: 8,
    needs: ['shared', 'file'],
  },
  {
    name: 'moving',
    weights: { move: 9, 'evict-all': 1, 'page-map': 0.5 },
    needs: ['move'],
  },
  {
    name: 'advice and locks',
    weights: { advise: 10, lock: 4, unlock: 0.7 },
    needs: ['advise', 'lock'],
  },
  {
    name: 'kernel access',
    weights: { 'kernel-load': 3, 'kernel-store': 3, peek: 4, populate: 3, inject: 2, heal: 0.5 },
    needs: ['kernel-access', 'peek', 'populate'],
  },
  {
    name: 'queries',
    weights: { 'page-map': 5, residency: 4, smaps: 3, inject: 4, heal: 0.5 },
    needs: ['query'],
  },
  { name: 'watching', weights: { watch: 11 }, needs: ['watch-missing', 'watch-write'] },
  { name: 'tracking', weights: { 'clear-soft-dirty': 9, 'soft-dirty': 2 }, needs: ['soft-dirty'] },
  { name: 'exclusive', weights: { 'make-exclusive': 10, 'device-exchange': 3 }, needs: ['exclusive'] },
  { name: 'at once', weights: { race: 16, fork: 1, inject: 1 }, needs: ['race'] },
  {
    name: 'at once, every side',
    weights: { race: 16, fork: 1, inject: 1, pin: 1, 'make-exclusive': 1, attach: 1, open: 1 },
    needs: ['race-extended'],
  },
  {
    name: 'charging',
    weights: { limit: 6, join: 5, charge: 1, map: 2, pin: 1.5, fork: 1.5 },
    needs: ['limit', 'groups'],
  },
  {
    name: 'coming and going',
    weights: {
      close: 3,
      open: 1.5,
      'hot-add': 3,
      'evict-all': 5,
      attach: 2,
      detach: 2,
      inject: 8,
      heal: 0.5,
    },
    needs: ['close', 'evict-all', 'hot-add'],
  },
  {
    name: 'two devices',
    weights: {
      'device-load': 5,
      'device-store': 5,
      'migrate-to-device': 4,
      'migrate-to-system': 4,
      'evict-all': 1,
      attach: 1,
      detach: 1,
    },
    devices: 2,
    needs: ['devices'],
  },
];

/** Families that were added later. */
export const LATER_FAMILIES: readonly Family[] = [
  {
    name: 'surprise removal',
    weights: {
      'surprise-remove': 4,
      attach: 3,
      'migrate-to-device': 3,
      unmap: 1,
      exit: 0.5,
      'device-load': 1,
    },
    devices: 2,
    needs: ['surprise-removal'],
  },
  {
    name: 'pins for reading',
    weights: { pin: 6, unpin: 4, fork: 2, store: 2, protect: 1 },
    readPins: 7,
    needs: ['pin-read'],
  },
  { name: 'inheritance', weights: { inherit: 8, fork: 4, move: 2, unpin: 0.5 }, needs: ['inherit'] },
];
