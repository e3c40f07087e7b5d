import { resolve } from 'node:path';
import { setTimeout } from 'node:timers/promises';
import { type Command, InvalidArgumentError, Option } from 'commander';
import { oneLine } from '../../corpus/printable.ts';
import { SUITE_AND_VERSION } from '../../corpus/suite.ts';
import { EXIT, type ExitCode } from '../../report/exit-code.ts';
import { amount, duration, figure } from '../../report/figures.ts';
import type { Progress } from '../../run/run-options.ts';
import { readBaseline } from '../baseline.ts';
import { addConfigOption } from '../config-file.ts';
import { fromHere } from '../corpus-phase.ts';
import { type Io, UserError } from '../io.ts';
import { withTarget } from '../open-target.ts';
import {
  addCorpusOption,
  addReplayOptions,
  addTargetOptions,
  type CorpusFlags,
  corpusFolder,
  parseDuration,
  randomSeed,
  type TargetFlags,
  targetOf,
} from '../options.ts';
import { REPORT_HELP } from '../report-option.ts';
import { prepareReports } from '../report-writer.ts';
import { addCaseOptions } from '../run.ts';
import { addReportOptions, reportsIn, type RunFlags, settingsOf } from '../run-flags.ts';
import { type RunParts, runTarget } from '../run-target.ts';
import { parseTargetSpec } from '../target-spec.ts';
import { saveShared, shareCorpus, shareFile } from './fleet-corpus.ts';
import { FleetProgress, fleetId, FleetRun, FleetTarget } from './fleet-records.ts';
import { FleetTargetProxy } from './fleet-start.ts';
import { FleetStore, type FleetAddress, storeName } from './fleet-store.ts';
import { fleetWork } from './fleet-work.ts';

interface PlaceFlags {
  readonly redis: string;
  readonly name: string;
}

/** A job whose worker does not respond for so long is given to another worker, in milliseconds. */
const LOCK_MS = 30_000;
const MIN_LOCK_MS = 1000;
/** The interval in which the progress is stored, in milliseconds. */
const PROGRESS_MS = 500;
/** How often "start" asks whether a worker has come, in milliseconds. */
const WAIT_MS = 200;

const HELP = `
One process deals blocks of cases, groups failures and reports ("start"); any number of processes on any machine run them on
targets of their own ("work"). They communicate through Redis or Valkey. The report does not depend on the workers: it is that of "zdc run"
with the same options. Needs the package bullmq: npm install bullmq@5

Examples:
  zdc fleet start --redis rediss://user:password@host:6379 --target "stdio:./adapter" --seed 1 --report html=zdc.html
  zdc fleet work --redis rediss://user:password@host:6379 --target "stdio:./adapter"     on each machine, once for each core
  zdc fleet status --redis rediss://user:password@host:6379

The URL may also be given in ZDC_REDIS, where other users of the machine do not see the password. Node reads the certificate of
an authority of your own from the file that NODE_EXTRA_CA_CERTS names. A worker that dies loses no block: another one runs it
after --stalled-after. If "start" is stopped, the same command continues the run. Each worker names its own target: nothing that
is read from the store determines which program is started.

Counterexamples are shared: "start" puts those of its corpus and of the run into the store, and replays those that it finds there;
"zdc fleet pull" saves them on any machine.`;

/** Adds the options for the store. */
const withPlace = (one: Command): Command =>
  one
    .addOption(
      new Option('--redis <url>', 'the store: redis://… or, with TLS, rediss://…')
        .argParser(parseUrl)
        .env('ZDC_REDIS')
        .makeOptionMandatory(),
    )
    .addOption(
      new Option('--name <name>', 'the name of the fleet; several fleets can share a store')
        .argParser(parseName)
        .default('fleet'),
    );

