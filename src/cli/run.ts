import { type Command, InvalidArgumentError, Option } from 'commander';
import type { ProfileName } from '../../spec/profiles/profile.ts';
import type { RequirementId } from '../../spec/requirements/catalogue.ts';
import { type Baseline, compareWithBaseline } from '../report/baseline.ts';
import { EXIT, type ExitCode, exitCodeOf, FAIL_ON, type FailOn } from '../report/exit-code.ts';
import { COVERAGES, type CoverageName, missedCoverage, scopeInWords } from '../report/specification-text.ts';
import { MAX_SLICE_STATES, SliceTooLarge } from '../run/specification.ts';
import { type SpecificationSlice, STRATEGIES, type StrategyName } from '../search/case-plan.ts';
import type { FamilyName } from '../../spec/model/families.ts';
import type { Scope } from '../../spec/vocabulary/scope.ts';
import { collectFailUnder, FAMILY_NAMES, parseFamilies, parseScope, sliceOf } from './slice-option.ts';
import { amount } from '../report/figures.ts';
import { jsonReport } from '../report/json-report.ts';
import { caller } from '../report/replay-command.ts';
import { runText } from '../report/run-text.ts';
import { fitted } from '../report/text-layout.ts';
import { WHOLE, type Shard } from '../run/profile-cases.ts';
import type { RunOptions } from '../run/run-options.ts';
import { run } from '../run/run.ts';
import { WorkerThreads } from '../run/worker-threads.ts';
import { journalHead } from '../corpus/journal.ts';
import type { Finding } from '../shrink/finding.ts';
import { shellLine } from '../targets/command-line.ts';
import type { Target } from '../targets/target.ts';
import { addConfigOption, settingsIn } from './config-file.ts';
import { keeper, replayFirst } from './corpus-phase.ts';
import { coverageText, withCoverage } from './linux/coverage-text.ts';
import { type Io, isTerminal, paintFor, UserError, widthOf } from './io.ts';
import { didYouMean } from './nearest.ts';
import { interruptOn, withOthers, withTarget } from './open-target.ts';
import {
  addJobsOption,
  addReplayOptions,
  addTargetOptions,
  collectProfile,
  collectRequirements,
  corpusFolder,
  isAnyJudgeable,
  type JobsFlags,
  parseDuration,
  parseSeed,
  profilesFor,
  randomSeed,
  type ReplayFlags,
  type TargetFlags,
  targetOf,
  wholeNumber,
} from './options.ts';
import { readBaseline } from './baseline.ts';
import { collectReport, REPORT_HELP, type ReportRequest } from './report-option.ts';
import { besideOutputs, prepareReports, writeReports } from './report-writer.ts';
import { headText, NO_PROGRESS, progressDisplay } from './run-display.ts';
import { runOnChange } from './run-on-change.ts';
import {
  flagsIn,
  readJournalFile,
  type OpenJournal,
  openJournal,
  shardText,
  targetIn,
} from './run-journal.ts';
import type { TargetSpec } from './target-spec.ts';
import { parseShard } from './shard-option.ts';

/** Covers every requirement often, and takes seconds on the embedded target. */
export const DEFAULT_RUNS = 5000;
const MAX_RUNS = 1_000_000_000;

export interface RunFlags extends TargetFlags, ReplayFlags, JobsFlags {
  readonly profile?: readonly ProfileName[];
  readonly runs?: number;
  readonly budget?: number;
  readonly seed?: number;
  readonly requirement?: readonly RequirementId[];
  readonly strategy?: StrategyName;
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
}

const EXAMPLES = `
Examples:
  zdc run                                              check the embedded implementation
  zdc run --target "stdio:python3 adapter.py"          check an adapter
  zdc run --profile linux-6.1 --requirement fork       one profile, focused on one chapter
  zdc run --budget 10m --report junit=out/zdc.xml      in CI
  zdc run --seed 42 --runs 500                         the same 500 random cases each time
  zdc run --strategy transitions --scope 2x1x1         every transition of the core in a small world
  zdc run --target linux --jobs 2                      a Linux kernel in two virtual machines
  zdc run --budget 8h --journal night.jsonl            a long run; "zdc run --resume night.jsonl" continues it
  zdc run --seed 42 --shard 3/7                        the third of seven parts; "zdc merge" puts them together
  zdc run --target linux:source=../linux --coverage    and the lines of its mm/ that the run reached

Exit codes: 0 conforms; 1 violation; 2 usage; 3 inconclusive, or a MUST that was not covered; 4 nothing applicable;
69 the target could not be started; 76 protocol error; 78 bad file or configuration, or a report or standard output that
could not be written; 130 interrupted.`;

