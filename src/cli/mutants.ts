import { type Command, InvalidArgumentError } from 'commander';
import type { ProfileName } from '../../spec/profiles/profile.ts';
import { EQUIVALENT_MUTANTS } from '../planted-bugs/equivalent.ts';
import type { Mutant } from '../planted-bugs/planted-bug.ts';
import { mutantById, MUTANTS } from '../planted-bugs/planted-bugs.ts';
import { checkMutant, type MutantOutcome } from '../mutation-testing/check-mutant.ts';
import {
  type CaughtAt,
  LEVELS,
  type Observability,
  ObservabilitySearch,
} from '../mutation-testing/observability.ts';
import { SoundRuns } from '../mutation-testing/sound-runs.ts';
import { EXIT, type ExitCode } from '../report/exit-code.ts';
import { amount, figure } from '../report/figures.ts';
import { caughtInWords, sightingInWords } from '../report/generated-pages.ts';
import type { Paint } from '../report/paint.ts';
import { profileRange } from '../report/status-text.ts';
import { columns, wrap } from '../report/text-layout.ts';
import { LINUX_MUTANTS } from '../targets/linux/linux-mutants.ts';
import { type Io, paintFor, UserError } from './io.ts';
import { checkLinuxMutants } from './linux/linux-mutants.ts';
import { collectProfile, parseSeed, randomSeed, wholeNumber } from './options.ts';
import { noMutant, parseTargetSpec, type TargetSpec } from './target-spec.ts';

const DEFAULT_MAX_COMMANDS = 20_000;
/** The interval between progress lines, in milliseconds. */
const NEXT_LINE = 2000;

interface MutantFlags {
  readonly check?: boolean;
  readonly levels?: boolean;
  readonly profile?: readonly ProfileName[];
  readonly seed?: number;
  readonly maxCommands?: number;
  readonly target?: TargetSpec;
  readonly export?: string;
}

const EXAMPLES = `
Examples:
  zdc mutants                              list the planted bugs
  zdc mutants --check                      run the suite against each
  zdc mutants --check ID --profile origin  run it against one, in one profile
  zdc mutants --check --levels             run it against each, at four levels of observation
  zdc run --target embedded:mutant=ID      show the counterexample for one
  zdc mutants --target linux --check       check the planted bugs of the test driver; linux:mutant=ID for one
  zdc mutants --target linux --check --export DIR   also run each counterexample as a C program, with and without the bug

With --check the exit code is 1 if a planted bug is not caught or its requirement is not covered. --levels checks a bug
four times: with results alone; with callbacks; with page-table entries; with frames and accounting. It uses the oldest
profile in which it is a bug, or the given profiles. reports/observability.md lists all results.`;

/** Defines the verb that lists the planted bugs, and checks that the suite catches them. */
export function defineMutants(verb: Command, io: Io, done: (code: ExitCode) => void): void {
  verb
    .description('Lists the planted bugs of the embedded implementation, or checks that each is caught.')
    .argument('[ids...]', 'planted bugs (default: all)', collectMutant)
    .option('--check', 'run the suite against each')
    .option('--levels', 'with --check: at four levels of observation')
    .option('-p, --profile <name>', 'only in this profile; may be repeated', collectProfile)
    .option('-s, --seed <number>', 'seed of the random cases (default: random; it is printed)', parseSeed)
    .option(
      '--max-commands <count>',
      `number of commands after which a planted bug counts as not caught (default: ${DEFAULT_MAX_COMMANDS})`,
      wholeNumber(1, 1_000_000_000),
    )
    .option(
      '-t, --target <target>',
      'the implementation: "embedded" (the default), "linux" or "linux:kernel=6.1,mutant=ID"',
      parseTargetSpec,
    )
    .option(
      '--export <folder>',
      'with --target linux --check: run each counterexample as a C program, and save the program there',
    )
    .addHelpText('after', EXAMPLES)
    .action(async (mutants: readonly Mutant[], flags: MutantFlags) => {
      rejectIneffective(mutants, flags);
      if (flags.target?.kind === 'linux') {
        done(await linuxMutants(flags.target, flags, io));
        return;
      }
      const chosen = mutants.length === 0 ? MUTANTS : mutants;
      if (flags.levels === true) {
        const { profile, seed = randomSeed(), maxCommands = DEFAULT_MAX_COMMANDS } = flags;
        done(await checkLevels(chosen, { profiles: profile, seed, maxCommands }, io));
      } else if (flags.check === true) {
        done(await check(chosen, flags, io));
      } else {
        io.stdout.write(listText(chosen, flags.profile, paintFor(io)));
        done(EXIT.conforms);
      }
    });
}

