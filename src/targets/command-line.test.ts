import * as fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { splitCommandLine } from './command-line.ts';

const wordsOf = (line: string): unknown => {
  const split = splitCommandLine(line);
  return split.kind === 'words' ? split.words : split.message;
};

describe('words', () => {
  test.for<readonly [string, readonly string[]]>([
    ['./adapter', ['./adapter']],
    ['  python3\t-u\nzone.py  ', ['python3', '-u', 'zone.py']],
    ["sh -c 'cd x && ./y'", ['sh', '-c', 'cd x && ./y']],
    ['a "b c" d', ['a', 'b c', 'd']],
    ['a "" \'\' d', ['a', '', '', 'd']],
    ['a b"c d"\'e f\'g', ['a', 'bc de fg']],
    ['a b\\ c \\" \\\\', ['a', 'b c', '"', '\\']],
    ['a "\\" \\\\ \\$ \\n"', ['a', '" \\ $ \\n']],
    ["a '\\'", ['a', '\\']],
    ["python 'C:\\zone\\adapter.py'", ['python', 'C:\\zone\\adapter.py']],
    ['"C:\\zone\\adapter.exe"', ['C:\\zone\\adapter.exe']],
    ['a \\\n b', ['a', 'b']],
    ['a "b\\\nc"', ['a', 'bc']],
    ['a $HOME ~ *.c | > # ; &', ['a', '$HOME', '~', '*.c', '|', '>', '#', ';', '&']],
  ])('%j', ([line, words]) => {
    expect(wordsOf(line)).toEqual(words);
  });

  test.for<readonly [string, string]>([
    ['', 'it names no program'],
    [' \n', 'it names no program'],
    ["'' x", 'it names no program'],
    ["a 'b", "a quote (') is never closed"],
    ['a "b', 'a quote (") is never closed'],
    ['a b\\', 'a backslash at the very end quotes nothing'],
    [
      'python C:\\zone\\adapter.py',
      'the backslash before "z" would be lost, as in a shell; write "/", or put the word in single quotes',
    ],
  ])('%j is refused', ([line, message]) => {
    expect(wordsOf(line)).toBe(message);
  });
});

const quoted = (word: string): string => `'${word.replaceAll("'", "'\\''")}'`;

test('quoted text is unchanged', () => {
  fc.assert(
    fc.property(fc.array(fc.string()), (words) => {
      expect(wordsOf(['x', ...words.map(quoted)].join(' '))).toEqual(['x', ...words]);
    }),
  );
});
