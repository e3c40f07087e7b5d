import { randomInt } from 'node:crypto';
import { resolve } from 'node:path';
import { type Command, InvalidArgumentError, Option } from 'commander';
import { ProfileName } from '../../spec/profiles/profile.ts';
import {
  appliesTo,
  CATALOGUE,
  type CatalogueEntry,
  CHAPTERS,
  findRequirement,
  type RequirementId,
} from '../../spec/requirements/catalogue.ts';
import { currentId } from '../../spec/requirements/renamed.ts';
import { missingFor } from '../../spec/requirements/requirement.ts';
import type { Capability } from '../../spec/vocabulary/capability.ts';
import { type Io, UserError } from './io.ts';
import { didYouMean } from './nearest.ts';
import { EMBEDDED, parseTargetSpec, type TargetSpec } from './target-spec.ts';
import { savingFolder } from '../corpus/save-case-file.ts';
import { EXIT } from '../report/exit-code.ts';
import type { Hello } from '../targets/target.ts';

/** A parser for integers within bounds. It rejects "12x" and "1e3", and does not round large numbers. */
export const wholeNumber =
  (least: number, most: number) =>
  (text: string): number => {
    const value = /^[0-9]{1,16}$/.test(text) ? Number(text) : Number.NaN;
    if (Number.isSafeInteger(value) && value >= least && value <= most) return value;
    throw new InvalidArgumentError(`Expected a whole number from ${least} to ${most}.`);
  };

/** Seeds have 32 bits. Larger numbers would be truncated and give the cases of another seed. */
const MAX_SEED = 4_294_967_295;

export const parseSeed = wholeNumber(0, MAX_SEED);

/** The seed of a run without `--seed`. */
export const randomSeed = (): number => randomInt(MAX_SEED + 1);

const UNITS: ReadonlyMap<string, number> = new Map([
  ['ms', 1],
  ['s', 1000],
  ['m', 60_000],
  ['h', 3_600_000],
]);

/** In milliseconds. Timers of Node are limited to 24 days; a day is enough for a run. */
const MAX_DURATION_MS = 24 * 3_600_000;

/** Parses a duration such as "500ms", "30s", "2m" or "1h" to milliseconds. */
export function parseDuration(text: string): number {
  const milliseconds = durationIn(text);
  if (milliseconds !== undefined) return milliseconds;
  throw new InvalidArgumentError(`${EXPECTED_DURATION}.`);
}

const EXPECTED_DURATION =
  'Expected a number with its unit (ms, s, m or h), such as 500ms, 30s or 2m, up to 24h';

function durationIn(text: string): number | undefined {
  const [, number, unit] = /^([0-9]{1,9}(?:\.[0-9]{1,3})?)(ms|s|m|h)$/.exec(text) ?? [];
  const milliseconds = Number(number) * (UNITS.get(unit ?? '') ?? Number.NaN);
  return milliseconds >= 1 && milliseconds <= MAX_DURATION_MS ? Math.round(milliseconds) : undefined;
}

/** The budget of a run: milliseconds, or until further cases show nothing new. */
export type BudgetFlag = number | typeof UNTIL_QUIET;
const UNTIL_QUIET = 'until-quiet';

export function parseBudget(text: string): BudgetFlag {
  const budget = text === UNTIL_QUIET ? text : durationIn(text);
  if (budget !== undefined) return budget;
  throw new InvalidArgumentError(`${EXPECTED_DURATION}; or ${UNTIL_QUIET}.`);
}

/** A budget as `parseBudget` reads it. */
export const budgetOption = (budget: BudgetFlag): string =>
  budget === UNTIL_QUIET ? budget : durationOption(budget);

/** The time of a budget; undefined without one. */
export const timeOf = (budget: BudgetFlag | undefined): number | undefined =>
  budget === UNTIL_QUIET ? undefined : budget;

/** A duration as `parseDuration` reads it, in the largest unit in which it is a whole number: 10s, 90s, 2m. */
export function durationOption(milliseconds: number): string {
  for (const [unit, length] of [...UNITS].toSorted(([, a], [, b]) => b - a)) {
    if (milliseconds % length === 0) return `${milliseconds / length}${unit}`;
  }
  return `${milliseconds}ms`;
}

export interface TargetFlags {
  readonly target?: TargetSpec;
  readonly startupTimeout?: number;
  readonly caseTimeout?: number;
}

const targets = (byDefault: string): string =>
  `the implementation (default: ${byDefault}): "embedded", "embedded:mutant=ID" (with a planted bug), "linux" or ` +
  '"linux:source=DIR" (a kernel in a virtual machine; see "zdc linux --help"), "linux:here" (the running kernel), or ' +
  '"stdio:COMMAND ARGUMENTS" (an adapter that speaks wire protocol v1)';

