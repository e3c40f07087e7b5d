import { rm, stat } from 'node:fs/promises';
import { resolve } from 'node:path';
import type { Command } from 'commander';
import { match } from 'ts-pattern';
import { type CaseFile, readCaseFile } from '../corpus/case-file.ts';
import { type CorpusEntry, readCorpus } from '../corpus/corpus-folder.ts';
import { oneLine, reasonOf } from '../corpus/printable.ts';
import { replayFile } from '../corpus/replay-file.ts';
import { addCaseFile } from '../corpus/save-case-file.ts';
import { EXIT, type ExitCode, strongest } from '../report/exit-code.ts';
import { amount } from '../report/figures.ts';
import { columns, cut } from '../report/text-layout.ts';
import type { Target } from '../targets/target.ts';
import { fromHere } from './corpus-phase.ts';
import { type Io, paintFor, UserError } from './io.ts';
import { withTarget } from './open-target.ts';
import {
  addCorpusOption,
  addTargetOptions,
  type CorpusFlags,
  corpusFolder,
  type TargetFlags,
} from './options.ts';
import { parseTargetSpec, type TargetSpec } from './target-spec.ts';

const EXAMPLES = `
Examples:
  zdc corpus                                           list saved counterexamples
  zdc corpus prune --dry-run                           list those that no longer fail
  zdc corpus prune --target "stdio:python3 adapter.py" delete those that this adapter has fixed
  zdc corpus import theirs.json --target embedded      add a file from elsewhere and replay it on the embedded target

"zdc run" first replays the counterexamples found on the same target, and reports each that is fixed. Files that cannot
be read are reported and left alone.

Exit codes: 0 done; 2 usage; 69 the target could not be started; 78 a file or the directory cannot be read or written;
130 interrupted.`;

/** Defines the verb for the saved counterexamples. */
export function defineCorpus(verb: Command, io: Io, done: (code: ExitCode) => void): void {
  verb.description('Manages the saved counterexamples.').addHelpText('after', EXAMPLES);
  addCorpusOption(verb.command('list', { isDefault: true }))
    .description('Lists the saved counterexamples (the default).')
    .option('-t, --target <target>', 'only those found on this target')
    .action(async (flags: ListFlags) => {
      done(await listCorpus(flags, io));
    });
  addCorpusOption(addTargetOptions(verb.command('prune')))
    .description(
      'Replays the counterexamples found on a target, and deletes those that conform. Without --target: those found ' +
        'on the embedded implementation and its mutants, since a file never determines which program is started.',
    )
    .option('--dry-run', 'list the files without deleting them')
    .action(async (flags: PruneFlags) => {
      done(await pruneCorpus(flags, io));
    });
  addCorpusOption(verb.command('import'))
    .description('Checks counterexample files from elsewhere, and saves them.')
    .argument('<file...>', 'counterexamples saved by "zdc run" elsewhere')
    .option(
      '-t, --target <target>',
      'replay them in runs of this target (default: the target on which they were found)',
      parseTargetSpec,
    )
    .action(async (paths: readonly string[], flags: ImportFlags) => {
      done(await importFiles(paths, flags, io));
    });
}

interface ListFlags extends CorpusFlags {
  readonly target?: string;
}

const LONGEST_TARGET = 48;

