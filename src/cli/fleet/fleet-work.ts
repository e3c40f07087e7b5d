import { hostname } from 'node:os';
import { setTimeout } from 'node:timers/promises';
import type { Job } from 'bullmq';
import { contentOf, declarationOf } from '../../corpus/journal.ts';
import { SUITE_AND_VERSION } from '../../corpus/suite.ts';
import { EXIT, type ExitCode } from '../../report/exit-code.ts';
import { BlockRunner } from '../../run/block-runner.ts';
import { shrinkLocally } from '../../run/profile-findings.ts';
import { runRecord, shrinkJobOf, shrinkKey, shrinkRecord, stretchRecord } from '../../run/records.ts';
import { Pace } from '../../search/certify.ts';
import type { Target } from '../../targets/target.ts';
import { type Io, UserError } from '../io.ts';
import { EndedRun, FleetJob, FleetRun, FleetTarget } from './fleet-records.ts';
import type { FleetStore } from './fleet-store.ts';

/** How often a worker asks whether there is a run, in milliseconds. */
const POLL_MS = 500;

/** Takes jobs of a fleet until its run ends. */
export async function fleetWork(
  target: Target,
  store: FleetStore,
  lockMs: number,
  io: Io,
): Promise<ExitCode> {
  io.stderr.write('Waiting for a run.\n');
  const fleet = await nextRun(store, io);
  if (fleet === undefined) return EXIT.interrupted;
  if (fleet.suite !== SUITE_AND_VERSION) {
    throw new UserError(EXIT.configuration, `The fleet runs ${fleet.suite}; this is ${SUITE_AND_VERSION}.`);
  }
  const own = fleetTarget(target, fleet);
  await store.offer('target', own);
  const declared = await store.get('target', FleetTarget);
  if (JSON.stringify(declared) !== JSON.stringify(own)) {
    throw new UserError(
      EXIT.configuration,
      'The target, or the revision of the suite, is not that of the other workers of the fleet. All workers of a run need the same.',
    );
  }
  const runner = new BlockRunner(target, fleet);
  let done = 0;
  const worker = store.work(lockMs, async (job, token) => {
    if (io.signal.aborted) return store.giveBack(job, token);
    const result = await perform(job, { target, runner, signal: io.signal });
    // An interrupted result is incomplete.
    if (io.signal.aborted) return store.giveBack(job, token);
    done++;
    return result;
  });
  io.stderr.write(`Working on ${hostname()} (process ${process.pid}).\n`);
  while (!io.signal.aborted && !(await isOver(fleet, store))) {
    await setTimeout(POLL_MS, undefined, { signal: io.signal }).catch(() => undefined);
  }
  await worker.close();
  io.stdout.write(
    `${io.signal.aborted ? 'Interrupted' : 'The run ended'} after ${done} jobs of this worker.\n`,
  );
  return io.signal.aborted ? EXIT.interrupted : EXIT.conforms;
}

async function nextRun(store: FleetStore, io: Io): Promise<FleetRun | undefined> {
  while (!io.signal.aborted) {
    const fleet = await store.get('run', FleetRun);
    if (fleet !== undefined) return fleet;
    await setTimeout(POLL_MS, undefined, { signal: io.signal }).catch(() => undefined);
  }
  return undefined;
}

/** A store that lost the run, because it was restarted without its data, gets it again from "start". */
async function isOver({ id }: FleetRun, store: FleetStore): Promise<boolean> {
  const present = await store.get('run', FleetRun);
  return present === undefined ? (await store.get('ended', EndedRun)) === id : present.id !== id;
}

const fleetTarget = (target: Target, fleet: FleetRun): FleetTarget => ({
  ...declarationOf(target, ''),
  spec: '',
  restarts: target.restart !== undefined,
  content: contentOf(target.hello, target.hello.profiles, fleet),
});

interface Means {
  readonly target: Target;
  readonly runner: BlockRunner;
  readonly signal: AbortSignal;
}

async function perform({ data }: Job, { target, runner, signal }: Means): Promise<unknown> {
  const job = FleetJob.parse(data);
  const pace = new Pace();
  const breathe = (): Promise<void> => pace.breathe();
  switch (job.kind) {
    case 'block': {
      const { profile, from, to } = job;
      const stretches = await runner.run(profile, from, to, { signal, onStretch: breathe });
      return stretches.map((stretch) => stretchRecord(profile, stretch));
    }
    case 'case':
      if (job.fresh) await target.restart?.();
      return runRecord(await target.run(job.case));
    case 'shrink': {
      const shrinkJob = shrinkJobOf(job.failing, target);
      return shrinkRecord(shrinkKey(shrinkJob), await shrinkLocally(shrinkJob, signal, breathe));
    }
  }
}
