import { stripVTControlCharacters } from 'node:util';

/** Lines that contain a command are not broken, so that the command can be copied. */
const HOLDS_A_COMMAND = /^ *(?:Replay .*|Shrink .*|.*Repeat with: )/;

/** Indentation, and optionally a label followed by two blanks. Continuation lines are aligned with the text after it. */
const BEFORE_TEXT = /^ *(?:\S{1,12} {2,})?/;

/** Breaks lines longer than `width` at blanks, never within a word. */
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
  // Runs of blanks are kept unless the line is broken there.
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
