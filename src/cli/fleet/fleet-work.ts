import { hostname } from 'node:os';
import { setTimeout } from 'node:timers/promises';
import { contentHash, declarationOf } from '../../corpus/journal.ts';
import { SUITE_AND_VERSION } from '../../corpus/suite.ts';
import { EXIT, type ExitCode } from '../../report/exit-code.ts';
import { amount } from '../../report/figures.ts';
import { BlockRunner } from '../../run/block-runner.ts';
import { shrinkLocally } from '../../run/profile-findings.ts';
import { runRecord, shrinkJobOf, shrinkKey, shrinkRecord, stretchRecord } from '../../run/records.ts';
import { Pace } from '../../search/certify.ts';
import { AfterEarlier } from '../../targets/earlier-cases.ts';
import type { Target } from '../../targets/target.ts';
import { type Io, UserError } from '../io.ts';
import { EndedRun, FleetJob, fleetId, FleetRun, FleetTarget } from './fleet-records.ts';
import { type FleetStore, GiveBack } from './fleet-store.ts';

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
  const declaration = targetIn(target, fleet);
  const own = fleetId(declaration);
  const isOwn = (other: FleetTarget | undefined): boolean => other === undefined || fleetId(other) === own;
  await store.offer('target', declaration);
  if (!isOwn(await store.get('target', FleetTarget))) throw otherTarget();
  io.stderr.write(`Working on ${hostname()} (process ${process.pid}).\n`);

  const over = new AbortController();
  const signal = AbortSignal.any([io.signal, over.signal]);
  const runner = new BlockRunner(target, fleet);
  let isOtherTarget = false;
  let done = 0;
  const working = store.work(lockMs, signal, async (data) => {
    const job = FleetJob.parse(data);
    isOtherTarget = job.run === fleet.id && job.target !== own;
    if (job.run !== fleet.id || isOtherTarget) {
      over.abort();
      throw new GiveBack();
    }
    const result = await perform(job, { target, runner, signal });
    done++;
    return result;
  });
  const watching = (async () => {
    while (!signal.aborted && !(await isOver(fleet, store))) {
      await setTimeout(POLL_MS, undefined, { signal }).catch(() => undefined);
    }
    over.abort();
  })();
  await Promise.all([working, watching]);
  if (isOtherTarget) throw otherTarget();
  io.stdout.write(
    `${io.signal.aborted ? 'Interrupted' : 'The run ended'} after ${amount(done, 'job')} of this worker.\n`,
  );
  return io.signal.aborted ? EXIT.interrupted : EXIT.conforms;
}

const otherTarget = (): UserError =>
  new UserError(
    EXIT.configuration,
    'The target, or the revision of the suite, is not that of the other workers of the fleet. All workers of a run need the same.',
  );

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

const targetIn = (target: Target, fleet: FleetRun): FleetTarget =>
  FleetTarget.parse({
    ...declarationOf(target, ''),
    restarts: target.restart !== undefined,
    content: contentHash(target.hello, fleet.profiles ?? target.hello.profiles, fleet),
  });

interface Means {
  readonly target: Target;
  readonly runner: BlockRunner;
  readonly signal: AbortSignal;
}

async function perform({ task }: FleetJob, { target, runner, signal }: Means): Promise<unknown> {
  const pace = new Pace();
  const breathe = (): Promise<void> => pace.breathe();
  switch (task.kind) {
    case 'block': {
      const { profile, from, to } = task;
      const stretches = await runner.run(profile, from, to, { signal, onStretch: breathe });
      return stretches.map((stretch) => stretchRecord(profile, stretch));
    }
    case 'case': {
      const one = task.earlier === undefined ? target : new AfterEarlier(target, task.earlier);
      return runRecord(await one.run(task.case));
    }
    case 'shrink': {
      const shrinkJob = shrinkJobOf(task.failing, target);
      return shrinkRecord(shrinkKey(shrinkJob), await shrinkLocally(shrinkJob, signal, breathe));
    }
  }
}
