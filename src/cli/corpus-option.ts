import { resolve } from 'node:path';
import type { Command } from 'commander';
import { savingFolder } from '../corpus/save-case-file.ts';
import type { Io } from './io.ts';

export interface CorpusFlags {
  /** A folder; false where nothing is to be replayed. */
  readonly corpus?: string | boolean;
}

/** Adds the option that says where counterexamples are kept. */
export const addCorpusOption = (verb: Command): Command =>
  verb.option(
    '--corpus <folder>',
    'where counterexamples are kept (default: reports/runs in a checkout of this project, .zdc elsewhere)',
  );

/** The folder in which counterexamples are kept. */
export const corpusFolder = ({ corpus }: CorpusFlags, { cwd }: Io): string =>
  typeof corpus === 'string' ? resolve(cwd, corpus) : savingFolder(cwd);
