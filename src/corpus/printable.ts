/**
 * Characters that could move a terminal's cursor, colour it, turn the direction of what follows, or hide: controls,
 * format characters, separators of lines, halves of surrogate pairs.
 */
const UNSEEN = /[\p{Cc}\p{Cf}\p{Cs}\p{Zl}\p{Zp}]/gu;

const escaped = (character: string): string =>
  `\\u${(character.codePointAt(0) ?? 0).toString(16).padStart(4, '0')}`;

/** Text from outside, fit to be printed on a terminal as one line. */
export const oneLine = (text: string): string => text.replace(UNSEEN, escaped);

/** Text from outside, fit to be printed on a terminal; its lines and tabs stay. */
export const printable = (text: string): string =>
  text
    .replaceAll('\r\n', '\n')
    .replace(UNSEEN, (character) =>
      character === '\n' || character === '\t' ? character : escaped(character),
    );
