import { stripVTControlCharacters } from 'node:util';

/** Lines that hold a command: they stay whole, to be copied. */
const HOLDS_A_COMMAND = /^ *(?:Replay .*|.*The same again: )/;

/** The blanks before a line, and a label with two blanks behind it: what follows the break stands below the text. */
const BEFORE_TEXT = /^ *(?:\S{1,12} {2,})?/;

/** Breaks lines that are longer than the width at their blanks, and never within a word. */
export const fitted = (text: string, width: number): string =>
  text
    .split('\n')
    .flatMap((line) => fittedLine(line, width))
    .join('\n');

function fittedLine(line: string, width: number): readonly string[] {
  const shown = stripVTControlCharacters(line);
  if (shown.length <= width || HOLDS_A_COMMAND.test(shown)) return [line];
  const indent = ' '.repeat(Math.min(BEFORE_TEXT.exec(shown)?.[0].length ?? 0, width / 2));
  const lines: string[] = [];
  let current = '';
  let length = 0;
  // Blanks stay as they are where the line does not break.
  for (const part of line.split(/(?<=\S)(?= )/)) {
    const partLength = stripVTControlCharacters(part).length;
    if (length > 0 && length + partLength > width) {
      lines.push(current);
      current = `${indent}${part.trimStart()}`;
      length = stripVTControlCharacters(current).length;
    } else {
      current += part;
      length += partLength;
    }
  }
  return [...lines, current];
}
