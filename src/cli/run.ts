import { type Command, Option } from 'commander';
import { type ExitCode } from '../report/exit-code.ts';
import { STRATEGIES } from '../search/case-plan.ts';
import { FAMILY_NAMES, parseFamilies, parseScope } from './slice-option.ts';
import { SINGLE_SHARD } from '../run/profile-cases.ts';
import { WorkerThreads } from '../run/worker-threads.ts';
import { journalHead } from '../corpus/journal.ts';
import { oneLine } from '../corpus/printable.ts';
import type { Target } from '../targets/target.ts';
import { addConfigOption, settingsIn } from './config-file.ts';
import { coverageText, withCoverage } from './linux/coverage-text.ts';
import { type Io, paintFor } from './io.ts';
import { withOthers, withTarget } from './open-target.ts';
import {
  addJobsOption,
  addReplayOptions,
  addTargetOptions,
  collectProfile,
  collectRequirements,
  parseBudget,
  parseDuration,
  parseSeed,
  profilesFor,
  randomSeed,
  targetOf,
  wholeNumber,
} from './options.ts';
import { readBaseline } from './baseline.ts';
import { REPORT_HELP } from './report-option.ts';
import { besideOutputs, prepareReports } from './report-writer.ts';
import { runOnChange } from './run-on-change.ts';
import { flagsIn, openJournal, readJournalFile, refused, targetIn } from './run-journal.ts';
import type { TargetSpec } from './target-spec.ts';
import { parseShard } from './shard-option.ts';
import {
  addReportOptions,
  checkJournal,
  checkShard,
  DEFAULT_RUNS,
  MAX_EXTRA_STATES,
  MAX_RUNS,
  reportsIn,
  type RunFlags,
  settingsOf,
} from './run-flags.ts';
import { runTarget } from './run-target.ts';

const EXAMPLES = `
Examples:
  zdc run                                              check the embedded implementation
  zdc run --target "stdio:python3 adapter.py"          check an adapter
  zdc run --profile linux-6.1 --requirement fork       one profile, focused on one chapter
  zdc run --budget 10m --report junit=out/zdc.xml      in CI
  zdc run --seed 42 --runs 500                         the same 500 random cases each time
  zdc run --strategy transitions --scope 2x1x1         every transition of the core in a small world
  zdc run --strategy complete --scope 2x1x1 --extra-states 1
                                                       a complete suite for it: the claim is printed with its assumptions
  zdc run --target linux --jobs 2                      a Linux kernel in two virtual machines
  zdc run --budget 8h --journal night.jsonl            a long run; "zdc run --resume night.jsonl" continues it
  zdc run --seed 42 --shard 3/7                        the third of seven parts; "zdc merge" puts them together
  zdc run --target linux:source=../linux --coverage    also print the lines of its mm/ that the run reached

Exit codes: 0 conforms; 1 violation; 2 usage; 3 inconclusive, or a MUST that was not covered; 4 nothing applicable;
69 the target could not be started; 76 protocol error; 78 bad file or configuration, or conforms but a report or
standard output could not be written; 130 interrupted.`;

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
        '"auto" takes i and n from the environment of GitLab, Slurm, CircleCI or Buildkite; "auto/n" takes only i from it, ' +
        'or from that of Kubernetes',
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
        'continue the run of a journal, with its settings; a stdio target must be given again with --target',
      ).conflicts([
        'profile',
        'runs',
        'budget',
        'seed',
        'requirement',
        'directed',
        'shard',
        'journal',
        'strategy',
        'scope',
        'families',
      ]),
    )
    .addOption(
      new Option(
        '--bail',
        'end the run after the first finding, or the first saved counterexample that still fails',
      ).conflicts(['baseline', 'shard']),
    )
    .option(
      '--watch <file...>',
      'run again whenever one of these files changes, such as the adapter when it is rebuilt; saved counterexamples are replayed ' +
        'first. Ctrl-C ends it',
    )
    .addOption(
      new Option(
        '--strategy <name>',
        'the cases after the directed suite: "random" (the default); "transitions": tours that execute each command in each state ' +
          'of a slice of the specification that admits it; or "complete": a complete test suite for the slice by the HSI method',
      ).choices(STRATEGIES),
    )
    .option(
      '--extra-states <count>',
      'with --strategy complete: the number of states that the target may have besides those that the suite finds (default: 0). ' +
        'Each one multiplies the cases by the number of commands',
      wholeNumber(0, MAX_EXTRA_STATES),
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
      '--coverage',
      'for a kernel built with "zdc linux build --set coverage": print the lines of mm/migrate_device.c, ' +
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
      'duration instead of a number of cases, for all profiles together: 30s, 5m; or "until-quiet": each profile ends when ' +
        'the later half of its cases has shown nothing new. The directed suite always runs in full',
      parseBudget,
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

async function runVerb(given: RunFlags, io: Io): Promise<ExitCode> {
  const resumed = given.resume === undefined ? undefined : await readJournalFile(given.resume, io.cwd);
  const flags =
    resumed === undefined
      ? given
      : { ...given, ...flagsIn(resumed), target: targetIn(resumed, given.target) };
  checkShard(flags);
  checkJournal(flags);
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
        flags.shard ?? SINGLE_SHARD,
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
        }).catch(refused(`The journal ${oneLine(journal?.path ?? '')} cannot be continued`));
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
