import { findCheckout } from '../corpus/suite.ts';

/**
 * The command prefix for a folder: `npx zdc` in a checkout. Elsewhere it is the name of the package, because npx would
 * fetch an unrelated npm package named zdc.
 */
export const caller = (cwd: string): string =>
  findCheckout(cwd) === undefined ? 'npx zone-device-conformance' : 'npx zdc';

/** The shell command that replays a saved counterexample. */
export const replayCommand = (cwd: string, file: string, targetSpec: string): string =>
  `${caller(cwd)} ${shellLine(['replay', file, '--target', targetSpec])}`;

/** The shell command that continues to shrink a saved counterexample. */
export const minimizeCommand = (cwd: string, file: string, targetSpec: string): string =>
  `${caller(cwd)} ${shellLine(['minimize', file, '--target', targetSpec])}`;

const PLAIN = /^[\w@%+=:,./-]+$/;

/** Quotes a word for a POSIX shell. */
export const shellQuote = (word: string): string =>
  PLAIN.test(word) ? word : `'${word.replaceAll("'", `'\\''`)}'`;

/** Quotes and joins words to a shell command. */
export const shellLine = (words: readonly string[]): string => words.map(shellQuote).join(' ');
