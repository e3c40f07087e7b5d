import { rm, stat } from 'node:fs/promises';
import type { CorpusEntry } from '../corpus/corpus-folder.ts';
import { oneLine } from '../corpus/printable.ts';
import { replayFile } from '../corpus/replay-file.ts';
import { EXIT, type ExitCode, strongest } from '../report/exit-code.ts';
import { amount } from '../report/figures.ts';
import type { Target } from '../targets/target.ts';
import { UserError, type Io } from './io.ts';
import { entriesOf } from './corpus-list.ts';
import { type CorpusFlags, corpusFolder } from './corpus-option.ts';
import { fromHere, reasonOf } from './keeping.ts';
import { withTarget } from './open-target.ts';
import type { TargetFlags } from './target-options.ts';
import { parseTargetSpec, type TargetSpec } from './target-spec.ts';

export interface PruneFlags extends TargetFlags, CorpusFlags {
  readonly dryRun?: boolean;
}

type Kept = Extract<CorpusEntry, { readonly kind: 'counterexample' }>;

/** Removes the counterexamples that conform now, of one target or of the embedded implementation and its mutants. */
export async function pruneCorpus(flags: PruneFlags, io: Io): Promise<ExitCode> {
  const entries = await entriesOf(corpusFolder(flags, io), io);
  const kept = entries.flatMap((entry) => (entry.kind === 'counterexample' ? [entry] : []));
  const specs = flags.target === undefined ? embeddedTargets(kept) : [flags.target];
  const codes: ExitCode[] = [];
  let removed = 0;
  let replayed = 0;
  for (const spec of specs) {
    const due = kept.filter(({ file }) => file.target.spec === spec.text);
    if (due.length === 0) continue;
    const prune = async (target: Target): Promise<ExitCode> => {
      for (const entry of due) {
        if (io.signal.aborted) return EXIT.interrupted;
        replayed++;
        if (await pruneOne(entry, target, spec, flags, io)) removed++;
      }
      return EXIT.conforms;
    };
    codes.push(await withTarget(spec, flags, io, prune));
  }
  const done = flags.dryRun === true ? 'would be removed' : 'removed';
  const left = kept.length - replayed;
  io.stdout.write(
    `${amount(replayed, 'counterexample')} replayed, ${removed} ${done}` +
      `${left === 0 ? '' : `; ${left} of other targets skipped (select one with --target)`}\n`,
  );
  return strongest(codes);
}

/** The embedded targets, which may be started. A file may name any program, so others are not started. */
const embeddedTargets = (kept: readonly Kept[]): TargetSpec[] =>
  [...new Set(kept.map(({ file }) => file.target.spec))].flatMap((text) => {
    if (!text.startsWith('embedded')) return [];
    try {
      return [parseTargetSpec(text)];
    } catch {
      // The mutant no longer exists.
      return [];
    }
  });

/** Replays one counterexample and prints the result. Returns true if it was removed, or would be. */
async function pruneOne(
  { path, file, seen }: Kept,
  target: Target,
  spec: TargetSpec,
  { dryRun }: PruneFlags,
  io: Io,
): Promise<boolean> {
  const { status, reason } = await replayFile(target, spec.text, file, () => io.signal.aborted);
  const name = oneLine(fromHere(io.cwd, path));
  const why = reason === undefined ? '' : ` (${oneLine(reason)})`;
  if (status !== 'fixed') {
    io.stdout.write(`${name}: ${status.replaceAll('-', ' ')}${why}\n`);
    return false;
  }
  if (dryRun === true) {
    io.stdout.write(`${name}: fixed${why}\n`);
    return true;
  }
  // If another run has found it again in the meantime, it is not fixed.
  const now = await stat(path).catch(() => undefined);
  if (now === undefined || now.mtime.getTime() !== seen.getTime()) {
    io.stdout.write(`${name}: fixed, but found again in the meantime: not removed\n`);
    return false;
  }
  try {
    await rm(path, { force: true });
  } catch (error) {
    throw new UserError(EXIT.configuration, `${name} is fixed but cannot be removed: ${reasonOf(error)}.`);
  }
  io.stdout.write(`${name}: fixed, removed${why}\n`);
  return true;
}
