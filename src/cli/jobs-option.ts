import type { Command } from 'commander';
import { wholeNumber } from './whole-number.ts';

export interface JobsFlags {
  readonly jobs?: number;
}

/** More than any machine of today would thank one for; a guest takes 128 MB. */
const MAX_JOBS = 64;

/** Adds the option that says how many instances of a target are judged at a time. */
export const addJobsOption = (verb: Command): Command =>
  verb.option(
    '-j, --jobs <count>',
    'number of instances of the target (processes or virtual machines) that run cases concurrently; the cases and the ' +
      'report do not depend on it (default: 1)',
    wholeNumber(1, MAX_JOBS),
  );
