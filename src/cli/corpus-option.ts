import { resolve } from 'node:path';
import { type Command, Option } from 'commander';
import { savingFolder } from '../corpus/save-case-file.ts';
import type { Io } from './io.ts';

export interface CorpusFlags {
  readonly corpus?: string;
}

export interface ReplayFlags extends CorpusFlags {
  /** False if `--no-corpus` was given. */
  readonly noCorpus?: false;
  readonly corpusAll?: true;
}

/** `--no-corpus` has its own attribute name, so that commander can reject it together with `--corpus`. */
class NoCorpus extends Option {
  override attributeName(): string {
    return 'noCorpus';
  }
}

/** Adds the option for the folder of saved counterexamples. */
export const addCorpusOption = (verb: Command): Command =>
  verb.option(
    '--corpus <folder>',
    'directory of saved counterexamples (default: reports/runs in a checkout of this project, .zdc elsewhere)',
  );

/** Adds the options that select the counterexamples to replay. */
export const addReplayOptions = (verb: Command): Command =>
  addCorpusOption(verb)
    .addOption(
      new NoCorpus('--no-corpus', 'do not replay saved counterexamples at the start').conflicts([
        'corpus',
        'corpusAll',
      ]),
    )
    .option('--corpus-all', 'also replay counterexamples found on other targets');

/** The folder of saved counterexamples. */
export const corpusFolder = ({ corpus }: CorpusFlags, { cwd }: Io): string =>
  corpus === undefined ? savingFolder(cwd) : resolve(cwd, corpus);
