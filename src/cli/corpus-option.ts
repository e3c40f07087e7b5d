import { resolve } from 'node:path';
import { type Command, Option } from 'commander';
import { savingFolder } from '../corpus/save-case-file.ts';
import type { Io } from './io.ts';

export interface CorpusFlags {
  readonly corpus?: string;
}

export interface ReplayFlags extends CorpusFlags {
  /** False where `--no-corpus` was given. */
  readonly noCorpus?: false;
  readonly corpusAll?: true;
}

/** `--no-corpus` has a value of its own, so that commander can tell it from `--corpus` and refuse them together. */
class NoCorpus extends Option {
  override attributeName(): string {
    return 'noCorpus';
  }
}

/** Adds the option that says where counterexamples are kept. */
export const addCorpusOption = (verb: Command): Command =>
  verb.option(
    '--corpus <folder>',
    'directory of saved counterexamples (default: reports/runs in a checkout of this project, .zdc elsewhere)',
  );

/** Adds the options that say which of the kept counterexamples are replayed. */
export const addReplayOptions = (verb: Command): Command =>
  addCorpusOption(verb)
    .addOption(
      new NoCorpus('--no-corpus', 'do not replay saved counterexamples at the start').conflicts([
        'corpus',
        'corpusAll',
      ]),
    )
    .option('--corpus-all', 'also replay counterexamples found on other targets');

/** The folder in which counterexamples are kept. */
export const corpusFolder = ({ corpus }: CorpusFlags, { cwd }: Io): string =>
  corpus === undefined ? savingFolder(cwd) : resolve(cwd, corpus);
