import { type Command, InvalidArgumentError, Option } from 'commander';
import type { ProfileName } from '../../spec/profiles/profile.ts';
import type { RequirementId } from '../../spec/requirements/catalogue.ts';
import { EXIT, FAIL_ON, type FailOn } from '../report/exit-code.ts';
import { COVERAGES, type CoverageName, scopeAsOption } from '../report/specification-text.ts';
import type { SpecificationSlice, StrategyName } from '../search/case-plan.ts';
import type { FamilyName } from '../../spec/model/families.ts';
import type { Scope } from '../../spec/vocabulary/scope.ts';
import { collectFailUnder, sliceOf } from './slice-option.ts';
import type { Shard } from '../run/profile-cases.ts';
import type { RunOptions } from '../run/run-options.ts';
import { UserError } from './io.ts';
import { didYouMean } from './nearest.ts';
import {
  type BudgetFlag,
  budgetOption,
  type JobsFlags,
  type ReplayFlags,
  type TargetFlags,
  timeOf,
} from './options.ts';
import { collectReport, type ReportRequest } from './report-option.ts';

/** Covers every requirement often, and takes seconds on the embedded target. */
export const DEFAULT_RUNS = 5000;
export const MAX_RUNS = 1_000_000_000;
/** Four extra states in the smallest slice are more cases than a run may have. */
export const MAX_EXTRA_STATES = 3;

export interface RunFlags extends TargetFlags, ReplayFlags, JobsFlags {
  readonly profile?: readonly ProfileName[];
  readonly runs?: number;
  readonly budget?: BudgetFlag;
  readonly seed?: number;
  readonly requirement?: readonly RequirementId[];
  readonly strategy?: StrategyName;
  readonly extraStates?: number;
  readonly scope?: Scope;
  readonly families?: readonly FamilyName[];
  readonly failUnder?: ReadonlyMap<CoverageName, number>;
  readonly strict?: boolean;
  readonly report?: readonly ReportRequest[];
  readonly ktap?: boolean;
  readonly baseline?: string;
  readonly failOn?: ReadonlySet<FailOn>;
  readonly totalTimeout?: number;
  readonly save: boolean;
  readonly directed: boolean;
  readonly verbose?: boolean;
  readonly shard?: Shard;
  readonly journal?: string;
  readonly resume?: string;
  readonly coverage?: boolean;
  readonly quiet?: boolean;
  readonly bail?: boolean;
  readonly watch?: readonly string[];
  readonly printConfig?: boolean;
  /** The configuration file that was given; false for `--no-config`. */
  readonly config?: string | false;
}

/** Adds the options for results: strictness, reports, baseline, saving. */
export const addReportOptions = (verb: Command): Command =>
  verb
    .option('--strict', 'fail the run if a SHOULD is not followed')
    .option(
      '--report <format=path>',
      'also write a report in one of the formats below; may be repeated',
      collectReport,
    )
    .option('--ktap', 'write KTAP to standard output, and everything else to standard error')
    .option(
      '--baseline <file>',
      'a list of known failures: only other failures, and known ones that pass, fail the run',
    )
    .option(
      '--fail-on <results>',
      `the results that fail the run, separated by commas: ${FAIL_ON.join(', ')}, or none (default: all). "pass" is a ` +
        'known failure that passes',
      parseFailOn,
    )
    .option(
      '--fail-under <coverage=percent>',
      `fail the run (exit 3) if less is covered: ${COVERAGES.join(', ')}; may be repeated. States and transitions need ` +
        'a run with --scope; transitions that the target declined do not count',
      collectFailUnder,
    )
    .option('-v, --verbose', 'show coverage for each requirement instead of each chapter')
    .addOption(new Option('-q, --quiet', 'print the findings and the verdict only').conflicts('verbose'))
    .option('--no-save', 'do not save counterexamples');

/** Parses the results that fail a run. */
function parseFailOn(text: string): ReadonlySet<FailOn> {
  const names = text === 'none' ? [] : text.split(',');
  const found = names.map((name) => {
    const result = FAIL_ON.find((one) => one === name);
    if (result !== undefined) return result;
    throw new InvalidArgumentError(
      `Expected ${FAIL_ON.join(', ')} or none, separated by commas.${didYouMean(name, FAIL_ON)}`,
    );
  });
  return new Set(found);
}

/** Whether the strategy has an end of its own. */
const isExhaustive = ({ strategy = 'random' }: Pick<RunFlags, 'strategy'>): boolean => strategy !== 'random';

function budgetIn(flags: RunFlags): RunOptions['budget'] {
  if (flags.budget === undefined)
    return flags.runs === undefined && isExhaustive(flags)
      ? { untilEnd: true }
      : { runs: flags.runs ?? DEFAULT_RUNS };
  if (flags.budget === 'until-quiet' && isExhaustive(flags)) {
    throw new UserError(
      EXIT.usage,
      `--strategy ${flags.strategy} determines the end of the run itself: leave out --budget until-quiet.`,
    );
  }
  return flags.budget === 'until-quiet' ? { untilQuiet: true } : { milliseconds: flags.budget };
}

