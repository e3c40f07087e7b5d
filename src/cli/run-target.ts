import { type Baseline, type BaselineResult, compareWithBaseline } from '../report/baseline.ts';
import { EXIT, type ExitCode, exitCodeOf } from '../report/exit-code.ts';
import { missedCoverage } from '../report/specification-text.ts';
import { MAX_SLICE_STATES, SliceTooLarge } from '../run/specification.ts';
import { amount } from '../report/figures.ts';
import { jsonReport } from '../report/json-report.ts';
import { caller } from '../report/replay-command.ts';
import { runText } from '../report/run-text.ts';
import { fitted } from '../report/text-layout.ts';
import type { RunOptions } from '../run/run-options.ts';
import type { RunOutcome } from '../run/outcome.ts';
import { run } from '../run/run.ts';
import type { Finding } from '../shrink/finding.ts';
import { shellLine } from '../targets/command-line.ts';
import type { Target } from '../targets/target.ts';
import { keeper, replayFirst } from './corpus-phase.ts';
import { type Io, isTerminal, paintFor, UserError, widthOf } from './io.ts';
import { interruptOn } from './open-target.ts';
import { corpusFolder, isAnyJudgeable, profilesFor, timeOf } from './options.ts';
import { besideOutputs, writeReports } from './report-writer.ts';
import { headText, NO_PROGRESS, progressDisplay } from './run-display.ts';
import { type OpenJournal, shardText } from './run-journal.ts';
import { reportsIn, type RunFlags, settingsOf, shareOf, wordsOf, continuingWords } from './run-flags.ts';

/** The parts of a run that are executed or recorded elsewhere. */
export interface RunParts extends Pick<
  RunOptions,
  'workers' | 'shrink' | 'shard' | 'onProgress' | 'onFinding'
> {
  readonly journal?: OpenJournal;
}

/** The flags of a run whose seed and baseline are known. */
type KnownFlags = RunFlags & { readonly seed: number; readonly known: Baseline | undefined };

/** Runs the suite on a target, and reports the results. */
export async function runTarget(
  target: Target,
  others: readonly Target[],
  targetSpec: string,
  flags: KnownFlags,
  world: Io,
  parts: RunParts,
): Promise<ExitCode> {
  const reports = reportsIn(flags);
  const io = besideOutputs(
    reports.map(({ path }) => path),
    world,
  );
  const outcome = await executeRun(target, others, targetSpec, flags, io, parts);
  const gate = { strict: flags.strict ?? false, timedOut: !io.signal.aborted };
  const { shard, journal } = parts;
  if (shard !== undefined) {
    io.stdout.write(shardText(outcome, shard, journal?.path, io.cwd));
    return exitCodeOf(
      { ...outcome, verdict: outcome.verdict === 'nothing-applicable' ? 'conforms' : outcome.verdict },
      gate,
    );
  }
  const { exitCode, baseline } = printOutcome(outcome, gate, targetSpec, flags, io);
  const setting = { exitCode, strict: gate.strict, cwd: io.cwd, date: new Date(), baseline };
  const isReported = await writeReports(reports, outcome, setting, world);
  // A violation takes precedence over a report that could not be written.
  return isReported || exitCode !== EXIT.conforms ? exitCode : EXIT.configuration;
}

