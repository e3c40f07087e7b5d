const PLAIN = /^[\w@%+=:,./-]+$/;

/** A word as a POSIX shell takes it for exactly this word. */
export const shellQuote = (word: string): string =>
  PLAIN.test(word) ? word : `'${word.replaceAll("'", `'\\''`)}'`;

/** Words as a command line. */
export const shellLine = (words: readonly string[]): string => words.map(shellQuote).join(' ');
