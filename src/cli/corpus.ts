import type { Command } from 'commander';
import type { ExitCode } from '../report/exit-code.ts';
import { importFiles, type ImportFlags } from './corpus-import.ts';
import { listCorpus, type ListFlags } from './corpus-list.ts';
import { addCorpusOption } from './corpus-option.ts';
import { pruneCorpus, type PruneFlags } from './corpus-prune.ts';
import type { Io } from './io.ts';
import { addTargetOptions } from './target-options.ts';
import { parseTargetSpec } from './target-spec.ts';

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
