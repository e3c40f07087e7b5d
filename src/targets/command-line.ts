/** The words of a command line, or the reason why it is invalid. */
export type CommandLine =
  | { readonly kind: 'words'; readonly words: readonly [string, ...string[]] }
  | { readonly kind: 'faulty'; readonly message: string };

/** The characters that a backslash quotes inside double quotes; before others it is literal. */
const QUOTABLE = new Set(['"', '\\', '$', '`', '\n']);

/**
 * Splits a command line into words as a POSIX shell does: blanks separate words, single quotes keep everything, double
 * quotes keep blanks, and a backslash keeps the next character (before a letter or a digit it is rejected). No shell is
 * started, so variables, patterns, pipes and `~` are literal.
 */
export function splitCommandLine(line: string): CommandLine {
  const words: string[] = [];
  // The current word; undefined between words, so that '' is also a word.
  let word: string | undefined;
  let quote: string | undefined;
  for (let at = 0; at < line.length; at++) {
    const character = line.charAt(at);
    if (quote === "'") {
      if (character === quote) quote = undefined;
      else word = (word ?? '') + character;
    } else if (character === '\\') {
      const next = line.charAt(at + 1);
      if (next === '') return { kind: 'faulty', message: 'a backslash at the very end quotes nothing' };
      // This is most likely a Windows path or pasted text.
      if (quote === undefined && /\w/.test(next)) {
        return {
          kind: 'faulty',
          message: `the backslash before "${next}" would be lost, as in a shell; write "/", or put the word in single quotes`,
        };
      }
      if (quote !== undefined && !QUOTABLE.has(next)) {
        word = (word ?? '') + character;
      } else {
        // A backslash before a newline joins the two lines.
        if (next !== '\n') word = (word ?? '') + next;
        at++;
      }
    } else if (character === quote) {
      quote = undefined;
    } else if (quote === undefined && (character === '"' || character === "'")) {
      quote = character;
      word ??= '';
    } else if (quote === undefined && /\s/.test(character)) {
      if (word !== undefined) words.push(word);
      word = undefined;
    } else {
      word = (word ?? '') + character;
    }
  }
  if (quote !== undefined) return { kind: 'faulty', message: `a quote (${quote}) is never closed` };
  if (word !== undefined) words.push(word);
  const [program, ...rest] = words;
  if (program === undefined || program === '') return { kind: 'faulty', message: 'it names no program' };
  return { kind: 'words', words: [program, ...rest] };
}

const PLAIN = /^[\w@%+=:,./-]+$/;

/** Quotes a word for a POSIX shell. */
export const shellQuote = (word: string): string =>
  PLAIN.test(word) ? word : `'${word.replaceAll("'", `'\\''`)}'`;

/** Quotes and joins words to a shell command. */
export const shellLine = (words: readonly string[]): string => words.map(shellQuote).join(' ');
