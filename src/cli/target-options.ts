import { type Command, Option } from 'commander';
import { parseDuration, wholeNumber } from './option-values.ts';
import { EMBEDDED, parseTargetSpec, type TargetSpec } from './target-spec.ts';

export interface TargetFlags {
  readonly target?: TargetSpec;
  readonly startupTimeout?: number;
  readonly caseTimeout?: number;
}

const DESCRIPTION =
  'the implementation: "embedded" (the default), "embedded:mutant=ID" (with a planted bug), "linux" or ' +
  '"linux:kernel=6.1" (a kernel in a virtual machine; see "zdc linux --help"), or ' +
  '"stdio:COMMAND ARGUMENTS" (an adapter that speaks wire protocol v1)';

/** Adds the options for the target and its time limits. */
export const addTargetOptions = (verb: Command): Command =>
  verb
    .addOption(new Option('-t, --target <target>', DESCRIPTION).argParser(parseTargetSpec))
    .option('--startup-timeout <time>', 'time limit for the hello of a stdio target (10s)', parseDuration)
    .option('--case-timeout <time>', 'time limit for one case on a stdio target (10s)', parseDuration);

/** The selected target; by default the embedded implementation. */
export const targetOf = ({ target }: TargetFlags): TargetSpec => target ?? EMBEDDED;

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
