/**
 * The settings of `zone-device-conformance run` in `zdc.config.ts`, `.js`, `.mjs` or `.json`. Each is an option of the
 * command line, where its text is explained, and an option on the command line takes precedence. Paths are relative to the
 * directory in which the command is called.
 */
export interface Config {
  /** The JSON Schema of the file, for editors; otherwise unused. */
  readonly $schema?: string | undefined;
  /** The implementation, such as `stdio:python3 adapter.py`. `doctor` and `suite` use it, too. */
  readonly target?: string | undefined;
  /** The time limit for the hello of a target, such as `10s`. */
  readonly startupTimeout?: string | undefined;
  /** The time limit for one case, such as `10s`. */
  readonly caseTimeout?: string | undefined;
  /** The number of instances of the target. */
  readonly jobs?: number | undefined;
  /** The profiles to check; by default all that the target follows. */
  readonly profiles?: readonly string[] | undefined;
  /** The number of random cases in each profile, after the directed suite. */
  readonly runs?: number | undefined;
  /** A duration instead of `runs`, such as `60s`, for all profiles together. */
  readonly budget?: string | undefined;
  /** From 0 to 4,294,967,295; by default random. */
  readonly seed?: number | undefined;
  /** Ids or beginnings of ids: random cases focus on these requirements, and only their coverage is required. */
  readonly requirements?: readonly string[] | undefined;
  /** True to fail the run if a SHOULD is not followed. */
  readonly strict?: boolean | undefined;
  /** Formats of reports, each with its path or without: `junit=out/zdc.xml`, `html`. */
  readonly reports?: readonly string[] | undefined;
  /** The file of known failures. */
  readonly baseline?: string | undefined;
  /** The results that fail the run: `failure`, `pass`, `inconclusive`; an empty list for none. */
  readonly failOn?: readonly string[] | undefined;
  /** A hard time limit of the run, such as `5m`. */
  readonly totalTimeout?: string | undefined;
  /** The directory of saved counterexamples. */
  readonly corpus?: string | undefined;
  /** True to replay counterexamples of other targets as well. */
  readonly corpusAll?: boolean | undefined;
  /** False to leave out the directed suite. */
  readonly directed?: boolean | undefined;
  /** False to save no counterexamples. */
  readonly save?: boolean | undefined;
  /** True to end the run after the first finding. */
  readonly bail?: boolean | undefined;
  /** True to print the findings and the verdict only. */
  readonly quiet?: boolean | undefined;
  /** True to print the coverage of each requirement. */
  readonly verbose?: boolean | undefined;
}

/**
 * Returns the settings unchanged. In a configuration file it gives them their type.
 *
 * @example
 * ```ts
 * // zdc.config.ts
 * import { defineConfig } from 'zone-device-conformance';
 *
 * export default defineConfig({ target: 'stdio:python3 adapter.py', budget: '60s', reports: ['junit'] });
 * ```
 */
export const defineConfig = (config: Config): Config => config;