/** Defines the verb that checks a target. */
export function defineRun(verb: Command, io: Io, done: (code: ExitCode) => void): void {
  addConfigOption(
    addReportOptions(addReplayOptions(addCaseOptions(addJobsOption(addTargetOptions(verb))))),
    io,
  )
    .description(
      'Checks an implementation: generates cases, runs them on the target, judges each observation, and shrinks each ' +
        'failing case to a minimal one.',
    )
    .option(
      '--shard <i/n>',
      'run the i-th of n parts of the cases and write its results to a journal; "zdc merge" puts the journals together. ' +
        '"auto" takes both numbers from the environment of GitLab, Slurm, CircleCI or Buildkite; "auto/n" the first one, ' +
        'from that of Kubernetes, too',
      (text: string) => parseShard(text, io.env),
    )
    .addOption(
      new Option(
        '--journal <file>',
        'write all results to this file as they are found, so that "--resume" continues the run if it is killed ' +
          '(with --shard, by default zdc-shard-I-of-N.jsonl)',
      ),
    )
    .addOption(
      new Option(
        '--resume <file>',
        'continue the run of a journal, with its settings; a stdio target is named again',
      ).conflicts(['profile', 'runs', 'budget', 'seed', 'requirement', 'directed', 'shard', 'journal']),
    )
    .addOption(
      new Option(
        '--bail',
        'end the run after the first finding, or the first saved counterexample that still fails',
      ).conflicts(['baseline', 'shard']),
    )
    .option(
      '--watch <file...>',
      'run again whenever one of these files changes, such as the adapter when it is rebuilt; saved counterexamples come ' +
        'first. Ctrl-C ends it',
    )
    .addOption(
      new Option(
        '--strategy <name>',
        'the cases after the directed suite: "random" (the default), or "transitions": tours that execute each command in each state ' +
          'of a slice of the specification that admits it',
      ).choices(STRATEGIES),
    )
    .option(
      '--scope <size>',
      'measure the coverage of the specification in worlds of this size, and generate cases of this size alone: ' +
        'processes x pages x frames, optionally x pin slots x devices',
      parseScope,
    )
    .option(
      '--families <list>',
      `with --scope: further commands of the slice besides the core, separated by commas: ${FAMILY_NAMES.slice(1).join(', ')}`,
      parseFamilies,
    )
    .option(
      '--fail-under <coverage=percent>',
      `fail the run (exit 3) if less is covered: ${COVERAGES.join(', ')}; may be repeated. States and transitions need ` +
        '--scope; transitions that the target declined do not count',
      collectFailUnder,
    )
    .option(
      '--coverage',
      'of a Linux kernel: build it with "zdc linux build --set coverage", and print the lines of mm/migrate_device.c, ' +
        'mm/hmm.c, mm/memremap.c and the device-private paths of mm/huge_memory.c that the run reached',
    )
    .option(
      '--print-config',
      'print the settings of the command line and the configuration file as JSON, and end',
    )
    .addHelpText('after', `${REPORT_HELP}${EXAMPLES}`)
    .action(async (flags: RunFlags) => {
      if (flags.printConfig === true) io.stdout.write(`${JSON.stringify(settingsIn(verb), null, 2)}\n`);
      else if (flags.watch === undefined) done(await runVerb(flags, io));
      else done(await runOnChange(flags.watch, io, () => runVerb(flags, io)));
    });
}

