import { MODEL_REGIONS, type FamilyName } from '../../spec/model/families.ts';
import type { Scope } from '../../spec/vocabulary/scope.ts';

/** A part of the vocabulary at one world size, explored in every profile in which it differs. */
export interface ModelSlice {
  readonly scope: Scope;
  readonly families: readonly FamilyName[];
}

/** Slices that demonstrate the same point. */
export interface SliceChapter {
  readonly title: string;
  /** Only in the newest profile: the smaller slices cover the differences between profiles. */
  readonly newest?: true;
  readonly slices: readonly ModelSlice[];
}

const BESIDE_CORE = Object.keys(MODEL_REGIONS).filter(
  (name): name is FamilyName => name in MODEL_REGIONS && name !== 'core',
);

const NEEDS_TWO_PAGES: ReadonlySet<FamilyName> = new Set<FamilyName>(['move']);

/** A world of one frame on each device, with a slot if the families include pins. */
function slice(processes: number, pages: number, families: readonly FamilyName[], devices = 1): ModelSlice {
  const slots = families.includes('pin') ? 1 : 0;
  return { scope: { processes, pages, frames: 1, slots, devices }, families: ['core', ...families] };
}

const each = (processes: number, pages: number, devices = 1): readonly ModelSlice[] =>
  BESIDE_CORE.filter((family) => pages > 1 || !NEEDS_TWO_PAGES.has(family)).map((family) =>
    slice(processes, pages, [family], devices),
  );

const pairsOf = (names: readonly FamilyName[]): readonly (readonly [FamilyName, FamilyName])[] =>
  names.flatMap((one, at) => names.slice(at + 1).map((other) => [one, other] as const));

const onePage = BESIDE_CORE.filter((family) => !NEEDS_TWO_PAGES.has(family));

/** The families with which the core at two processes and two pages remains small enough. */
const SMALL_BESIDE_CORE: readonly FamilyName[] = [
  'attach',
  'close',
  'kernel',
  'move',
  'advise',
  'exclusive',
  'file',
];

export const SLICE_CHAPTERS: readonly SliceChapter[] = [
  {
    title: 'The core, alone',
    slices: [
      slice(1, 1, []),
      slice(2, 1, []),
      slice(1, 2, []),
      slice(3, 1, []),
      slice(1, 3, []),
      slice(2, 2, []),
      { scope: { processes: 2, pages: 2, frames: 2, slots: 0 }, families: ['core'] },
    ],
  },
  { title: 'Two processes of one page, one family beside the core', slices: each(2, 1) },
  { title: 'One process of two pages, one family beside the core', slices: each(1, 2) },
  {
    title: 'Two devices',
    slices: [slice(1, 1, [], 2), slice(2, 2, [], 2), ...each(2, 1, 2), ...each(1, 2, 2)],
  },
  {
    title: 'One process of one page, two families beside the core',
    slices: pairsOf(onePage).map((families) => slice(1, 1, families)),
  },
  {
    title: 'Two processes of one page, two families beside the core, in the newest profile',
    newest: true,
    slices: pairsOf(onePage).map((families) => slice(2, 1, families)),
  },
  {
    title: 'One process of two pages, two families beside the core',
    slices: onePage.map((family) => slice(1, 2, ['move', family])),
  },
  {
    title: 'Two processes of two pages, one family beside the core, in the newest profile',
    newest: true,
    slices: SMALL_BESIDE_CORE.map((family) => slice(2, 2, [family])),
  },
];
