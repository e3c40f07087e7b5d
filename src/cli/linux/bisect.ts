import { relative, resolve } from 'node:path';
import { type CaseFile, readCaseFile } from '../../corpus/case-file.ts';
import { oneLine } from '../../corpus/printable.ts';
import { repetitionsFor } from '../../examine/repetition.ts';
import { EXIT, type ExitCode } from '../../report/exit-code.ts';
import { amount, duration } from '../../report/figures.ts';
import { replay, type ReplayOutcome } from '../../run/replay.ts';
import { type LinuxKernel, treeProblem } from '../../targets/linux/kernel.ts';
import type { Target } from '../../targets/target.ts';
import { type Io, UserError } from '../io.ts';
import { openTarget } from '../open-target.ts';
import type { LinuxSpec } from './linux-spec.ts';

/** A failure of any other rate is missed three times in a hundred thousand with so many times its repetitions. */
const SAFETY = 3;
/** Runs of a case with a race that always failed: its timing may differ in another kernel. */
const RUNS_OF_A_RACE = 20;
/** Runs of any other case that always failed. */
const RUNS = 3;
/** Runs on one start of the guest. */
const RUNS_OF_A_START = 5;

/** How often a counterexample is replayed before a kernel counts as good. */
export function bisectRuns({ flaky, case: testCase }: CaseFile): number {
  if (flaky !== undefined) return SAFETY * repetitionsFor(flaky);
  return testCase.commands.some(({ op }) => op === 'race') ? RUNS_OF_A_RACE : RUNS;
}

/** One step of a bisection: the answer for the tree as it is now, as an exit code for "git bisect run". */
export async function bisectStep(
  path: string,
  spec: LinuxSpec,
  build: () => Promise<{ readonly milliseconds: number }>,
  io: Io,
): Promise<ExitCode> {
  const file = await counterexample(path, spec.kernel, io);
  const answer = (code: ExitCode, text: string): ExitCode => {
    io.stdout.write(`${text} (exit ${code})\n`);
    return code;
  };
  try {
    const { milliseconds } = await build();
    io.stdout.write(`Built in ${duration(milliseconds)}.\n`);
  } catch (error) {
    if (!(error instanceof UserError) || error.exitCode === EXIT.interrupted) throw error;
    return answer(EXIT.cannotTell, `Cannot tell: the kernel could not be built.\n${error.message}\n`);
  }
  const opened = await openTarget(spec, {}, io.env);
  if (opened.kind === 'failure') {
    return answer(EXIT.cannotTell, `Cannot tell: ${opened.failure.message}\n${opened.failure.stderr}\n`);
  }
  const { target } = opened;
  const stop = (): void => target.interrupt?.();
  io.signal.addEventListener('abort', stop, { once: true });
  try {
    const { kind, text } = await verdictOn(target, file, io.signal);
    if (io.signal.aborted) return EXIT.interrupted;
    return answer(ANSWERS[kind], text);
  } finally {
    await target.close();
  }
}

const ANSWERS = { good: EXIT.conforms, bad: EXIT.violates, unknown: EXIT.cannotTell } as const;

interface BisectVerdict {
  readonly kind: keyof typeof ANSWERS;
  readonly text: string;
}

/** Replays a counterexample until it fails with its requirement, or often enough. */
export async function verdictOn(target: Target, file: CaseFile, signal: AbortSignal): Promise<BisectVerdict> {
  const runs = bisectRuns(file);
  let unexpected: string | undefined;
  for (let run = 0; run < runs && !signal.aborted; run++) {
    if (run > 0 && run % RUNS_OF_A_START === 0) await target.restart?.();
    const outcome = await replay(target, file.case, { earlier: file.earlier });
    const { verdict } = outcome;
    if (verdict.kind === 'violates' && verdict.violation.requirement === file.requirement) {
      return {
        kind: 'bad',
        text: `Bad: ${file.requirement} is violated, in run ${run + 1} of at most ${runs}.`,
      };
    }
    unexpected ??= reasonNotGood(outcome, file);
  }
  return unexpected === undefined
    ? { kind: 'good', text: `Good: ${file.requirement} was not violated in ${amount(runs, 'run')}.` }
    : { kind: 'unknown', text: `Cannot tell: ${unexpected}.` };
}

/** The reason why a run does not show that the kernel is good; undefined if it does. */
function reasonNotGood({ verdict, trace }: ReplayOutcome, file: CaseFile): string | undefined {
  if (verdict.kind === 'violates') return `the case violates ${verdict.violation.requirement} instead`;
  if (verdict.kind === 'inconclusive') return verdict.reason;
  if (trace?.observations[file.step] !== undefined) return undefined;
  return `step ${file.step + 1}, at which the case failed, was not sent, because this kernel lacks a capability`;
}

async function counterexample(path: string, kernel: LinuxKernel, io: Io): Promise<CaseFile> {
  const whole = resolve(io.cwd, path);
  const refuse = (reason: string): never => {
    throw new UserError(EXIT.configuration, `${oneLine(path)} cannot be used for a bisection: ${reason}.`);
  };
  if (kernel.kind !== 'tree') return refuse('the tree is missing; give it with --source DIR');
  if (!relative(kernel.folder, whole).startsWith('..')) {
    return refuse(
      'it is inside the source tree, which each step of the bisection changes; copy it elsewhere',
    );
  }
  const problem = treeProblem(kernel);
  if (problem !== undefined) throw new UserError(EXIT.configuration, problem);
  const contents = await readCaseFile(whole);
  if (contents.kind === 'counterexample') return contents.file;
  return refuse(contents.kind === 'faulty' ? contents.message : 'it is a case, not a counterexample');
}
