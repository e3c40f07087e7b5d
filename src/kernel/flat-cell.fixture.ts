import type { Inheritance, MappingKind, Protection } from '../../spec/vocabulary/command.ts';

/** What a query for soft-dirty may answer. */
type Dirt = 'clean' | 'dirty' | 'either';

/** For the smoke test: what one process sees of one page. */
export interface Cell {
  kind: MappingKind | undefined;
  protection: Protection;
  value: number;
  /** Whether the file still shows, or nothing was made of a hole yet, as far as can be told. */
  notAccessed: boolean;
  poisoned: boolean;
  locked: boolean;
  watchesMissing: boolean;
  watchesStores: boolean;
  dirt: Dirt;
  inheritance: Inheritance;
  /** Advised free, and not used since. */
  free: boolean;
}

export const freshCell = (): Cell => ({
  kind: undefined,
  protection: 'none',
  value: 0,
  notAccessed: true,
  poisoned: false,
  locked: false,
  watchesMissing: false,
  watchesStores: false,
  dirt: 'dirty',
  inheritance: 'copy',
  free: false,
});

/** What an unmapped or discarded page holds: the file's page, where there is one. */
export const freshValue = (kind: MappingKind | undefined, page: number): number =>
  kind === 'file' ? 30_000 + page : 0;
