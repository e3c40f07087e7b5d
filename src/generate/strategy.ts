import type { Capability } from '../../spec/vocabulary/capability.ts';
import { type Op, OPS } from '../../spec/vocabulary/command.ts';
import type { RequirementId } from '../../spec/requirements/catalogue.ts';

/** A source of random numbers. `fc.Random` is one, so that cases can be drawn in a run of fast-check as well. */
export interface RandomSource {
  /** A whole number from `min` to `max`, both included. */
  nextInt(min: number, max: number): number;
}

/** Settings of a strategy that some families need. */
interface Settings {
  /** Number of mappings in ten that are not private memory; 3 by default. */
  readonly otherKinds?: number;
  /** Number of pins in ten that are for reading; none by default. */
  readonly readPins?: number;
  /** Number of devices; 1 by default. */
  readonly devices?: number;
}

/** A family of related commands. */
interface Family {
  readonly weights: { readonly [O in Op]?: number };
  /** A target must declare one of these; otherwise the family has no commands to draw. */
  readonly needs: readonly Capability[];
  readonly settings?: Settings;
}

const FAMILIES = {
  'kinds of memory': {
    weights: { map: 6, unmap: 1.5, store: 3, load: 2, fork: 2, discard: 2 },
    settings: { otherKinds: 8 },
    needs: ['shared', 'file'],
  },
  moving: {
    weights: { move: 9, 'evict-all': 1, 'page-map': 0.5 },
    needs: ['move'],
  },
  'advice and locks': {
    weights: { advise: 10, lock: 4, unlock: 0.7 },
    needs: ['advise', 'lock'],
  },
  'kernel access': {
    weights: { 'kernel-load': 3, 'kernel-store': 3, peek: 4, populate: 3, inject: 2, heal: 0.5 },
    needs: ['kernel-access', 'peek', 'populate'],
  },
  queries: {
    weights: { 'page-map': 5, residency: 4, smaps: 3, inject: 4, heal: 0.5 },
    needs: ['query'],
  },
  watching: { weights: { watch: 11 }, needs: ['watch-missing', 'watch-write'] },
  tracking: { weights: { 'clear-soft-dirty': 9, 'soft-dirty': 2 }, needs: ['soft-dirty'] },
  exclusive: { weights: { 'make-exclusive': 10, 'device-exchange': 3 }, needs: ['exclusive'] },
  'at once': { weights: { race: 16, fork: 1, inject: 1 }, needs: ['race'] },
  'at once, every side': {
    weights: { race: 16, fork: 1, inject: 1, pin: 1, 'make-exclusive': 1, attach: 1, open: 1 },
    needs: ['race-extended'],
  },
  charging: {
    weights: { limit: 6, join: 5, charge: 1, map: 2, pin: 1.5, fork: 1.5 },
    needs: ['limit', 'groups'],
  },
  'coming and going': {
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
  'two devices': {
    weights: {
      'device-load': 5,
      'device-store': 5,
      'migrate-to-device': 4,
      'migrate-to-system': 4,
      'evict-all': 1,
      attach: 1,
      detach: 1,
    },
    settings: { devices: 2 },
    needs: ['devices'],
  },
  'surprise removal': {
    weights: {
      'surprise-remove': 4,
      attach: 3,
      'migrate-to-device': 3,
      unmap: 1,
      exit: 0.5,
      'device-load': 1,
    },
    settings: { devices: 2 },
    needs: ['surprise-removal'],
  },
  'pins for reading': {
    weights: { pin: 6, unpin: 4, fork: 2, store: 2, protect: 1 },
    settings: { readPins: 7 },
    needs: ['pin-read'],
  },
  inheritance: { weights: { inherit: 8, fork: 4, move: 2, unpin: 0.5 }, needs: ['inherit'] },
} satisfies Record<string, Family>;

const LARGE_FOLIOS: Strategy['weights'] = {
  spawn: 0.3,
  fork: 4,
  exit: 1,
  map: 5,
  unmap: 3,
  discard: 2.5,
  protect: 4,
  move: 3.5,
  load: 4,
  store: 8,
  'kernel-load': 0.5,
  'kernel-store': 1,
  peek: 0.5,
  populate: 1,
  'migrate-to-device': 14,
  'migrate-to-system': 5,
  evict: 1,
  'evict-range': 4,
  collapse: 2.5,
  split: 2,
  'evict-all': 1,
  'device-load': 2,
  'device-store': 2.5,
  pin: 2,
  unpin: 1.5,
  inject: 3,
  heal: 1.5,
  attach: 0.3,
  detach: 0.5,
  smaps: 0.3,
  'clear-soft-dirty': 1,
  'soft-dirty': 0.7,
  inspect: 1,
};

/** The strategies for worlds with blocks, for targets with large folios. */
const BLOCK_STRATEGIES: readonly Strategy[] = [2, 2, 4].map((block) => ({
  weights: LARGE_FOLIOS,
  deviceBias: 6,
  block,
  otherKinds: 0,
}));

const BLOCK_RACES: Strategy = {
  weights: { ...LARGE_FOLIOS, race: 16 },
  deviceBias: 6,
  block: 2,
  otherKinds: 0,
};

/** Draws the strategy of a case in a world with blocks. */
export const drawBlockStrategy = (capabilities: ReadonlySet<Capability>, random: RandomSource): Strategy =>
  oneOf(capabilities.has('race-blocks') ? [...BLOCK_STRATEGIES, BLOCK_RACES] : BLOCK_STRATEGIES, random) ??
  BALANCED;

const oneOf = <T>(items: readonly T[], random: RandomSource): T | undefined =>
  items[random.nextInt(0, items.length - 1)];

/** The commands that the requirements of each chapter are about. Core commands are drawn often in any case. */
const BY_CHAPTER: { readonly [chapter: string]: readonly Op[] } = {
  count: ['migrate-to-device', 'fork', 'unmap', 'discard'],
  fault: ['migrate-to-device', 'load', 'store', 'inject'],
  failure: ['migrate-to-device', 'inject', 'heal', 'load', 'store', 'fork'],
  fork: ['fork', 'store', 'migrate-to-device', 'device-store', 'pin'],
  protect: ['protect', 'migrate-to-device'],
  unmap: ['unmap', 'discard', 'exit', 'migrate-to-device'],
  migrate: ['migrate-to-device', 'migrate-to-system', 'evict', 'evict-all', 'detach', 'attach', 'inject'],
  device: ['device-load', 'device-store', 'attach', 'detach', 'close', 'open', 'migrate-to-device'],
  removal: ['surprise-remove', 'attach', 'migrate-to-device', 'load', 'fork', 'unmap'],
  pin: ['pin', 'unpin', 'migrate-to-device'],
  types: ['map', 'swap-on', 'hot-add', 'migrate-to-device'],
  kernel: ['kernel-load', 'kernel-store', 'peek', 'migrate-to-device'],
  move: ['move', 'migrate-to-device', 'fork'],
  populate: ['populate', 'lock', 'unlock', 'discard', 'migrate-to-device'],
  advise: ['advise', 'lock', 'migrate-to-device'],
  devices: ['migrate-to-device', 'migrate-to-system', 'device-load', 'device-store'],
  exclusive: ['make-exclusive', 'device-exchange', 'migrate-to-device', 'fork'],
  track: ['clear-soft-dirty', 'soft-dirty', 'migrate-to-device'],
  watch: ['watch', 'migrate-to-device', 'fork', 'protect'],
  query: ['page-map', 'residency', 'smaps', 'migrate-to-device', 'fork'],
  account: ['migrate-to-device', 'fork', 'discard', 'limit', 'join', 'charge'],
  folio: [
    ...(['migrate-to-device', 'migrate-to-system', 'unmap', 'fork', 'evict-range', 'inject'] as const),
    ...(['collapse', 'split'] as const),
  ],
  race: ['race', 'fork', 'migrate-to-device'],
  robust: [],
};

/** Additional commands of single requirements. */
const ALSO: { readonly [I in RequirementId]?: readonly Op[] } = {
  'fork.not-inherited': ['inherit'],
  'fork.inherited-empty': ['inherit'],
  'fork.parent-keeps': ['inherit'],
};

/** The commands with a higher weight in a run that focuses on these requirements. */
export const focusOps = (focus: readonly RequirementId[]): readonly Op[] => [
  ...new Set(focus.flatMap((id) => [...(BY_CHAPTER[id.split('.')[0] ?? ''] ?? []), ...(ALSO[id] ?? [])])),
];

/** The weights from which a case is generated. */
export interface Strategy extends Settings {
  /** Relative frequency of each command; others are not drawn. */
  readonly weights: { readonly [O in Op]?: number };
  /** Number of accesses in ten that go to a page on the device, if there is one. */
  readonly deviceBias: number;
  /** Number of pages in a block. */
  readonly block?: number;
}

const balanced: Strategy['weights'] = {
  spawn: 1,
  fork: 4,
  exit: 1,
  map: 4,
  unmap: 2,
  discard: 2,
  protect: 4,
  load: 7,
  store: 8,
  'migrate-to-device': 14,
  'migrate-to-system': 3,
  'device-load': 3,
  'device-store': 4,
  pin: 2,
  unpin: 2,
  inject: 3,
  heal: 2,
  evict: 2,
  attach: 1,
  detach: 1,
  'swap-on': 0.6,
  inspect: 3,
};

export const BALANCED: Strategy = { weights: balanced, deviceBias: 5 };

/** The weights of the commands that every implementation has: no single mixture finds every bug early. */
const MIXTURES = {
  balanced,
  sharing: {
    ...balanced,
    fork: 7,
    store: 12,
    'device-store': 8,
    protect: 5,
    exit: 2,
    inject: 0,
    detach: 0.3,
  },
  failing: {
    ...balanced,
    inject: 9,
    heal: 4,
    load: 10,
    pin: 3,
    fork: 9,
    'migrate-to-system': 5,
    evict: 4,
    detach: 2,
  },
  'sharing what failed': {
    ...balanced,
    fork: 9,
    inject: 14,
    load: 4,
    store: 4,
    pin: 1,
    protect: 1,
    'swap-on': 0,
    detach: 0,
    attach: 0,
    inspect: 1,
    'device-load': 1,
    'device-store': 1,
  },
  pinning: { ...balanced, pin: 8, unpin: 6, fork: 5, inject: 1, exit: 2 },
  churn: {
    ...balanced,
    spawn: 4,
    exit: 4,
    map: 8,
    unmap: 7,
    discard: 6,
    inject: 1,
    detach: 2,
    attach: 3,
  },
  'mostly migration': {
    spawn: 0.9,
    fork: 6,
    exit: 0.9,
    map: 4.5,
    unmap: 1.5,
    discard: 3,
    protect: 3,
    load: 4.5,
    store: 9,
    'migrate-to-device': 15,
    'migrate-to-system': 3,
    'device-load': 1.5,
    'device-store': 3,
    pin: 3,
    unpin: 1.5,
    inject: 2,
    heal: 0.9,
    evict: 3,
    attach: 0.6,
    detach: 0.9,
    inspect: 1.5,
  },
} satisfies Record<string, Strategy['weights']>;

const MIN_FAMILIES = 2;
const MAX_FAMILIES = 8;
/** The weights of the families together are this many times those that they have alone. */
const FAMILIES_SHARE = 6;

/** Whether a target declares a necessary capability. One of several is sufficient; undeclared commands are skipped. */
const isOfferedBy =
  (capabilities: ReadonlySet<Capability>) =>
  ({ needs }: Family): boolean =>
    needs.some((one) => capabilities.has(one));

/**
 * Draws the strategy of one case: a mixture of the commands that every implementation has, and a random set of the families
 * that the target executes. Many bugs show only where features meet; the fewer families a case has, the more often their
 * commands meet at one page.
 */
export function drawStrategy(capabilities: ReadonlySet<Capability>, random: RandomSource): Strategy {
  const mixture = oneOf(Object.values(MIXTURES), random) ?? balanced;
  const offered = Object.values<Family>(FAMILIES).filter(isOfferedBy(capabilities));
  const families = someOf(offered, random.nextInt(MIN_FAMILIES, MAX_FAMILIES), random);
  const weights: { [O in Op]?: number } = { ...mixture };
  for (const op of OPS) {
    const sum = families.reduce((total, family) => total + (family.weights[op] ?? 0), 0);
    if (sum > 0) weights[op] = (weights[op] ?? 0) + (sum * FAMILIES_SHARE) / families.length;
  }
  const settings: Settings = random.nextInt(0, 3) === 0 ? { devices: 2 } : {};
  for (const family of families) Object.assign(settings, family.settings);
  return { ...settings, weights, deviceBias: 6 };
}

/** Some of these items, in a random order. */
function someOf<T>(items: readonly T[], count: number, random: RandomSource): readonly T[] {
  const left = [...items];
  const chosen: T[] = [];
  while (chosen.length < count && left.length > 0)
    chosen.push(...left.splice(random.nextInt(0, left.length - 1), 1));
  return chosen;
}
