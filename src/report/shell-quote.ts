const PLAIN = /^[\w@%+=:,./-]+$/;

/** Quotes a word for a POSIX shell. */
export const shellQuote = (word: string): string =>
  PLAIN.test(word) ? word : `'${word.replaceAll("'", `'\\''`)}'`;

/** Quotes and joins words to a shell command. */
export const shellLine = (words: readonly string[]): string => words.map(shellQuote).join(' ');