/** Lists the saved counterexamples, then the unreadable files. */
async function listCorpus(flags: ListFlags, io: Io): Promise<ExitCode> {
  const folder = corpusFolder(flags, io);
  const paint = paintFor(io);
  const entries = await entriesOf(folder, io);
  const kept = entries
    .flatMap((entry) => (entry.kind === 'counterexample' ? [entry] : []))
    .filter(({ file }) => flags.target === undefined || file.target.spec === flags.target);
  const unreadable = entries.flatMap((entry) => (entry.kind === 'unreadable' ? [entry] : []));
  const rows = kept.map(({ path, file, seen }) => [
    oneLine(file.requirement),
    String(file.case.commands.length),
    file.case.profile,
    file.certificate,
    cut(oneLine(file.target.spec), LONGEST_TARGET),
    seen.toISOString().slice(0, 16).replace('T', ' '),
    oneLine(fromHere(io.cwd, path)),
  ]);
  const head = ['requirement', 'steps', 'profile', 'certificate', 'target', 'last found (UTC)', 'file'];
  const lines = [
    ...(rows.length === 0 ? [] : columns([head.map((word) => paint.dim(word)), ...rows], '')),
    ...unreadable.map(
      ({ path, reason }) => `${paint.yellow('!')} ${oneLine(fromHere(io.cwd, path))}: ${reason}`,
    ),
    `${amount(rows.length, 'counterexample')} in ${oneLine(fromHere(io.cwd, folder))}` +
      `${unreadable.length === 0 ? '' : `; ${amount(unreadable.length, 'file')} cannot be read`}`,
  ];
  io.stdout.write(`${lines.join('\n')}\n`);
  return EXIT.conforms;
}

/** The entries of a corpus. An unreadable folder is an error and not an empty corpus. */
async function entriesOf(folder: string, io: Io): Promise<readonly CorpusEntry[]> {
  const { entries, trouble } = await readCorpus(folder);
  if (trouble === undefined) return entries;
  throw new UserError(EXIT.configuration, `${oneLine(fromHere(io.cwd, folder))} cannot be read: ${trouble}`);
}

interface PruneFlags extends TargetFlags, CorpusFlags {
  readonly dryRun?: boolean;
}

type Kept = Extract<CorpusEntry, { readonly kind: 'counterexample' }>;

/** Removes the counterexamples that conform now, of one target or of the embedded implementation and its mutants. */
async function pruneCorpus(flags: PruneFlags, io: Io): Promise<ExitCode> {
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

interface ImportFlags extends CorpusFlags {
  readonly target?: TargetSpec;
}

/** Imports files into the corpus. A file that cannot be imported does not affect the others. */
async function importFiles(paths: readonly string[], flags: ImportFlags, io: Io): Promise<ExitCode> {
  const folder = corpusFolder(flags, io);
  let exitCode: ExitCode = EXIT.conforms;
  for (const path of paths) {
    const problem = await importOne(path, folder, flags.target, io);
    if (problem === undefined) continue;
    io.stderr.write(`error: ${oneLine(path)} cannot be imported: ${problem}\n`);
    exitCode = EXIT.configuration;
  }
  return exitCode;
}

/** Imports one file; returns the reason if this fails. */
async function importOne(
  path: string,
  folder: string,
  target: TargetSpec | undefined,
  io: Io,
): Promise<string | undefined> {
  const contents = await readCaseFile(resolve(io.cwd, path));
  return match(contents)
    .with({ kind: 'faulty' }, ({ message }) => Promise.resolve(`${message}.`))
    .with({ kind: 'case' }, () =>
      Promise.resolve(
        'it is a case, not a counterexample: it names no violated requirement. "zdc replay" with --target runs it; ' +
          'counterexamples are saved by "zdc run".',
      ),
    )
    .with({ kind: 'counterexample' }, async ({ file }) => {
      try {
        const saved = await addCaseFile(target === undefined ? file : onTarget(file, target.text), folder);
        const result = saved.wasThere ? 'was already saved' : 'imported';
        io.stdout.write(`${oneLine(fromHere(io.cwd, saved.path))} ${result}\n`);
        return undefined;
      } catch (error) {
        return `it cannot be written to ${oneLine(folder)}: ${reasonOf(error)}`;
      }
    })
    .exhaustive();
}

/** The counterexample for another target. Its certificate is dropped, because it holds for the original target only. */
function onTarget(file: CaseFile, spec: string): CaseFile {
  const { slice: _, ...rest } = file;
  return { ...rest, target: { ...file.target, spec }, certificate: 'found' };
}