/** Replays the saved counterexamples, and runs the suite. */
async function executeRun(
  target: Target,
  others: readonly Target[],
  targetSpec: string,
  flags: KnownFlags,
  io: Io,
  { journal, onProgress, onFinding, ...parts }: RunParts,
): Promise<RunOutcome> {
  const { seed, budget, save, totalTimeout, quiet = false } = flags;
  const time = timeOf(budget);
  const profiles = profilesFor(flags.profile, target.hello);
  const settings = settingsOf(flags, profiles);
  if (!isAnyJudgeable(settings.focus, profiles, target.hello.capabilities)) {
    throw new UserError(
      EXIT.nothingApplicable,
      `Nothing applicable: none of the selected requirements can be judged in ${profiles.join(' or ')} with the ` +
        'capabilities of this target. "zdc spec ID" lists the capabilities that a requirement needs.',
    );
  }
  const limit = totalTimeout === undefined ? undefined : AbortSignal.timeout(totalTimeout);
  if (!quiet) io.stdout.write(headText(target.hello, profiles, seed, paintFor(io)));
  const display = quiet ? NO_PROGRESS : progressDisplay(io);
  const signal = limit === undefined ? io.signal : AbortSignal.any([io.signal, limit]);
  interruptOn(signal, [target, ...others]);
  const folder = corpusFolder(flags, io);
  const origin = { hello: target.hello, targetSpec, seed };
  const began = performance.now() - (journal?.elapsed ?? 0);
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
            milliseconds: time === undefined ? undefined : time / 2,
            share: shareOf(flags),
            signal,
            display,
          },
          io,
        );
  const outcome = await run({
    ...settings,
    ...parts,
    target,
    others,
    targetSpec,
    extraStates: flags.extraStates,
    onSlice: (progress) => {
      display.slice(progress);
    },
    budget: time === undefined ? settings.budget : { milliseconds: time - (performance.now() - began) },
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
    totalTimeout,
    ...(save ? { store: keeper(io, folder, origin) } : {}),
    ...(corpus === undefined ? {} : { corpus }),
    ...(journal === undefined ? {} : { journal: journal.recorded }),
    isPlanFixed: parts.shard !== undefined || journal?.isPlanFixed === true,
  })
    .catch((error: unknown) => {
      throw error instanceof SliceTooLarge ? tooLarge() : error;
    })
    .finally(() => display.end());
  await journal?.finish(outcome.interrupted);
  return journal?.isPartial === true ? { ...outcome, interrupted: true } : outcome;
}

/** Prints the report of a run, and returns its exit code and the comparison with its baseline. */
function printOutcome(
  outcome: RunOutcome,
  gate: { readonly strict: boolean; readonly timedOut: boolean },
  targetSpec: string,
  flags: KnownFlags,
  io: Io,
): { readonly exitCode: ExitCode; readonly baseline: BaselineResult | undefined } {
  const { known, failUnder, failOn, seed } = flags;
  const { strict } = gate;
  const baseline =
    known === undefined || flags.baseline === undefined
      ? undefined
      : compareWithBaseline(flags.baseline, known, jsonReport(outcome, { exitCode: EXIT.conforms, strict }));
  const missed = missedCoverage(outcome, failUnder);
  const exitCode = exitCodeOf(outcome, { ...gate, baseline, failOn, isCoverageMissed: missed.length > 0 });
  const { budget } = settingsOf(flags, []);
  const continuing = outcome.interrupted ? continuingWords(targetSpec, flags) : undefined;
  const text = runText(outcome, exitCodeOf(outcome, gate), {
    paint: paintFor(io),
    width: widthOf(io.stdout),
    verbose: flags.verbose ?? false,
    quiet: flags.quiet ?? false,
    cwd: io.cwd,
    wanted: 'runs' in budget ? budget.runs : undefined,
    missed,
    repeat: `${caller(io.cwd)} ${shellLine(wordsOf(targetSpec, seed, flags))}`,
    resume: continuing && `${caller(io.cwd)} ${shellLine(continuing)}`,
    final: exitCode,
    baseline,
  });
  // In a file or pipe the lines are not broken, so that the verdict is the last line.
  io.stdout.write(isTerminal(io.stdout) ? fitted(text, widthOf(io.stdout)) : text);
  return { exitCode, baseline };
}

const tooLarge = (): UserError =>
  new UserError(
    EXIT.usage,
    `The slice has more than ${MAX_SLICE_STATES.toLocaleString('en')} states. Choose a smaller --scope or fewer --families.`,
  );

/** The line printed as soon as a finding is saved. */
function foundLine({ counterexample, file }: Finding): string {
  const { violation, case: testCase } = counterexample;
  const where = file === undefined ? '' : `: ${file}`;
  return `Found a violation of ${violation.requirement} in ${amount(testCase.commands.length, 'step')}${where}`;
}