/** Adds the options that determine the cases of a run. */
export const addCaseOptions = (verb: Command): Command =>
  verb
    .option(
      '-p, --profile <name>',
      'the profile to check; may be repeated (default: all profiles of the target)',
      collectProfile,
    )
    .addOption(
      new Option(
        '-n, --runs <count>',
        `number of random cases in each profile, after the directed suite (default: ${DEFAULT_RUNS})`,
      )
        .argParser(wholeNumber(1, MAX_RUNS))
        .conflicts('budget'),
    )
    .option(
      '-b, --budget <time>',
      'duration instead of a number of cases, for all profiles together: 30s, 5m. The directed suite always runs in full',
      parseDuration,
    )
    .option(
      '-s, --seed <number>',
      'the same seed gives the same random cases (default: random; it is printed)',
      parseSeed,
    )
    .option(
      '-r, --requirement <id>',
      'an id or the beginning of ids: focus on these requirements, and require coverage of these alone; may be repeated',
      collectRequirements,
    )
    .option(
      '--total-timeout <time>',
      'hard time limit: end the run after this time, even within a case',
      parseDuration,
    )
    .option(
      '--no-directed',
      'skip the directed suite, the fixed cases that begin every run and cover each requirement that the target ' +
        'can show ("zdc suite" lists them)',
    );

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
    .option('-v, --verbose', 'show coverage for each requirement instead of each chapter')
    .addOption(new Option('-q, --quiet', 'print the findings and the verdict only').conflicts('verbose'))
    .option('--no-save', 'do not save counterexamples');

async function runVerb(given: RunFlags, io: Io): Promise<ExitCode> {
  const resumed = given.resume === undefined ? undefined : await readJournalFile(given.resume, io.cwd);
  const flags =
    resumed === undefined
      ? given
      : { ...given, ...flagsIn(resumed), target: targetIn(resumed, given.target) };
  checkShard(flags);
  const slice = sliceIn(flags);
  if (slice !== undefined && (flags.shard ?? flags.journal ?? flags.resume) !== undefined) {
    throw new UserError(
      EXIT.usage,
      'Journals do not record the coverage of a slice: use --scope without --shard, --journal and --resume.',
    );
  }
  await prepareReports(reportsIn(flags), io.cwd);
  const known = flags.baseline === undefined ? undefined : await readBaseline(flags.baseline, io.cwd);
  const counted = flags.coverage === true ? withCoverage(targetOf(flags), io) : undefined;
  const spec = counted ?? targetOf(flags);
  const exitCode = await withTarget(spec, flags, io, (first) =>
    withOthers({ spec, first, jobs: flags.jobs ?? 1, timeouts: flags }, io, async (others) => {
      const profiles = profilesFor(flags.profile, first.hello);
      const seed = flags.seed ?? randomSeed();
      const head = journalHead(
        first,
        { ...settingsOf({ ...flags, seed }, profiles), targetSpec: spec.text },
        flags.shard ?? WHOLE,
      );
      const journal = await openJournal(
        { head, path: flags.journal, resumed, shard: flags.shard },
        first,
        io.cwd,
      );
      const threads = threadsFor(first, spec, { ...flags, seed });
      try {
        return await runTarget(first, others, spec.text, { ...flags, seed, known }, io, {
          ...(threads === undefined ? {} : { workers: threads.source }),
          ...(journal === undefined ? {} : { journal }),
          ...(flags.shard === undefined ? {} : { shard: flags.shard }),
        });
      } finally {
        await threads?.close();
        await journal?.close();
      }
    }),
  );
  if (counted !== undefined && counted.coverage.guests + counted.coverage.lost > 0) {
    const { coverage } = counted;
    const { stdout } = besideOutputs(
      reportsIn(flags).map(({ path }) => path),
      io,
    );
    stdout.write(coverageText(await coverage.files(), coverage, paintFor(io)));
  }
  return exitCode;
}

/** Threads for the embedded target, if several instances were requested. */
function threadsFor(
  { deterministic }: Target,
  spec: TargetSpec,
  { jobs = 1, seed, requirement: focus = [], directed, scope }: RunFlags & { readonly seed: number },
): WorkerThreads | undefined {
  // The coverage of a slice is recorded in this thread.
  if (spec.kind !== 'embedded' || jobs === 1 || deterministic !== true || scope !== undefined)
    return undefined;
  return new WorkerThreads(jobs, { mutant: spec.mutant?.id, seed, focus, directed });
}

/** Whether the strategy has an end of its own. */
const isExhaustive = ({ strategy = 'random' }: Pick<RunFlags, 'strategy'>): boolean => strategy !== 'random';

/** The settings of a run that determine its results. */
const settingsOf = (
  flags: RunFlags & { readonly seed: number },
  profiles: readonly ProfileName[],
): Pick<RunOptions, 'profiles' | 'seed' | 'budget' | 'focus' | 'directed'> => ({
  profiles,
  seed: flags.seed,
  budget:
    flags.budget === undefined
      ? { runs: flags.runs ?? (isExhaustive(flags) ? Infinity : DEFAULT_RUNS) }
      : { milliseconds: flags.budget },
  focus: flags.requirement ?? [],
  directed: flags.directed,
});

