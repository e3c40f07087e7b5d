/** Which case of a run. Random cases and the cases of the directed suite are numbered separately, each from 0. */
export interface CaseNumber {
  /** Of a random case: with the run's seed it makes the same case again. */
  readonly index: number;
  /** The name of a directed case; undefined for a random one. */
  readonly directed?: string | undefined;
}

/** "zdc suite" tells the rest of a directed case. */
export const caseInWords = ({ index, directed }: CaseNumber): string =>
  `${directed === undefined ? '' : 'directed '}case ${index}`;
