import type { ProfileName } from '../../spec/profiles/profile.ts';
import { LEVELS, type Observability, observabilityOf, type CaughtAt } from '../mutation/observability.ts';
import type { Mutant } from '../mutants/mutant.ts';
import { EXIT, type ExitCode } from '../report/exit-code.ts';
import { caughtInWords, sightingInWords } from '../report/observability-page.ts';
import type { Paint } from '../report/paint.ts';
import { columns } from '../report/table.ts';
import { UserError, type Io, paintFor } from './io.ts';

/** The interval between progress lines, in milliseconds. */
const NEXT_LINE = 2000;

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
  const all: Observability[] = [];
  let reported = performance.now();
  for (const { mutant, profile } of jobs) {
    const observability = await observabilityOf(mutant, profile, { seed, maxCommands, signal: io.signal });
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