/** Rejects options that would have no effect. */
function rejectIneffective(
  mutants: readonly Mutant[],
  { target, check: isCheck, levels, seed, maxCommands, profile, export: folder }: MutantFlags,
): void {
  const isLinux = target?.kind === 'linux';
  const refusals: readonly (readonly [boolean, string])[] = [
    [
      target?.kind === 'stdio' || (target?.kind === 'embedded' && target.mutant !== undefined),
      '--target takes "embedded" or "linux"; a mutant is named by its id: zdc mutants ID, or linux:mutant=ID',
    ],
    [isLinux && mutants.length > 0, 'with --target linux a mutant is named by linux:mutant=ID'],
    [isLinux && levels === true, '--levels is for the mutants of "embedded"'],
    [isLinux && profile !== undefined, '--profile is for the mutants of "embedded"'],
    [isLinux && maxCommands !== undefined, '--max-commands is for the mutants of "embedded"'],
    [folder !== undefined && !(isLinux && isCheck === true), '--export requires --target linux --check'],
    [levels === true && isCheck !== true, '--levels requires --check'],
    [seed !== undefined && isCheck !== true, '--seed requires --check'],
    [maxCommands !== undefined && isCheck !== true, '--max-commands requires --check'],
  ];
  const refusal = refusals.find(([applies]) => applies);
  if (refusal !== undefined) throw new UserError(EXIT.usage, `Not possible: ${refusal[1]}.`);
}

async function linuxMutants(
  spec: Extract<TargetSpec, { readonly kind: 'linux' }>,
  flags: MutantFlags,
  io: Io,
): Promise<ExitCode> {
  const chosen = spec.mutant === undefined ? LINUX_MUTANTS : [spec.mutant];
  if (flags.check === true) {
    const { seed = randomSeed(), export: folder } = flags;
    return checkLinuxMutants(chosen, spec, { seed, folder }, io);
  }
  const paint = paintFor(io);
  const head = ['mutant', 'violates', 'mistake'].map((word) => paint.dim(word));
  const rows = chosen.map(({ id, primary, title }) => [id, primary, title]);
  io.stdout.write(
    `${columns([head, ...rows], '').join('\n')}\n\n${amount(rows.length, 'mutant')} of the driver on a real kernel.\n`,
  );
  return EXIT.conforms;
}

function collectMutant(id: string, before: readonly Mutant[] = []): readonly Mutant[] {
  const mutant = mutantById(id);
  if (mutant === undefined) throw new InvalidArgumentError(noMutant(id));
  return before.includes(mutant) ? before : [...before, mutant];
}

function listText(
  mutants: readonly Mutant[],
  asked: readonly ProfileName[] | undefined,
  paint: Paint,
): string {
  const rows = mutants
    .filter(({ profiles }) => asked === undefined || profiles.some((profile) => asked.includes(profile)))
    .map(({ id, requirement: primary, source, profiles, title }) => [
      id,
      primary,
      source,
      profileRange(profiles),
      title,
    ]);
  const head = ['mutant', 'violates', 'source', 'profiles', 'mistake'].map((word) => paint.dim(word));
  return [
    ...columns([head, ...rows], ''),
    '',
    `${amount(rows.length, 'mutant')}. "zdc mutants --check" runs the suite against each.`,
    ...(mutants === MUTANTS ? equivalentLines(paint) : []),
    '',
  ].join('\n');
}

/** Mutants that no observation distinguishes from a correct implementation are listed separately and not counted. */
const equivalentLines = (paint: Paint): readonly string[] => [
  '',
  'Not in the list, because no observation of a target distinguishes them from a correct implementation:',
  ...EQUIVALENT_MUTANTS.flatMap(({ id, title, why }) => [
    `  ${paint.bold(id)}  ${title}`,
    ...wrap(`    ${why}`, '    '),
  ]),
];

async function check(mutants: readonly Mutant[], flags: MutantFlags, io: Io): Promise<ExitCode> {
  const { seed = randomSeed(), maxCommands = DEFAULT_MAX_COMMANDS } = flags;
  const paint = paintFor(io);
  const jobs = mutants.flatMap((mutant) =>
    mutant.profiles
      .filter((profile) => flags.profile === undefined || flags.profile.includes(profile))
      .map((profile) => ({ mutant, profile })),
  );
  if (jobs.length === 0) {
    throw new UserError(
      EXIT.nothingApplicable,
      'Nothing applicable: none of the selected mutants is a bug in a selected profile.',
    );
  }
  io.stdout.write(`Seed ${seed}\n`);
  const runsOf = new Map<ProfileName, SoundRuns>();
  const outcomes: MutantOutcome[] = [];
  let reported = performance.now();
  for (const { mutant, profile } of jobs) {
    if (io.signal.aborted) break;
    const runs = runsOf.get(profile) ?? new SoundRuns(profile, seed);
    runsOf.set(profile, runs);
    outcomes.push(await checkMutant(mutant, runs, { maxCommands, signal: io.signal }));
    const now = performance.now();
    if (now - reported < NEXT_LINE) continue;
    reported = now;
    io.stderr.write(`${outcomes.length} of ${jobs.length} checked\n`);
  }
  io.stdout.write(`${checkTable(outcomes, paint)}\n\n`);
  return conclude(outcomes, jobs.length, io, paint);
}

