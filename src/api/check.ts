import { randomInt } from 'node:crypto';
import type { ProfileName } from '../../spec/profiles/profile.ts';
import { CATALOGUE, type RequirementId } from '../../spec/requirements/catalogue.ts';
import { caseFileOf } from '../corpus/case-file.ts';
import { discardUnshrunk, saveCaseFile } from '../corpus/save-case-file.ts';
import type { RunOutcome } from '../run/outcome.ts';
import { run } from '../run/run.ts';
import type { Target } from '../targets/target.ts';

/** Settings of a run; all optional. */
export interface CheckOptions {
  /** The versions of the rules to check; by default all that the target follows. */
  readonly profiles?: readonly ProfileName[];
  /** Number of random cases in each profile, after the directed suite; by default 1,000. */
  readonly runs?: number;
  /** Time in milliseconds for all profiles together, instead of `runs`. The directed suite always runs in full. */
  readonly milliseconds?: number;
  /** From 0 to 4,294,967,295. The same seed gives the same random cases; by default random, and in the report. */
  readonly seed?: number;
  /**
   * Ids of requirements, or of chapters (`fork`): random cases focus on them, and only their coverage is required. By
   * default all.
   */
  readonly requirements?: readonly string[];
  /** True to fail the run if a SHOULD is not followed. */
  readonly strict?: boolean;
  /** False to leave out the directed suite, the fixed cases that cover each requirement. */
  readonly directed?: boolean;
  /** A directory in which each counterexample is saved as JSON, for `zone-device-conformance replay`; by default none. */
  readonly save?: string;
  /** Ends the run early; the report then says so. */
  readonly signal?: AbortSignal;
}

const DEFAULT_RUNS = 1000;
const SEEDS = 2 ** 32;

/** How a target is named on the command line; by default the name in its hello. */
const specs = new WeakMap<Target, string>();

/** Records how the command line names a target, for the replay lines in reports. */
export const named = <T extends Target>(target: T, spec: string): T => {
  specs.set(target, spec);
  return target;
};

/** Runs the suite on a target. */
export function runSuite(target: Target, options: CheckOptions): Promise<RunOutcome> {
  const { hello } = target;
  const targetSpec = specs.get(target) ?? hello.name;
  const { profiles = hello.profiles, runs = DEFAULT_RUNS, milliseconds, save, signal } = options;
  const { seed = randomInt(SEEDS), directed = true } = options;
  const foreign = profiles.filter((one) => !hello.profiles.includes(one));
  if (foreign.length > 0) {
    throw new RangeError(
      `The target follows ${hello.profiles.join(', ')}; it cannot be checked against ${foreign.join(', ')}.`,
    );
  }
  return run({
    target,
    targetSpec,
    profiles,
    seed,
    directed,
    budget: milliseconds === undefined ? { runs } : { milliseconds },
    focus: (options.requirements ?? []).flatMap(requirementsNamed),
    ...(signal === undefined ? {} : { signal }),
    ...(save === undefined
      ? {}
      : {
          store: {
            save: (finding) => saveCaseFile(caseFileOf(finding, { hello, targetSpec, seed }), save),
            // If the unshrunk file cannot be removed, a redundant file remains. This does no harm.
            discard: (file) => discardUnshrunk(file).catch(() => undefined),
          },
        }),
  });
}

function requirementsNamed(text: string): readonly RequirementId[] {
  const found = CATALOGUE.filter(({ id }) => id === text || id.startsWith(`${text}.`)).map(({ id }) => id);
  if (found.length > 0) return found;
  throw new RangeError(`There is no requirement or chapter "${text}"; "requirements" lists them.`);
}
