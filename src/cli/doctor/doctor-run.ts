import { run } from '../../run/run.ts';
import { hasProblems, type RunOutcome } from '../../run/outcome.ts';
import { counterexampleText } from '../../report/counterexample-text.ts';
import { EXIT, type ExitCode, FAILURES, strongest } from '../../report/exit-code.ts';
import { amount } from '../../report/figures.ts';
import type { Paint } from '../../report/paint.ts';
import { printable } from '../../corpus/printable.ts';
import type { Target } from '../../targets/target.ts';
import type { Io } from '../io.ts';
import { examineProbe, type ProbeResult, isWell } from './examine-probe.ts';
import { untriedText, wellText, wrongText } from './doctor-text.ts';
import type { Probe } from './probe.ts';

/** The number of cases of the last stage: enough for the errors of most adapters, and fast. */
const CASES = 100;
/** A fixed seed, so that a fixed error does not reappear by chance. */
const SEED = 1;

/** The result of a stage. */
export interface Stage {
  readonly exitCode: ExitCode;
  /** The number of pages that the target reported as moved. */
  readonly moved: number;
}

/** Runs the probes of a stage until one fails. */
export async function runProbes(
  probes: readonly Probe[],
  target: Target,
  io: Io,
  paint: Paint,
): Promise<Stage> {
  let moved = 0;
  for (const [index, probe] of probes.entries()) {
    let wrong: ProbeResult | undefined;
    for (const profile of target.hello.profiles) {
      if (io.signal.aborted) return { exitCode: EXIT.interrupted, moved };
      const examined = await examineProbe(probe, target, profile);
      moved += examined.moved;
      wrong ??= isWell(examined) ? undefined : examined;
    }
    if (wrong === undefined) {
      io.stdout.write(`${wellText(probe, paint)}\n`);
      continue;
    }
    io.stdout.write(`${wrongText(wrong, target.hello, paint)}\n`);
    const left = probes.length - index - 1;
    if (left > 0) io.stdout.write(`${untriedText(left, paint)}\n`);
    return { exitCode: wrong.exitCode, moved };
  }
  return { exitCode: EXIT.conforms, moved };
}

/** A short run with all commands, with the same cases every time. */
export async function runAltogether(
  target: Target,
  targetSpec: string,
  io: Io,
  paint: Paint,
): Promise<ExitCode> {
  // Only the first finding is printed, so the run ends with it.
  const found = new AbortController();
  const outcome = await run({
    target,
    targetSpec,
    profiles: target.hello.profiles,
    seed: SEED,
    budget: { runs: CASES },
    focus: [],
    signal: AbortSignal.any([io.signal, found.signal]),
    onFinding: () => {
      found.abort();
    },
  });
  const codes = codesOf({ ...outcome, interrupted: io.signal.aborted });
  if (codes.length === 0) {
    io.stdout.write(
      `  ${paint.green('✓')} ${amount(CASES, 'random case')} in each profile: no problem found\n`,
    );
    return EXIT.conforms;
  }
  const exitCode = strongest(codes);
  io.stdout.write(`${problemInRun(outcome, exitCode, paint)}\n`);
  return exitCode;
}

/** The text of the first problem, in the precedence of the exit code. */
export function problemInRun(
  { target, profiles, verdict }: RunOutcome,
  exitCode: ExitCode,
  paint: Paint,
): string {
  const finding = profiles.flatMap(({ findings }) => findings)[0];
  if (finding !== undefined) {
    const circumstances = {
      capabilities: target.capabilities,
      shrinking: undefined,
      found: undefined,
      replay: undefined,
    };
    return `\n${counterexampleText(finding.counterexample, circumstances, paint)}`;
  }
  const error = profiles.flatMap(({ protocolErrors }) => protocolErrors)[0];
  if (error !== undefined) return `  ${paint.red('✗')} ${printable(error.failure.message)}`;
  if (exitCode === EXIT.interrupted) return `  ${paint.yellow('!')} interrupted`;
  const disagreement = profiles.flatMap(({ disagreements }) => disagreements)[0];
  if (disagreement !== undefined) {
    const { property, step, message } = disagreement;
    return (
      `  ${paint.yellow('!')} model and property ${property} disagree at step ${step + 1} (${message}): a bug of this ` +
      'suite, not of the adapter; please report it'
    );
  }
  const reason = profiles.flatMap((one) => one.inconclusiveReason ?? one.setAsideReason ?? [])[0];
  return `  ${paint.yellow('!')} ${printable(reason ?? `verdict of the run: ${verdict}`)}`;
}

/** The exit codes of the problems. Requirements that the short run did not cover are not problems. */
function codesOf({ profiles, interrupted }: RunOutcome): readonly ExitCode[] {
  return [
    ...(interrupted ? [EXIT.interrupted] : []),
    ...profiles.flatMap((profile) => [
      ...(profile.findings.length > 0 ? [EXIT.violates] : []),
      ...profile.protocolErrors.map(({ failure }) => FAILURES[failure.kind]),
      ...(hasProblems(profile) ? [EXIT.inconclusive] : []),
    ]),
  ];
}
