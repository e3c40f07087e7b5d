/**
 * Characters that could move a terminal's cursor, set colours, change the text direction or be invisible: controls,
 * format characters, line separators, and unpaired surrogates.
 */
const UNSAFE = /[\p{Cc}\p{Cf}\p{Cs}\p{Zl}\p{Zp}]/gu;

const escaped = (character: string): string =>
  `\\u${(character.codePointAt(0) ?? 0).toString(16).padStart(4, '0')}`;

/** External text escaped for a terminal, as one line. */
export const oneLine = (text: string): string => text.replace(UNSAFE, escaped);

/** External text escaped for a terminal; line breaks and tabs are kept. */
export const printable = (text: string): string =>
  text
    .replaceAll('\r\n', '\n')
    .replace(UNSAFE, (character) =>
      character === '\n' || character === '\t' ? character : escaped(character),
    );
