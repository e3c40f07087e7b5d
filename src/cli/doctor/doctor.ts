import type { Command } from 'commander';
import { isMeantIn } from '../../../spec/vocabulary/capability.ts';
import { printable } from '../../corpus/printable.ts';
import { counterexampleText, stderrLines } from '../../report/counterexample-text.ts';
import { EXIT, type ExitCode, FAILURES, strongest } from '../../report/exit-code.ts';
import { amount } from '../../report/figures.ts';
import type { Paint } from '../../report/paint.ts';
import { caller } from '../../report/replay-command.ts';
import { wrap } from '../../report/text-layout.ts';
import { hasProblems, type RunOutcome } from '../../run/outcome.ts';
import { run } from '../../run/run.ts';
import { shellQuote } from '../../targets/command-line.ts';
import type { Target } from '../../targets/target.ts';
import { addConfigOption } from '../config-file.ts';
import { type Io, paintFor } from '../io.ts';
import { openTarget } from '../open-target.ts';
import { addTargetOptions, type TargetFlags, targetOf } from '../options.ts';
import { ABILITY_PROBES } from './ability-probes.ts';
import { CORE_PROBES, SIGHT_PROBES } from './core-probes.ts';
import { declarationText, helloText, stageText, untriedText, wellText, wrongText } from './doctor-text.ts';
import { examineProbe, isWell, type Probe, type ProbeResult } from './probe.ts';

const EXAMPLES = `
Examples:
  zdc doctor --target "stdio:python3 adapter.py"
  zdc doctor --target "stdio:./my-adapter --verbose" --case-timeout 60s

Run it after each step of writing an adapter (spec/protocol/ADAPTERS.md). The exit codes are those of "zdc run", but
requirements that were not covered do not count.`;

/** Defines the verb that reports the next problem of an adapter to fix. */
export function defineDoctor(verb: Command, io: Io, done: (code: ExitCode) => void): void {
  addConfigOption(addTargetOptions(verb), io)
    .description(
      'Checks an adapter step by step, and reports the next problem to fix: start, declared capabilities, core ' +
        'commands, each declared capability.',
    )
    .addHelpText('after', EXAMPLES)
    .action(async (flags: TargetFlags) => {
      done(await doctorVerb(flags, io));
    });
}

async function doctorVerb(flags: TargetFlags, io: Io): Promise<ExitCode> {
  const paint = paintFor(io);
  const spec = targetOf(flags);
  io.stdout.write(`${stageText(1, 'Start and hello', paint)}\n`);
  const opened = await openTarget(spec, flags, io.env, true);
  if (opened.kind === 'failure') {
    const { kind, message, stderr } = opened.failure;
    const lines = [...wrap(`  ${paint.red('✗')} ${printable(message)}`, '    '), ...stderrLines(stderr)];
    io.stdout.write(`${lines.join('\n')}\n`);
    return conclude(FAILURES[kind], spec.text, io);
  }
  const { target, unknownNames } = opened;
  try {
    io.stdout.write(`${helloText(target.hello, unknownNames, paint)}\n\n`);
    return conclude(await examine(target, spec.text, io), spec.text, io);
  } finally {
    await target.close();
  }
}

/** The stages after the hello. If the core fails, later stages are skipped, because they depend on it. */
async function examine(target: Target, targetSpec: string, io: Io): Promise<ExitCode> {
  const paint = paintFor(io);
  const { hello } = target;
  const say = (text: string): void => void io.stdout.write(`${text}\n`);
  say(`${stageText(2, 'Declared capabilities', paint)}\n${declarationText(hello, paint)}\n`);

  say(stageText(3, 'The core', paint));
  const core = await runProbes(CORE_PROBES, target, io, paint);
  if (core.exitCode !== EXIT.conforms) return core.exitCode;
  if (core.moved === 0) {
    say(
      `  ${paint.red('✗')} no page migrated: a target may skip pages, but without any migration nothing can be judged`,
    );
    return EXIT.inconclusive;
  }

  say(`\n${stageText(4, 'Declared commands', paint)}`);
  const declared = <P extends { readonly capability: (typeof ABILITY_PROBES)[number]['capability'] }>(
    probes: readonly P[],
  ): readonly P[] =>
    probes.filter(({ capability }) => capability !== undefined && hello.capabilities.has(capability));
  const abilities = await runStage(declared(ABILITY_PROBES), target, io);
  say(`\n${stageText(5, 'Declared observations', paint)}`);
  const sights = await runStage(declared(SIGHT_PROBES), target, io);
  const soFar = strongest([abilities, sights]);
  if (soFar !== EXIT.conforms) return soFar;

  say(`\n${stageText(6, 'All capabilities together', paint)}`);
  return runAltogether(target, targetSpec, io, paint);
}

async function runStage(probes: Parameters<typeof runProbes>[0], target: Target, io: Io): Promise<ExitCode> {
  const paint = paintFor(io);
  if (probes.length === 0) io.stdout.write(paint.dim('  none declared\n'));
  return (await runProbes(probes, target, io, paint)).exitCode;
}

function conclude(exitCode: ExitCode, targetSpec: string, io: Io): ExitCode {
  const paint = paintFor(io);
  const next = `${caller(io.cwd)} run --target ${shellQuote(targetSpec)}`;
  const text =
    exitCode === EXIT.conforms
      ? paint.green(`No problem found. Next: ${next}`)
      : exitCode === EXIT.interrupted
        ? paint.yellow('Interrupted.')
        : paint.red('Fix this, and run doctor again.');
  io.stdout.write(`\n${paint.bold(text)} ${paint.dim(`(exit ${exitCode})`)}\n`);
  return exitCode;
}

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
      // A target may refuse, for example, a world with blocks in a profile without large folios.
      if (probe.capability !== undefined && !isMeantIn(profile, probe.capability)) continue;
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
