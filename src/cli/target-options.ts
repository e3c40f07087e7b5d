import { type Command, Option } from 'commander';
import { parseDuration } from './duration.ts';
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