/** Refuses options that a part of a run cannot follow. */
function checkShard(flags: RunFlags): void {
  if (flags.shard === undefined || flags.resume !== undefined) return;
  if (flags.seed === undefined) {
    throw new UserError(EXIT.usage, 'All shards of a run need the same seed: add --seed with a number.');
  }
  if (reportsIn(flags).length > 0 || flags.baseline !== undefined) {
    throw new UserError(
      EXIT.usage,
      'A shard is a part of a run: give --report, --ktap and --baseline to "zdc merge", which has the results of all shards.',
    );
  }
}

/** The parts of a run that are executed or recorded elsewhere. */
export interface RunParts extends Pick<
  RunOptions,
  'workers' | 'shrink' | 'shard' | 'onProgress' | 'onFinding'
> {
  readonly journal?: OpenJournal;
}

/** Runs the suite on a target, and reports the results. */
export async function runTarget(
  target: Target,
  others: readonly Target[],
  targetSpec: string,
  flags: RunFlags & { readonly seed: number; readonly known: Baseline | undefined },
  world: Io,
  { journal, onProgress, onFinding, ...parts }: RunParts,
): Promise<ExitCode> {
  const { known } = flags;
  const reports = reportsIn(flags);
  const io = besideOutputs(
    reports.map(({ path }) => path),
    world,
  );
  const profiles = profilesFor(flags.profile, target.hello);
  const { seed } = flags;
  const settings = settingsOf(flags, profiles);
  const { focus } = settings;
  if (!isAnyJudgeable(focus, profiles, target.hello.capabilities)) {
    throw new UserError(
      EXIT.nothingApplicable,
      `Nothing applicable: none of the selected requirements can be judged in ${profiles.join(' or ')} with the ` +
        'capabilities of this target. "zdc spec ID" lists the capabilities that a requirement needs.',
    );
  }
  const slice = sliceIn(flags);
  const strict = flags.strict ?? false;
  const limit = flags.totalTimeout === undefined ? undefined : AbortSignal.timeout(flags.totalTimeout);
  const quiet = flags.quiet ?? false;
  if (!quiet) io.stdout.write(headText(target.hello, profiles, seed, paintFor(io)));
  const display = quiet ? NO_PROGRESS : progressDisplay(io);
  const signal = limit === undefined ? io.signal : AbortSignal.any([io.signal, limit]);
  interruptOn(signal, [target, ...others]);
  const folder = corpusFolder(flags, io);
  const origin = { hello: target.hello, targetSpec, seed };
  const began = performance.now() - (journal?.elapsed ?? 0);
  const { budget, save } = flags;
  // The counterexamples of earlier runs are replayed once for all shards, when these are merged.
  const corpus =
    flags.noCorpus === false || parts.shard !== undefined
      ? undefined
      : await replayFirst(
          {
            folder,
            target,
            origin,
            profiles,
            all: flags.corpusAll ?? false,
            save,
            // Saved counterexamples must not use up the time for new cases.
            milliseconds: budget === undefined ? undefined : budget / 2,
            share: shareOf(flags),
            signal,
            display,
          },
          io,
        );
  const ran = await run({
    ...settings,
    ...parts,
    target,
    others,
    targetSpec,
    ...(slice === undefined ? {} : { slice }),
    strategy: flags.strategy ?? 'random',
    onStates: (found, expanded) => {
      display.states(found, expanded);
    },
    budget: budget === undefined ? settings.budget : { milliseconds: budget - (performance.now() - began) },
    bail: flags.bail ?? false,
    onProgress: (progress) => {
      display.listener(progress);
      onProgress?.(progress);
    },
    onFinding: (finding) => {
      display.note(foundLine(finding));
      onFinding?.(finding);
    },
    signal,
    totalTimeout: flags.totalTimeout,
    ...(save ? { store: keeper(io, folder, origin) } : {}),
    ...(corpus === undefined ? {} : { corpus }),
    ...(journal === undefined ? {} : { journal: journal.recorded }),
  })
    .catch((error: unknown) => {
      throw error instanceof SliceTooLarge ? tooLarge() : error;
    })
    .finally(() => display.end());
  await journal?.finish(ran.interrupted);
  const outcome = journal?.isPartial === true ? { ...ran, interrupted: true } : ran;

  const gate = { strict, timedOut: !io.signal.aborted };
  if (parts.shard !== undefined) {
    io.stdout.write(shardText(outcome, parts.shard, journal?.path, io.cwd));
    return exitCodeOf(
      { ...outcome, verdict: outcome.verdict === 'nothing-applicable' ? 'conforms' : outcome.verdict },
      gate,
    );
  }
  const baseline =
    known === undefined || flags.baseline === undefined
      ? undefined
      : compareWithBaseline(flags.baseline, known, jsonReport(outcome, { exitCode: EXIT.conforms, strict }));
  const { failUnder, failOn } = flags;
  const missed = missedCoverage(outcome, failUnder);
  const exitCode = exitCodeOf(outcome, { ...gate, baseline, failOn, isCoverageMissed: missed.length > 0 });
  const repeat = `${caller(io.cwd)} ${shellLine(wordsOf(targetSpec, seed, flags))}`;
  const text = runText(outcome, exitCodeOf(outcome, gate), {
    paint: paintFor(io),
    width: widthOf(io.stdout),
    verbose: flags.verbose ?? false,
    quiet,
    cwd: io.cwd,
    wanted: 'runs' in settings.budget && settings.budget.runs !== Infinity ? settings.budget.runs : undefined,
    missed,
    repeat,
    final: exitCode,
    baseline,
  });
  // In a file or pipe the lines are not broken, so that the verdict is the last line.
  io.stdout.write(isTerminal(io.stdout) ? fitted(text, widthOf(io.stdout)) : text);
  const setting = { exitCode, strict, cwd: io.cwd, date: new Date(), baseline };
  const isReported = await writeReports(reports, outcome, setting, world);
  // A violation takes precedence over a report that could not be written.
  return isReported || exitCode !== EXIT.conforms ? exitCode : EXIT.configuration;
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
  scope,
  families,
  failUnder,
}: RunFlags): SpecificationSlice | undefined {
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

const tooLarge = (): UserError =>
  new UserError(
    EXIT.usage,
    `The slice has more than ${MAX_SLICE_STATES.toLocaleString('en')} states. Choose a smaller --scope or fewer --families.`,
  );

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

/** The time for shrinking one counterexample of a killed run; undefined if this run has no time limit. */
function shareOf({ budget = Infinity, totalTimeout = Infinity }: RunFlags): number | undefined {
  const whole = Math.min(budget, totalTimeout);
  return whole === Infinity ? undefined : whole / 10;
}

/** The line printed as soon as a finding is saved. */
function foundLine({ counterexample, file }: Finding): string {
  const { violation, case: testCase } = counterexample;
  const where = file === undefined ? '' : `: ${file}`;
  return `Found a violation of ${violation.requirement} in ${amount(testCase.commands.length, 'step')}${where}`;
}

/** The arguments of a command that generates the same cases. */
const wordsOf = (targetSpec: string, seed: number, flags: RunFlags): string[] => [
  'run',
  '--target',
  targetSpec,
  ...(flags.profile ?? []).flatMap((name) => ['--profile', name]),
  ...(flags.requirement ?? []).flatMap((id) => ['--requirement', id]),
  ...(flags.strategy === undefined || flags.strategy === 'random' ? [] : ['--strategy', flags.strategy]),
  ...(flags.scope === undefined ? [] : ['--scope', scopeInWords(flags.scope)]),
  ...(flags.families === undefined
    ? []
    : ['--families', flags.families.map((one) => one.replaceAll(' ', '-')).join(',')]),
  ...(flags.corpus === undefined ? [] : ['--corpus', flags.corpus]),
  ...(flags.noCorpus === false ? ['--no-corpus'] : []),
  ...(flags.corpusAll === true ? ['--corpus-all'] : []),
  ...(flags.directed ? [] : ['--no-directed']),
  ...(flags.budget === undefined
    ? isExhaustive(flags) && flags.runs === undefined
      ? []
      : ['--runs', String(flags.runs ?? DEFAULT_RUNS)]
    : ['--budget', `${flags.budget}ms`]),
  '--seed',
  String(seed),
];
