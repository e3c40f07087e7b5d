import { type CorpusEntry, readCorpus } from '../corpus/corpus-folder.ts';
import { oneLine } from '../corpus/printable.ts';
import { EXIT, type ExitCode } from '../report/exit-code.ts';
import { amount } from '../report/figures.ts';
import { columns, cut } from '../report/table.ts';
import { UserError, type Io, paintFor } from './io.ts';
import { type CorpusFlags, corpusFolder } from './corpus-option.ts';
import { fromHere } from './keeping.ts';

export interface ListFlags extends CorpusFlags {
  readonly target?: string;
}

const LONGEST_TARGET = 48;

/** Lists the saved counterexamples, then the unreadable files. */
export async function listCorpus(flags: ListFlags, io: Io): Promise<ExitCode> {
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
export async function entriesOf(folder: string, io: Io): Promise<readonly CorpusEntry[]> {
  const { entries, trouble } = await readCorpus(folder);
  if (trouble === undefined) return entries;
  throw new UserError(EXIT.configuration, `${oneLine(fromHere(io.cwd, folder))} cannot be read: ${trouble}`);
}
