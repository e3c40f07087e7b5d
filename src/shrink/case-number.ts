/**
 * The number of a case in its profile. Random cases and the cases of the directed suite are numbered separately, from
 * 0.
 */
export interface CaseNumber {
  /** For a random case: together with the seed of the run, it determines the case. */
  readonly index: number;
  /** The name of a directed case; undefined for a random one. */
  readonly directed?: string | undefined;
}

/** "zdc suite" tells the rest of a directed case. */
export const caseInWords = ({ index, directed }: CaseNumber): string =>
  `${directed === undefined ? '' : 'directed '}case ${index}`;
