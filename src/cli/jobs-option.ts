import type { Command } from 'commander';
import { wholeNumber } from './whole-number.ts';

export interface JobsFlags {
  readonly jobs?: number;
}

/** More than any machine of today would thank one for; a guest takes 128 MB. */
const MOST_JOBS = 64;

/** Adds the option that says how many instances of a target are judged at a time. */
export const addJobsOption = (verb: Command): Command =>
  verb.option(
    '-j, --jobs <count>',
    'how many instances of the target run cases at the same time: processes, or virtual machines; the cases and what ' +
      'is said of them are the same (default: 1)',
    wholeNumber(1, MOST_JOBS),
  );
