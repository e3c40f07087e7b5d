import type { Finding } from './finding.ts';

/** What is saved of a finding; its run is known to whoever saves it. */
export type Keepsake = Pick<Finding, 'counterexample' | 'index' | 'directed'>;

/** Keeps findings where a run that is killed does not lose them. */
export interface FindingStore {
  /** Saves a finding and gives its file; undefined where it could not be saved. */
  save(finding: Keepsake): Promise<string | undefined>;
  /** Forgets the file of a finding that is saved in a better form, or that is one which is known already. */
  discard(file: string): Promise<void>;
}

/** Forgets the file of a case as it was found, once there is another file that stands for it. */
export async function forget(
  store: FindingStore | undefined,
  unreduced: string | undefined,
  standsForIt: string | undefined,
): Promise<void> {
  if (unreduced === undefined || standsForIt === undefined || unreduced === standsForIt) return;
  await store?.discard(unreduced);
}
