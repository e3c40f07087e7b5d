import type { Io } from './io.ts';
import { linuxPlaces } from './linux/linux-spec.ts';
import type { TargetSpec } from './target-spec.ts';
import { printable } from '../corpus/printable.ts';
import { SUITE_AND_VERSION } from '../corpus/suite.ts';
import { stderrLines } from '../report/counterexample-text.ts';
import { type ExitCode, FAILURES } from '../report/exit-code.ts';
import { doctorCommand } from '../report/replay-command.ts';
import { EmbeddedTarget } from '../targets/embedded.ts';
import { LinuxTarget } from '../targets/linux/linux-target.ts';
import { StdioTarget } from '../targets/stdio.ts';
import { isSameHello, type Target, type TargetFailure } from '../targets/target.ts';

/** Time limits of a target, in milliseconds. */
export interface TargetTimeouts {
  readonly startupTimeout?: number | undefined;
  readonly caseTimeout?: number | undefined;
}

export type Opened =
  | { readonly kind: 'target'; readonly target: Target; readonly unknownNames: readonly string[] }
  | { readonly kind: 'failure'; readonly failure: TargetFailure };

/**
 * Starts a target.
 *
 * @param alwaysProgress request the progress of each command in every case, if the target can report it
 */
export async function openTarget(
  spec: TargetSpec,
  timeouts: TargetTimeouts,
  env: Io['env'],
  alwaysProgress = false,
): Promise<Opened> {
  if (spec.kind === 'embedded') {
    const { mutant } = spec;
    const target = new EmbeddedTarget(
      mutant === undefined ? {} : { mutation: mutant.mutation, suffix: `with mutant ${mutant.id}` },
    );
    return { kind: 'target', target, unknownNames: [] };
  }
  const { startupTimeout, caseTimeout } = timeouts;
  if (spec.kind === 'linux') {
    const { kernel, mutant, driver, also, largeFolios, machine, acceptsTaint, coverage } = spec;
    const started = await LinuxTarget.start({
      places: linuxPlaces(env),
      kernel,
      mutant: mutant?.id,
      driver,
      also,
      largeFolios,
      machine,
      acceptsTaint,
      coverage,
      suite: SUITE_AND_VERSION,
      startupTimeout,
      caseTimeout,
    });
    return started.kind === 'failure' ? started : { ...started, unknownNames: [] };
  }
  const started = await StdioTarget.start(spec.commandLine, {
    suite: SUITE_AND_VERSION,
    alwaysProgress,
    ...(startupTimeout === undefined ? {} : { startupTimeout }),
    ...(caseTimeout === undefined ? {} : { caseTimeout }),
  });
  if (started.kind === 'failure') return started;
  return { kind: 'target', target: started.target, unknownNames: started.target.unknownNames };
}

/** Starts a target, uses it, and ends it in every case. */
export async function withTarget(
  spec: TargetSpec,
  timeouts: TargetTimeouts,
  io: Io,
  use: (target: Target) => Promise<ExitCode>,
): Promise<ExitCode> {
  const opened = await openTarget(spec, timeouts, io.env);
  if (opened.kind === 'failure') return unopened(opened.failure, spec, io);
  interruptOn(io.signal, [opened.target]);
  try {
    return await use(opened.target);
  } finally {
    await opened.target.close();
  }
}

/** Ends running cases when the signal is aborted: a hanging case would take its whole time limit. */
export function interruptOn(signal: AbortSignal, targets: readonly Target[]): void {
  const interrupt = (): void => {
    for (const target of targets) target.interrupt?.();
  };
  if (signal.aborted) interrupt();
  else signal.addEventListener('abort', interrupt, { once: true });
}

/** Prints the reason why a target could not be started. */
function unopened({ kind, message, stderr }: TargetFailure, spec: TargetSpec, io: Io): ExitCode {
  io.stderr.write(`${[printable(message), ...stderrLines(stderr)].join('\n')}\n`);
  if (spec.kind === 'stdio') io.stderr.write(`To find the problem: ${doctorCommand(io.cwd, spec.text)}\n`);
  return FAILURES[kind];
}

/** The settings for further instances of a target. */
export interface Instances {
  readonly spec: TargetSpec;
  /** The running instance. */
  readonly first: Target;
  /** The total number of instances, including the first. */
  readonly jobs: number;
  readonly timeouts: TargetTimeouts;
}

/** Starts further instances of a running target concurrently, and ends them in every case. */
export async function withOthers(
  { spec, first, jobs, timeouts }: Instances,
  io: Io,
  use: (others: readonly Target[]) => Promise<ExitCode>,
): Promise<ExitCode> {
  const single = singleInstance(spec, first);
  if (single !== undefined) {
    if (jobs > 1) io.stderr.write(`--jobs has no effect: ${single}, one case at a time.\n`);
    return use([]);
  }
  // It runs in threads instead.
  if (spec.kind === 'embedded') {
    return use([]);
  }
  const opened = await Promise.all(
    Array.from({ length: jobs - 1 }, () => openTarget(spec, timeouts, io.env)),
  );
  const others = opened.flatMap((one) => (one.kind === 'target' ? [one.target] : []));
  try {
    const failure = opened.find((one) => one.kind === 'failure')?.failure ?? differingInstance(others, first);
    return failure === undefined ? await use(others) : unopened(failure, spec, io);
  } finally {
    await Promise.all(others.map((other) => other.close()));
  }
}

/** The reason why there is one instance of a target only; undefined if there may be more. */
function singleInstance(spec: TargetSpec, { deterministic }: Target): string | undefined {
  if (spec.kind === 'embedded') {
    return deterministic === true ? undefined : 'this planted bug carries state from one case to the next';
  }
  return spec.kind === 'linux' && spec.kernel.kind === 'here' ? 'a machine runs one test driver' : undefined;
}

/** All instances must be alike, because any of them may get any case. */
function differingInstance(others: readonly Target[], first: Target): TargetFailure | undefined {
  if (others.every(({ hello }) => isSameHello(hello, first.hello))) return undefined;
  return {
    kind: 'start',
    message: 'The target was started more than once, and its hello differs between starts.',
    step: undefined,
    stderr: '',
  };
}
