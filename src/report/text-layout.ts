import { stripVTControlCharacters } from 'node:util';
import Table from 'cli-table3';

/** Blanks separate cells, not lines: this keeps the output easy to process with text tools. */
const NO_LINES = {
  top: '',
  'top-mid': '',
  'top-left': '',
  'top-right': '',
  bottom: '',
  'bottom-mid': '',
  'bottom-left': '',
  'bottom-right': '',
  left: '',
  'left-mid': '',
  mid: '',
  'mid-mid': '',
  right: '',
  'right-mid': '',
  middle: '  ',
};

/** Aligns rows of cells in columns, each as wide as its widest cell. */
export function columns(rows: readonly (readonly string[])[], indent: string = '  '): readonly string[] {
  if (rows.length === 0) return [];
  const table = new Table({
    chars: NO_LINES,
    style: { 'padding-left': 0, 'padding-right': 0, head: [], border: [] },
  });
  table.push(...rows.map((row) => [...row]));
  return table
    .toString()
    .split('\n')
    .map((line) => `${indent}${line}`.trimEnd());
}

/** Cuts a text to `width` characters. Only for text without colours. */
export const cut = (text: string, width: number): string =>
  text.length <= width ? text : `${text.slice(0, Math.max(0, width - 1))}…`;

const WIDTH = 100;

/** Breaks text into lines at blanks. Continuation lines begin with `indent`. */
export function wrap(text: string, indent: string, width: number = WIDTH): readonly string[] {
  const lines: string[] = [];
  for (const paragraph of text.split('\n')) {
    // The first line keeps its leading blanks.
    let line = lines.length === 0 ? (/^ */.exec(paragraph)?.[0] ?? '') : indent;
    let isEmpty = true;
    for (const word of paragraph.split(' ').filter((part) => part !== '')) {
      if (!isEmpty && line.length + 1 + word.length > width) {
        lines.push(line);
        line = indent;
        isEmpty = true;
      }
      line += isEmpty ? word : ` ${word}`;
      isEmpty = false;
    }
    lines.push(line);
  }
  return lines;
}

/** Lines that contain a command are not broken, so that the command can be copied. */
const HOLDS_A_COMMAND = /^ *(?:Replay .*|Shrink .*|.*(?:Repeat|Continue) with: )/;

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