/** Adds the options for the target and its time limits. */
export const addTargetOptions = (verb: Command, byDefault = 'embedded'): Command =>
  verb
    .addOption(new Option('-t, --target <target>', targets(byDefault)).argParser(parseTargetSpec))
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
    'number of instances of the target (processes, virtual machines, or threads for the embedded one) that run cases ' +
      'concurrently; the cases and the ' +
      'report do not depend on it (default: 1)',
    wholeNumber(1, MAX_JOBS),
  );

/** Parses the name of a profile and appends it to the preceding ones. */
export function collectProfile(text: string, before: readonly ProfileName[] = []): readonly ProfileName[] {
  const parsed = ProfileName.safeParse(text);
  if (parsed.success) return before.includes(parsed.data) ? before : [...before, parsed.data];
  const { options } = ProfileName;
  throw new InvalidArgumentError(`The profiles are ${options.join(', ')}.${didYouMean(text, options)}`);
}

/** The profiles to check: the selected ones, which the target must follow; by default all that it follows. */
export function profilesFor(asked: readonly ProfileName[] | undefined, hello: Hello): readonly ProfileName[] {
  if (asked === undefined) return hello.profiles;
  const strange = asked.filter((name) => !hello.profiles.includes(name));
  if (strange.length === 0) return asked;
  throw new UserError(
    EXIT.nothingApplicable,
    `Nothing applicable: the target does not follow ${strange.join(' and ')}; it follows ${hello.profiles.join(', ')}.`,
  );
}

/** The requirements with this current or former id, of this chapter, or with this prefix; none if there are none. */
export function findRequirements(text: string): readonly CatalogueEntry[] {
  const exact = CATALOGUE.filter(({ id }) => id === currentId(text));
  if (exact.length > 0) return exact;
  const chapter = CHAPTERS.find(({ name }) => name === text);
  if (chapter !== undefined) return chapter.requirements;
  return text === '' ? [] : CATALOGUE.filter(({ id }) => id.startsWith(text));
}

/** The message for a text that matches no requirement. */
export const noRequirement = (text: string): string =>
  `No requirement begins with "${text}".` +
  didYouMean(text, [...CATALOGUE.map(({ id }) => id), ...CHAPTERS.map(({ name }) => name)]);

/** Parses a requirement id or a prefix and appends the matching requirements to the preceding ones. */
export function collectRequirements(
  text: string,
  before: readonly RequirementId[] = [],
): readonly RequirementId[] {
  const found = findRequirements(text);
  if (found.length === 0) {
    throw new InvalidArgumentError(`${noRequirement(text)} "zdc spec" lists them.`);
  }
  return [...new Set([...before, ...found.map(({ id }) => id)])];
}

/** True if at least one of the selected requirements can be judged; without a selection, of all requirements. */
export const isAnyJudgeable = (
  focus: readonly RequirementId[],
  profiles: readonly ProfileName[],
  capabilities: ReadonlySet<Capability>,
): boolean =>
  focus.length === 0 ||
  focus.some((id) => {
    const requirement = findRequirement(id);
    return (
      requirement !== undefined &&
      missingFor(requirement, capabilities).length === 0 &&
      profiles.some((profile) => appliesTo(requirement, profile))
    );
  });

export interface CorpusFlags {
  readonly corpus?: string;
}

export interface ReplayFlags extends CorpusFlags {
  /** False if `--no-corpus` was given. */
  readonly noCorpus?: false;
  readonly corpusAll?: true;
}

/** `--no-corpus` has its own attribute name, so that commander can reject it together with `--corpus`. */
class NoCorpus extends Option {
  override attributeName(): string {
    return 'noCorpus';
  }
}

/** Adds the option for the folder of saved counterexamples. */
export const addCorpusOption = (verb: Command): Command =>
  verb.option(
    '--corpus <folder>',
    'directory of saved counterexamples (default: reports/runs in a checkout of this project, .zdc elsewhere)',
  );

/** Adds the options that select the counterexamples to replay. */
export const addReplayOptions = (verb: Command): Command =>
  addCorpusOption(verb)
    .addOption(
      new NoCorpus('--no-corpus', 'do not replay saved counterexamples at the start').conflicts([
        'corpus',
        'corpusAll',
      ]),
    )
    .option('--corpus-all', 'also replay counterexamples found on other targets');

/** The folder of saved counterexamples. */
export const corpusFolder = ({ corpus }: CorpusFlags, { cwd }: Io): string =>
  corpus === undefined ? savingFolder(cwd) : resolve(cwd, corpus);
