import type { Capability } from '../../spec/vocabulary/capability.ts';
import { type Op, OPS } from '../../spec/vocabulary/command.ts';
import type { RequirementId } from '../../spec/requirements/catalogue.ts';

/** A source of random numbers. `fc.Random` is one, so that cases can be drawn in a run of fast-check as well. */
export interface RandomSource {
  /** A whole number from `min` to `max`, both included. */
  nextInt(min: number, max: number): number;
}

/** A family of related commands, for strategies about them. */
interface Family {
  readonly name: string;
  readonly weights: { readonly [O in Op]?: number };
  /** A target must declare one of these; otherwise the family has no commands to draw. */
  readonly needs: readonly Capability[];
  readonly otherKinds?: number;
  readonly devices?: number;
  readonly readPins?: number;
}

const COMMAND_FAMILIES: readonly Family[] = [
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
  name: `large folios of ${block} pages`,
  weights: LARGE_FOLIOS,
  deviceBias: 6,
  shortest: 6,
  longest: 32,
  block,
  otherKinds: 0,
}));

const BLOCK_RACES: Strategy = {
  name: 'large folios at once',
  weights: { ...LARGE_FOLIOS, race: 16 },
  deviceBias: 6,
  shortest: 6,
  longest: 32,
  block: 2,
  otherKinds: 0,
};

/** The strategies for worlds with blocks. */
export const blockStrategiesFor = (capabilities: ReadonlySet<Capability>): readonly Strategy[] =>
  capabilities.has('race-blocks') ? [...BLOCK_STRATEGIES, BLOCK_RACES] : BLOCK_STRATEGIES;

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

/**
 * Weights and lengths from which a case is generated. No single mixture finds every bug early, so the cases of a run
 * use a portfolio of strategies.
 */