/** The settings of a run that determine its results. */
export const settingsOf = (
  flags: RunFlags & { readonly seed: number },
  profiles: readonly ProfileName[],
): Pick<RunOptions, 'profiles' | 'seed' | 'budget' | 'focus' | 'directed' | 'strategy' | 'slice'> => ({
  profiles,
  seed: flags.seed,
  budget: budgetIn(flags),
  focus: flags.requirement ?? [],
  directed: flags.directed,
  strategy: flags.strategy ?? 'random',
  slice: sliceIn(flags),
});

/** Refuses options that a part of a run cannot follow. */
export function checkShard(flags: RunFlags): void {
  if (flags.shard === undefined || flags.resume !== undefined) return;
  if (flags.seed === undefined) {
    throw new UserError(EXIT.usage, 'All shards of a run need the same seed: add --seed with a number.');
  }
  if (flags.budget === 'until-quiet') {
    throw new UserError(
      EXIT.usage,
      'A shard cannot determine whether all shards together are quiet: give --runs or a time instead of --budget until-quiet.',
    );
  }
  if (reportsIn(flags).length > 0 || flags.baseline !== undefined || flags.failUnder !== undefined) {
    throw new UserError(
      EXIT.usage,
      'A shard is a part of a run: give --report, --ktap, --baseline and --fail-under to "zdc merge", which has the results ' +
        'of all shards.',
    );
  }
}

/** The requested reports; `--ktap` is one of them. */
export const reportsIn = ({
  report = [],
  ktap,
}: Pick<RunFlags, 'report' | 'ktap'>): readonly ReportRequest[] =>
  ktap === true ? [...report, { kind: 'ktap', path: '-' }] : report;

/** The slice of the specification that the flags describe. */
function sliceIn({
  strategy = 'random',
  extraStates,
  scope,
  families,
  failUnder,
}: RunFlags): SpecificationSlice | undefined {
  if (extraStates !== undefined && strategy !== 'complete') {
    throw new UserError(EXIT.usage, '--extra-states requires --strategy complete.');
  }
  const slice = sliceOf(scope, families);
  if (slice !== undefined) return slice;
  const needs = [
    ...(strategy === 'random' ? [] : [`--strategy ${strategy}`]),
    ...(families === undefined ? [] : ['--families']),
    ...(['states', 'transitions'] as const).flatMap((name) =>
      failUnder?.has(name) === true ? [`--fail-under ${name}`] : [],
    ),
  ];
  const [need] = needs;
  if (need === undefined) return undefined;
  throw new UserError(EXIT.usage, `${need} needs a world size, such as --scope 2x1x1.`);
}

/** Refuses a journal of a strategy whose cases depend on more than the journal records. */
export function checkJournal(flags: RunFlags): void {
  const given = (['shard', 'journal', 'resume'] as const).find((name) => flags[name] !== undefined);
  if (given === undefined || flags.strategy !== 'complete') return;
  throw new UserError(
    EXIT.usage,
    `--strategy complete cannot be combined with --${given}: its cases depend on the choices that the target made in all ` +
      'earlier ones, which a journal does not record. To divide the work, run the profiles, or slices with fewer --families, ' +
      'one by one. --budget and Ctrl-C end the run with the claim for as many extra states as all cases were run for.',
  );
}

/** The time for shrinking one counterexample of a killed run; undefined if this run has no time limit. */
export function shareOf({ budget, totalTimeout = Infinity }: RunFlags): number | undefined {
  const whole = Math.min(timeOf(budget) ?? Infinity, totalTimeout);
  return whole === Infinity ? undefined : whole / 10;
}

/** The arguments of a command that generates the same cases. */
export const wordsOf = (targetSpec: string, seed: number, flags: RunFlags): string[] => [
  'run',
  '--target',
  targetSpec,
  ...(flags.profile ?? []).flatMap((name) => ['--profile', name]),
  ...(flags.requirement ?? []).flatMap((id) => ['--requirement', id]),
  ...(flags.strategy === undefined || flags.strategy === 'random' ? [] : ['--strategy', flags.strategy]),
  ...(flags.extraStates === undefined ? [] : ['--extra-states', String(flags.extraStates)]),
  ...(flags.scope === undefined ? [] : ['--scope', scopeAsOption(flags.scope)]),
  ...(flags.families === undefined
    ? []
    : ['--families', flags.families.map((one) => one.replaceAll(' ', '-')).join(',')]),
  ...(flags.config === undefined
    ? []
    : flags.config === false
      ? ['--no-config']
      : ['--config', flags.config]),
  ...(flags.corpus === undefined ? [] : ['--corpus', flags.corpus]),
  ...(flags.noCorpus === false ? ['--no-corpus'] : []),
  ...(flags.corpusAll === true ? ['--corpus-all'] : []),
  ...(flags.directed ? [] : ['--no-directed']),
  ...(flags.budget === undefined
    ? isExhaustive(flags) && flags.runs === undefined
      ? []
      : ['--runs', String(flags.runs ?? DEFAULT_RUNS)]
    : ['--budget', budgetOption(flags.budget)]),
  '--seed',
  String(seed),
];

/** The arguments of a command that continues an interrupted run; undefined if it wrote no journal. */
export function continuingWords(
  targetSpec: string,
  { journal, resume = journal }: RunFlags,
): string[] | undefined {
  if (resume === undefined) return undefined;
  // A file never determines which program is started.
  const target = targetSpec.startsWith('stdio:') ? ['--target', targetSpec] : [];
  return ['run', '--resume', resume, ...target];
}
