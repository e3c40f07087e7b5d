import type { Command } from 'commander';
import { wholeNumber } from './whole-number.ts';

export interface JobsFlags {
  readonly jobs?: number;
}

/** A guest takes 128 MB, so more than this exhausts most machines. */
const MAX_JOBS = 64;

/** Adds the option for the number of instances of a target. */
export const addJobsOption = (verb: Command): Command =>
  verb.option(
    '-j, --jobs <count>',
    'number of instances of the target (processes or virtual machines) that run cases concurrently; the cases and the ' +
      'report do not depend on it (default: 1)',
    wholeNumber(1, MAX_JOBS),
  );