export interface Strategy {
  readonly name: string;
  /** Relative frequency of each command; others are not drawn. */
  readonly weights: { readonly [O in Op]?: number };
  /** Number of accesses in ten that go to a page on the device, if there is one. */
  readonly deviceBias: number;
  readonly shortest: number;
  readonly longest: number;
  /** Number of mappings in ten that are not private memory; 3 by default. */
  readonly otherKinds?: number;
  /** Number of pins in ten that are for reading; none by default. */
  readonly readPins?: number;
  /** Capabilities without which the strategy has no commands of its own. */
  readonly needs?: readonly Capability[];
  /** Number of devices. */
  readonly devices?: number;
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

export const BALANCED: Strategy = {
  name: 'balanced',
  weights: balanced,
  deviceBias: 5,
  shortest: 8,
  longest: 40,
};

/** The strategies for commands that every implementation has. */
const USUAL: readonly Strategy[] = [
  BALANCED,
  {
    name: 'sharing',
    weights: {
      ...balanced,
      fork: 7,
      store: 12,
      'device-store': 8,
      protect: 5,
      exit: 2,
      inject: 0,
      detach: 0.3,
    },
    deviceBias: 5,
    shortest: 8,
    longest: 40,
  },
  {
    name: 'failing',
    weights: {
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
    deviceBias: 6,
    shortest: 8,
    longest: 32,
  },
  {
    name: 'sharing what failed',
    weights: {
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
    deviceBias: 7,
    shortest: 5,
    longest: 20,
  },
  {
    name: 'pinning',
    weights: { ...balanced, pin: 8, unpin: 6, fork: 5, inject: 1, exit: 2 },
    deviceBias: 5,
    shortest: 8,
    longest: 32,
  },
  {
    name: 'churn',
    weights: {
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
    deviceBias: 5,
    shortest: 12,
    longest: 60,
  },
  {
    name: 'short',
    weights: { ...balanced, 'swap-on': 1 },
    deviceBias: 5,
    shortest: 3,
    longest: 9,
  },
  {
    name: 'everything',
    weights: {
      ...balanced,
      move: 2,
      populate: 1,
      lock: 1,
      unlock: 1,
      advise: 2,
      'kernel-load': 1,
      'kernel-store': 1,
      peek: 1,
      watch: 2,
      'clear-soft-dirty': 1,
      'soft-dirty': 1,
      'page-map': 1,
      residency: 0.5,
      smaps: 0.5,
      limit: 1,
      join: 1,
      charge: 1,
      'evict-all': 1,
      close: 0.5,
      open: 0.5,
      'hot-add': 0.3,
      'make-exclusive': 2,
      'device-exchange': 2,
      race: 2,
    },
    deviceBias: 5,
    shortest: 8,
    longest: 40,
    needs: ['move', 'exclusive'],
    devices: 2,
  },
];

/** The common weights of strategies about families. */
const BASIS: Strategy['weights'] = {
  spawn: 0.3,
  fork: 2,
  exit: 0.3,
  map: 1.5,
  unmap: 0.5,
  discard: 1,
  protect: 1,
  load: 1.5,
  store: 3,
  'migrate-to-device': 5,
  'migrate-to-system': 1,
  'device-load': 0.5,
  'device-store': 1,
  pin: 1,
  unpin: 0.5,
  inject: 0.7,
  heal: 0.3,
  evict: 1,
  attach: 0.2,
  detach: 0.3,
  inspect: 0.5,
};

/** Strategies made so far, by families: to make those of a portfolio takes ten times as long as to draw a case. */
const made = new Map<string, Strategy>();

/** A strategy about two families, because bugs of one often show only with the other. */
function about(one: Family, other: Family): Strategy {
  const key = `${one.name}, ${other.name}`;
  const strategy = made.get(key) ?? makeAbout(one, other);
  made.set(key, strategy);
  return strategy;
}

function makeAbout(one: Family, other: Family): Strategy {
  const weights: { [O in Op]?: number } = { ...BASIS };
  for (const family of [one, other]) {
    for (const op of OPS) weights[op] = (weights[op] ?? 0) + (family.weights[op] ?? 0);
  }
  const otherKinds = one.otherKinds ?? other.otherKinds;
  const devices = one.devices ?? other.devices;
  const readPins = one.readPins ?? other.readPins;
  return {
    name: `${one.name}, ${other.name}`,
    weights,
    deviceBias: 6,
    shortest: 6,
    longest: 32,
    ...(otherKinds === undefined ? {} : { otherKinds }),
    ...(devices === undefined ? {} : { devices }),
    ...(readPins === undefined ? {} : { readPins }),
  };
}

/** Number of copies of each usual strategy in a portfolio, so that pairs of families do not dominate. */
const USUAL_SHARE = 2;

/** Whether a target declares a necessary capability. One of several is sufficient; undeclared commands are skipped. */
const isOfferedBy =
  (capabilities: ReadonlySet<Capability>) =>
  ({ needs = [] }: { readonly needs?: readonly Capability[] }): boolean =>
    needs.length === 0 || needs.some((one) => capabilities.has(one));

/** The strategies for a target with these capabilities; each case uses one of them. */
export function portfolioFor(capabilities: ReadonlySet<Capability>): readonly Strategy[] {
  const isOffered = isOfferedBy(capabilities);
  const families = COMMAND_FAMILIES.filter(isOffered);
  const pairs = families.flatMap((one, index) => {
    const others = families.slice(index + 1);
    return (families.length === 1 ? families : others).map((other) => about(one, other));
  });
  const usual = USUAL.filter(isOffered);
  const times = pairs.length === 0 ? 1 : USUAL_SHARE;
  return [...Array.from({ length: times }, () => usual).flat(), ...pairs];
}

/**
 * The strategies about families that were added later, each combined with every other family. They form a portfolio of
 * their own, so that the cases for a target without them do not change.
 */
export function laterPortfolioFor(capabilities: ReadonlySet<Capability>): readonly Strategy[] {
  const isOffered = isOfferedBy(capabilities);
  const later = LATER_FAMILIES.filter(isOffered);
  const others = [...COMMAND_FAMILIES.filter(isOffered), ...later];
  return later.flatMap((one) => others.map((other) => about(one, other)));
}
