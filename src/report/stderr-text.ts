import { printable } from '../corpus/printable.ts';

/** How many lines of a target's standard error are shown. */
const LINES = 12;

/** The end of what a target wrote to its standard error; nothing where it wrote nothing. */
export function stderrLines(stderr: string): readonly string[] {
  const lines = printable(stderr)
    .split('\n')
    .filter((line) => line.trim() !== '');
  if (lines.length === 0) return [];
  const shown = lines.slice(-LINES);
  const title = shown.length < lines.length ? `Standard error, its last ${LINES} lines:` : 'Standard error:';
  return [`  ${title}`, ...shown.map((line) => `    ${line}`)];
}
