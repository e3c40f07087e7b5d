import type { Finding } from '../shrink/finding.ts';

/** The part of a finding that is saved; the caller knows the run. */
export type SavedFinding = Pick<Finding, 'counterexample' | 'index' | 'directed'>;

/** Saves findings so that a run that is killed does not lose them. */
export interface FindingStore {
  /** Saves a finding and returns its file; undefined if it could not be saved. */
  save(finding: SavedFinding): Promise<string | undefined>;
  /** Deletes the file of a finding that is saved in another file, or that is a duplicate. */
  discard(file: string): Promise<void>;
}

/** Deletes the file of an unshrunk case once another file replaces it. */
export async function forget(
  store: FindingStore | undefined,
  unshrunk: string | undefined,
  standsForIt: string | undefined,
): Promise<void> {
  if (unshrunk === undefined || standsForIt === undefined || unshrunk === standsForIt) return;
  await store?.discard(unshrunk);
}