/** Defines the verbs that run cases on several machines. */
export function defineFleet(verb: Command, io: Io, done: (code: ExitCode) => void): void {
  verb
    .description('Runs cases on several machines, which share a queue in Redis or Valkey.')
    .addHelpText('after', HELP);
  const start = withPlace(verb.command('start')).addOption(
    new Option(
      '-t, --target <target>',
      'the target of the workers, by which counterexamples are saved and replayed; it is not started here',
    ).argParser(parseTargetSpec),
  );
  addConfigOption(addReportOptions(addReplayOptions(addCaseOptions(start))), io)
    .description('Deals the cases of a run to the workers, and reports the results.')
    .addHelpText('after', REPORT_HELP)
    .action(async (flags: RunFlags & PlaceFlags) => {
      done(await withStore(flags, io, (store) => startRun(flags, store, io)));
    });
  addConfigOption(addTargetOptions(withPlace(verb.command('work'))), io)
    .description('Runs cases of a fleet on a target, until the run of the fleet ends.')
    .option(
      '--stalled-after <time>',
      'the time after which the job of a worker that does not respond is given to another one (30s)',
      parseLock,
    )
    .action(async (flags: TargetFlags & PlaceFlags & { readonly stalledAfter?: number }) => {
      done(
        await withTarget(targetOf(flags), flags, io, (target) =>
          withStore(flags, io, (store) => fleetWork(target, store, flags.stalledAfter ?? LOCK_MS, io)),
        ),
      );
    });
  withPlace(verb.command('status'))
    .description('Shows the progress of the run of a fleet.')
    .action(async (flags: PlaceFlags) => {
      done(await withStore(flags, io, (store) => status(flags, store, io)));
    });
  addCorpusOption(withPlace(verb.command('pull')))
    .description('Saves the counterexamples of a fleet in the corpus of this machine.')
    .action(async (flags: PlaceFlags & CorpusFlags) => {
      done(
        await withStore(flags, io, async (store) => {
          const folder = corpusFolder(flags, io);
          const saved = await saveShared(store, folder);
          io.stdout.write(`${amount(saved, 'new counterexample')} in ${oneLine(fromHere(io.cwd, folder))}\n`);
          return EXIT.conforms;
        }),
      );
    });
  withPlace(verb.command('clear'))
    .description('Deletes an unfinished run and the shared counterexamples from the store.')
    .action(async (flags: PlaceFlags) => {
      done(
        await withStore(flags, io, async (store) => {
          const present = await store.get('run', FleetRun);
          await store.end(present?.id ?? '');
          await store.unshare();
          return EXIT.conforms;
        }),
      );
    });
}

function parseUrl(text: string): string {
  const protocol = URL.canParse(text) ? new URL(text).protocol : undefined;
  if (protocol === 'redis:' || protocol === 'rediss:') return text;
  throw new InvalidArgumentError(
    'Expected a URL such as redis://host:6379 or rediss://user:password@host:6379.',
  );
}

function parseName(text: string): string {
  if (/^[\w.-]{1,64}$/.test(text)) return text;
  throw new InvalidArgumentError('Expected up to 64 letters, digits, dots, hyphens and underscores.');
}

function parseLock(text: string): number {
  const milliseconds = parseDuration(text);
  if (milliseconds >= MIN_LOCK_MS) return milliseconds;
  throw new InvalidArgumentError('Expected at least 1s.');
}

async function withStore(
  place: FleetAddress,
  io: Io,
  use: (store: FleetStore) => Promise<ExitCode>,
): Promise<ExitCode> {
  const store = await FleetStore.open(place, io);
  try {
    return await use(store);
  } finally {
    await store.close();
  }
}

async function startRun(flags: RunFlags & PlaceFlags, store: FleetStore, io: Io): Promise<ExitCode> {
  if (flags.target === undefined) {
    throw new UserError(
      EXIT.usage,
      'Add --target: it names the target of the workers in saved counterexamples.',
    );
  }
  await prepareReports(reportsIn(flags), io.cwd);
  const known = flags.baseline === undefined ? undefined : await readBaseline(flags.baseline, io.cwd);
  const before = await store.get('run', FleetRun);
  const seed = flags.seed ?? before?.seed ?? randomSeed();
  const { requirement: focus = [], directed, profile, totalTimeout = Infinity } = flags;
  const settings = {
    suite: SUITE_AND_VERSION,
    seed,
    focus: [...focus],
    directed,
    ...(profile === undefined ? {} : { profiles: [...profile] }),
  };
  const length = settingsOf({ ...flags, seed }, []).budget;
  const fleet: FleetRun = { ...settings, id: fleetId([settings, length]) };
  if (before !== undefined && before.id !== fleet.id) {
    throw new UserError(
      EXIT.configuration,
      `${storeName(flags.redis)} has a run of the fleet "${flags.name}" with other options. Repeat its options to continue it, ` +
        'choose another --name, or delete it with "zdc fleet clear".',
    );
  }
  if (before !== undefined) io.stderr.write('Continuing the run in the store.\n');
  const began = performance.now();
  await store.removeFailed();
  await store.set('run', fleet);
  const declared = await firstTarget(store, totalTimeout, io);
  if (declared === undefined) return EXIT.interrupted;
  const proxy = new FleetTargetProxy(declared, store, fleet);
  const folder = corpusFolder(flags, io);
  if (flags.noCorpus === undefined) {
    await shareCorpus(store, folder, flags.target.text);
    if (flags.save) await saveShared(store, folder);
  }
  const sharing: Promise<void>[] = [];
  const { onProgress, onFinding } = progressIn(store);
  const left = Math.max(1, totalTimeout - (performance.now() - began));
  const code = await runTarget(
    proxy,
    [],
    flags.target.text,
    { ...flags, seed, known, ...(flags.totalTimeout === undefined ? {} : { totalTimeout: left }) },
    io,
    {
      workers: proxy.blocks,
      shrink: proxy.shrink,
      onProgress,
      onFinding: (finding) => {
        onFinding(finding);
        if (finding.file === undefined) return;
        // The finding is saved and reported here.
        sharing.push(shareFile(store, resolve(io.cwd, finding.file)).catch(() => undefined));
      },
    },
  );
  await Promise.all(sharing);
  if (proxy.isInterrupted) {
    io.stderr.write(
      'The run stays in the store: the same command continues it, "zdc fleet clear" deletes it.\n',
    );
  } else {
    await store.end(fleet.id);
  }
  return code;
}