const isCaught = ({ caught, requirementCovered: primaryReached }: MutantOutcome): boolean =>
  caught && primaryReached !== 'no';

function checkTable(outcomes: readonly MutantOutcome[], paint: Paint): string {
  const head = ['', 'mutant', 'profile', 'violates', 'reached by', 'caught by', 'commands', 'steps'];
  const rows = outcomes.map((outcome) => {
    const {
      mutant,
      profile,
      requirement,
      commands,
      length,
      requirementCovered: primaryReached,
      caught,
    } = outcome;
    return [
      isCaught(outcome) ? paint.green('✓') : paint.red('✗'),
      mutant.id,
      profile,
      mutant.requirement,
      primaryReached === 'no' ? paint.red('nothing') : primaryReached,
      caught ? (requirement ?? '?') : paint.red('nothing'),
      figure(commands),
      length === undefined ? '–' : String(length),
    ];
  });
  return columns([head.map((word) => paint.dim(word)), ...rows], '').join('\n');
}

function conclude(outcomes: readonly MutantOutcome[], wanted: number, io: Io, paint: Paint): ExitCode {
  const missed = outcomes.filter((outcome) => !isCaught(outcome));
  if (missed.length > 0) {
    const names = missed.map(({ mutant, profile }) => `${mutant.id} (${profile})`).join(', ');
    io.stdout.write(
      `${paint.red(`${missed.length} of ${outcomes.length} not caught, or requirement not covered: ${names}.`)} (exit 1)\n`,
    );
    return EXIT.violates;
  }
  if (outcomes.length < wanted) {
    io.stdout.write(
      `Interrupted after ${outcomes.length} of ${wanted}; all of those were caught. (exit 130)\n`,
    );
    return EXIT.interrupted;
  }
  io.stdout.write(`${paint.green(`All ${outcomes.length} caught.`)} (exit 0)\n`);
  return EXIT.conforms;
}

interface LevelOptions {
  /** Undefined for the oldest profile in which each mutant is a bug. */
  readonly profiles: readonly ProfileName[] | undefined;
  readonly seed: number;
  readonly maxCommands: number;
}

/** Checks mutants at each level of observability. */
export async function checkLevels(
  mutants: readonly Mutant[],
  { profiles, seed, maxCommands }: LevelOptions,
  io: Io,
): Promise<ExitCode> {
  const jobs = mutants.flatMap((mutant) =>
    (profiles === undefined
      ? mutant.profiles.slice(0, 1)
      : mutant.profiles.filter((one) => profiles.includes(one))
    ).map((profile) => ({ mutant, profile })),
  );
  if (jobs.length === 0) {
    throw new UserError(
      EXIT.nothingApplicable,
      'Nothing applicable: none of the selected mutants is a bug in a selected profile.',
    );
  }
  io.stdout.write(`Seed ${seed}\n`);
  const search = new ObservabilitySearch({ seed, maxCommands, signal: io.signal });
  const all: Observability[] = [];
  let reported = performance.now();
  for (const { mutant, profile } of jobs) {
    const observability = await search.run(mutant, profile);
    if (io.signal.aborted) break;
    all.push(observability);
    const now = performance.now();
    if (now - reported < NEXT_LINE) continue;
    reported = now;
    io.stderr.write(`${all.length} of ${jobs.length} checked\n`);
  }
  const paint = paintFor(io);
  io.stdout.write(`${levelTable(all, paint)}\n\nCaught with ${caughtInWords(all)}.\n`);
  if (all.length < jobs.length) {
    io.stdout.write(`Interrupted after ${all.length} of ${jobs.length}. (exit 130)\n`);
    return EXIT.interrupted;
  }
  const missed = all.filter(({ sightings }) => sightings.at(-1)?.kind !== 'caught');
  if (missed.length === 0) {
    io.stdout.write(`${paint.green('All caught with full observation.')} (exit 0)\n`);
    return EXIT.conforms;
  }
  const names = missed.map(({ mutant, profile }) => `${mutant.id} (${profile})`).join(', ');
  io.stdout.write(`${paint.red(`Not caught even with full observation: ${names}.`)} (exit 1)\n`);
  return EXIT.violates;
}

function levelTable(all: readonly Observability[], paint: Paint): string {
  const head = ['mutant', 'profile', 'breaks', ...LEVELS.map(({ name }) => name)];
  const rows = all.map(({ mutant, profile, sightings }) => [
    mutant.id,
    profile,
    mutant.requirement,
    ...sightings.map((sighting) => painted(sighting, paint)),
  ]);
  return columns([head.map((word) => paint.dim(word)), ...rows], '').join('\n');
}

function painted(sighting: CaughtAt, paint: Paint): string {
  const words = sightingInWords(sighting);
  if (sighting.kind === 'caught') return paint.green(words);
  return sighting.kind === 'missed' ? paint.red(words) : paint.dim(words);
}
