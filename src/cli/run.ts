import { type Command, InvalidArgumentError, Option } from 'commander';
import type { ProfileName } from '../../spec/profiles/profile.ts';
import type { RequirementId } from '../../spec/requirements/catalogue.ts';
import { type Baseline, compareWithBaseline } from '../report/baseline.ts';
import { EXIT, type ExitCode, exitCodeOf, FAIL_ON, type FailOn } from '../report/exit-code.ts';
import { amount } from '../report/figures.ts';
import { jsonReport } from '../report/json-report.ts';
import { caller } from '../report/replay-command.ts';
import { runText } from '../report/run-text.ts';
import { fitted } from '../report/text-layout.ts';
import { run } from '../run/run.ts';
import type { Finding } from '../shrink/finding.ts';
import { shellLine } from '../targets/command-line.ts';
import type { Target } from '../targets/target.ts';
import { keeper, replayFirst } from './corpus-phase.ts';
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
import { headText, progressDisplay } from './run-display.ts';

/** Covers every requirement often, and takes seconds on the embedded target. */
const DEFAULT_RUNS = 5000;
const MAX_RUNS = 1_000_000_000;

interface RunFlags extends TargetFlags, ReplayFlags, JobsFlags {
  readonly profile?: readonly ProfileName[];
  readonly runs?: number;
  readonly budget?: number;
  readonly seed?: number;
  readonly requirement?: readonly RequirementId[];
  readonly strict?: boolean;
  readonly report?: readonly ReportRequest[];
  readonly ktap?: boolean;
  readonly baseline?: string;
  readonly failOn?: ReadonlySet<FailOn>;
  readonly totalTimeout?: number;
  readonly save: boolean;
  readonly directed: boolean;
  readonly verbose?: boolean;
}

const EXAMPLES = `
Examples:
  zdc run                                              check the embedded implementation
  zdc run --target "stdio:python3 adapter.py"          check an adapter
  zdc run --profile linux-6.1 --requirement fork       one profile, focused on one chapter
  zdc run --budget 10m --report junit=out/zdc.xml      in CI
  zdc run --seed 42 --runs 500                         the same 500 random cases each time
  zdc run --target linux --jobs 2                      a Linux kernel in two virtual machines

Exit codes: 0 conforms; 1 violation; 2 usage; 3 inconclusive, or a MUST that was not covered; 4 nothing applicable;
69 the target could not be started; 76 protocol error; 78 bad file or configuration, or a report or standard output that
could not be written; 130 interrupted.`;

/** Defines the verb that checks a target. */
export function defineRun(verb: Command, io: Io, done: (code: ExitCode) => void): void {
  addReplayOptions(addJobsOption(addTargetOptions(verb)))
    .description(
      'Checks an implementation: generates cases, runs them on the target, judges each observation, and shrinks each ' +
        'failing case to a minimal one.',
    )
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
      '--total-timeout <time>',
      'hard time limit: end the run after this time, even within a case',
      parseDuration,
    )
    .option('-v, --verbose', 'show coverage for each requirement instead of each chapter')
    .option(
      '--no-directed',
      'skip the directed suite, the fixed cases that begin every run and cover each requirement that the target ' +
        'can show ("zdc suite" lists them)',
    )
    .option('--no-save', 'do not save counterexamples')
    .addHelpText('after', `${REPORT_HELP}${EXAMPLES}`)
    .action(async (flags: RunFlags) => {
      done(await runVerb(flags, io));
    });
}

async function runVerb(flags: RunFlags, io: Io): Promise<ExitCode> {
  await prepareReports(reportsIn(flags), io.cwd);
  const baseline = flags.baseline === undefined ? undefined : await readBaseline(flags.baseline, io.cwd);
  const spec = targetOf(flags);
  return withTarget(spec, flags, io, (first) =>
    withOthers({ spec, first, jobs: flags.jobs ?? 1, timeouts: flags }, io, (others) =>
      runTarget(first, others, spec.text, { ...flags, known: baseline }, io),
    ),
  );
}

async function runTarget(
  target: Target,
  others: readonly Target[],
  targetSpec: string,
  flags: RunFlags & { readonly known: Baseline | undefined },
  world: Io,
): Promise<ExitCode> {
  const reports = reportsIn(flags);
  const io = besideOutputs(
    reports.map(({ path }) => path),
    world,
  );
  const profiles = profilesFor(flags.profile, target.hello);
  const focus = flags.requirement ?? [];
  if (!isAnyJudgeable(focus, profiles, target.hello.capabilities)) {
    throw new UserError(
      EXIT.nothingApplicable,
      `Nothing applicable: none of the selected requirements can be judged in ${profiles.join(' or ')} with the ` +
        'capabilities of this target. "zdc spec ID" lists the capabilities that a requirement needs.',
    );
  }
  const seed = flags.seed ?? randomSeed();
  const runs = flags.runs ?? DEFAULT_RUNS;
  const strict = flags.strict ?? false;
  const limit = flags.totalTimeout === undefined ? undefined : AbortSignal.timeout(flags.totalTimeout);
  io.stdout.write(headText(target.hello, profiles, seed, paintFor(io)));
  const display = progressDisplay(io);
  const signal = limit === undefined ? io.signal : AbortSignal.any([io.signal, limit]);
  interruptOn(signal, [target, ...others]);
  const folder = corpusFolder(flags, io);
  const origin = { hello: target.hello, targetSpec, seed };
  const began = performance.now();
  const { budget, save } = flags;
  const corpus =
    flags.noCorpus === false
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
  const outcome = await run({
    target,
    others,
    targetSpec,
    profiles,
    seed,
    directed: flags.directed,
    budget: budget === undefined ? { runs } : { milliseconds: budget - (performance.now() - began) },
    focus,
    onProgress: display.listener,
    onFinding: (finding) => {
      display.note(foundLine(finding));
    },
    signal,
    totalTimeout: flags.totalTimeout,
    ...(save ? { store: keeper(io, folder, origin) } : {}),
    ...(corpus === undefined ? {} : { corpus }),
  }).finally(() => display.end());

  const gate = { strict, timedOut: !io.signal.aborted };
  const baseline =
    flags.known === undefined || flags.baseline === undefined
      ? undefined
      : compareWithBaseline(
          flags.baseline,
          flags.known,
          jsonReport(outcome, { exitCode: EXIT.conforms, strict }),
        );
  const exitCode = exitCodeOf(outcome, { ...gate, baseline, failOn: flags.failOn });
  const repeat = `${caller(io.cwd)} ${shellLine(wordsOf(targetSpec, seed, flags))}`;
  const text = runText(outcome, exitCodeOf(outcome, gate), {
    paint: paintFor(io),
    width: widthOf(io.stdout),
    verbose: flags.verbose ?? false,
    cwd: io.cwd,
    wanted: flags.budget === undefined ? runs : undefined,
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
const reportsIn = ({ report = [], ktap }: RunFlags): readonly ReportRequest[] =>
  ktap === true ? [...report, { kind: 'ktap', path: '-' }] : report;

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
  ...(flags.corpus === undefined ? [] : ['--corpus', flags.corpus]),
  ...(flags.noCorpus === false ? ['--no-corpus'] : []),
  ...(flags.corpusAll === true ? ['--corpus-all'] : []),
  ...(flags.directed ? [] : ['--no-directed']),
  ...(flags.budget === undefined
    ? ['--runs', String(flags.runs ?? DEFAULT_RUNS)]
    : ['--budget', `${flags.budget}ms`]),
  '--seed',
  String(seed),
];
