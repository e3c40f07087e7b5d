import type { ExitCode } from '../report/exit-code.ts';
import { isSameHello, type Target, type TargetFailure } from '../targets/target.ts';
import type { Io } from './io.ts';
import { openTarget, type TargetTimeouts, unopened } from './open-target.ts';
import type { TargetSpec } from './target-spec.ts';

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
  if (spec.kind === 'embedded') {
    if (jobs > 1) {
      io.stderr.write(
        '--jobs has no effect: the embedded implementation runs in this process, one case at a time.\n',
      );
    }
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
