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
  zdc corpus                                           what is kept: requirement, steps, target, when, file
  zdc corpus prune --dry-run                           what is fixed by now
  zdc corpus prune --target "stdio:python3 adapter.py" remove what this program does right by now
  zdc corpus import theirs.json --target embedded      keep somebody else's counterexample, and replay it on ours

"zdc run" replays what was found on the same target first, and says what is fixed. Files that cannot be read are told of
and left alone.

The exit code: 0 done; 2 usage; 69 the target could not be started; 78 a file or the folder cannot be read or written;
130 interrupted.`;

/** Defines the verb that looks after saved counterexamples. */
export function defineCorpus(verb: Command, io: Io, done: (code: ExitCode) => void): void {
  verb.description('Looks after the counterexamples that runs have saved.').addHelpText('after', EXAMPLES);
  addCorpusOption(verb.command('list', { isDefault: true }))
    .description('Lists the counterexamples that are kept (this is what "zdc corpus" alone does).')
    .option('-t, --target <target>', 'only those that were found on this target')
    .action(async (flags: ListFlags) => {
      done(await listCorpus(flags, io));
    });
  addCorpusOption(addTargetOptions(verb.command('prune')))
    .description(
      'Replays the counterexamples found on a target, and removes those that conform. Without --target these are ' +
        'those that were found on the embedded implementation and its mutants: a file never decides what is started.',
    )
    .option('--dry-run', 'only say what would be removed')
    .action(async (flags: PruneFlags) => {
      done(await pruneCorpus(flags, io));
    });
  addCorpusOption(verb.command('import'))
    .description('Checks counterexamples from elsewhere, and puts them among those that are kept.')
    .argument('<file...>', 'counterexamples that "zdc run" saved somewhere else')
    .option(
      '-t, --target <target>',
      'replay them on runs of this target (default: of the one that they were found on)',
      parseTargetSpec,
    )
    .action(async (paths: readonly string[], flags: ImportFlags) => {
      done(await importFiles(paths, flags, io));
    });
}