/** Stores the progress of a run. */
function progressIn(store: FleetStore): Required<Pick<RunParts, 'onProgress' | 'onFinding'>> {
  const findings: string[] = [];
  let stored = -Infinity;
  return {
    onFinding: ({ counterexample: { violation, case: testCase } }) => {
      findings.push(`${violation.requirement} in ${amount(testCase.commands.length, 'step')}`);
    },
    onProgress: (progress) => {
      if (performance.now() - stored < PROGRESS_MS) return;
      stored = performance.now();
      // Nothing depends on it.
      void store.set('progress', progressRecord(progress, findings)).catch(() => undefined);
    },
  };
}

/** Waits for the first worker, which declares the target; undefined if the command was interrupted. */
async function firstTarget(
  store: FleetStore,
  totalTimeout: number,
  io: Io,
): Promise<FleetTarget | undefined> {
  const began = performance.now();
  let isTold = false;
  while (!io.signal.aborted) {
    const declared = await store.get('target', FleetTarget);
    if (declared !== undefined) return declared;
    if (performance.now() - began >= totalTimeout) {
      throw new UserError(EXIT.inconclusive, 'No worker connected within --total-timeout.');
    }
    if (!isTold) io.stderr.write('Waiting for a worker: zdc fleet work --redis … --target …\n');
    isTold = true;
    await setTimeout(WAIT_MS, undefined, { signal: io.signal }).catch(() => undefined);
  }
  return undefined;
}

const progressRecord = (
  {
    profile,
    profileNumber,
    profiles,
    phase,
    cases,
    directed,
    commands,
    covered,
    coverable,
    elapsed,
    left,
  }: Progress,
  findings: readonly string[],
): FleetProgress => ({
  profile,
  profileNumber,
  profiles,
  phase,
  cases: cases + directed.cases,
  commands,
  covered,
  coverable,
  findings: [...findings],
  elapsed,
  ...(left === undefined ? {} : { left }),
});

async function status({ name }: PlaceFlags, store: FleetStore, io: Io): Promise<ExitCode> {
  const fleet = await store.get('run', FleetRun);
  if (fleet === undefined) {
    io.stdout.write(`The fleet "${name}" has no run. To begin one: zdc fleet start\n`);
    return EXIT.conforms;
  }
  const target = await store.get('target', FleetTarget);
  const progress = await store.get('progress', FleetProgress);
  const counts = await store.counts();
  const workers = await store.workers();
  const of = (state: string): string => figure(counts[state] ?? 0);
  const lines = [
    `Run       ${fleet.id}, seed ${fleet.seed}`,
    `Target    ${target === undefined ? 'not declared yet: no worker has connected' : oneLine(target.name)}`,
    `Workers   ${workers === undefined ? 'not known' : figure(workers)}`,
    `Jobs      ${of('active')} running, ${of('wait')} waiting, ${of('delayed')} to be tried again, ${of('completed')} done, ${of('failed')} failed`,
  ];
  if (progress !== undefined) {
    const { profile, profileNumber, profiles, cases, commands, covered, coverable, elapsed, left, findings } =
      progress;
    lines.push(
      `Profile   ${profile} (${profileNumber} of ${profiles}): ${amount(cases, 'case')}, ${figure(commands)} commands; ` +
        `${covered} of ${coverable} requirements covered`,
      `Time      ${duration(elapsed)}${left === undefined ? '' : `, about ${duration(left)} left`}`,
      `Findings  ${findings.length === 0 ? 'none' : findings.map(oneLine).join('; ')}`,
    );
  }
  io.stdout.write(`${lines.join('\n')}\n`);
  return EXIT.conforms;
}
