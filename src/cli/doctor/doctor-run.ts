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

/** Cases of the last stage: enough to find what is wrong with most adapters, over in a moment. */
const CASES = 100;
/** Always the same ones, so that what was mended stays mended. */
const SEED = 1;

/** What a stage came to. */
export interface Stage {
  readonly exitCode: ExitCode;
  /** How many pages the target was seen to move. */
  readonly moved: number;
}

/** Runs the probes of a stage until one goes wrong. */
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

/** A short run of everything together, of the same cases every time. */
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
  io.stdout.write(`${wrongInRun(outcome, exitCode, paint)}\n`);
  return exitCode;
}

/** The first thing that the exit code speaks of. */
export function wrongInRun(
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

/** What is wrong; requirements that so short a run did not come to are not. */
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
