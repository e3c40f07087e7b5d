import { resolve } from 'node:path';
import { match } from 'ts-pattern';
import type { CaseFile } from '../corpus/case-file.ts';
import { readCaseFile } from '../corpus/read-case-file.ts';
import { oneLine } from '../corpus/printable.ts';
import { addCaseFile } from '../corpus/save-case-file.ts';
import { EXIT, type ExitCode } from '../report/exit-code.ts';
import { type CorpusFlags, corpusFolder } from './corpus-option.ts';
import type { Io } from './io.ts';
import { fromHere, reasonOf } from './keeping.ts';
import type { TargetSpec } from './target-spec.ts';

export interface ImportFlags extends CorpusFlags {
  readonly target?: TargetSpec;
}

/** Imports files into the corpus. A file that cannot be imported does not affect the others. */
export async function importFiles(paths: readonly string[], flags: ImportFlags, io: Io): Promise<ExitCode> {
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
        'it is a case without a finding: it does not name a violated requirement. "zdc replay" with --target runs it; ' +
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
