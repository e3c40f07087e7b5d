import { printable } from '../corpus/printable.ts';

/** The number of lines of a target's standard error that are shown. */
const LINES = 12;

/** The last lines of a target's standard error; empty if it wrote none. */
export function stderrLines(stderr: string): readonly string[] {
  const lines = printable(stderr)
    .split('\n')
    .filter((line) => line.trim() !== '');
  if (lines.length === 0) return [];
  const shown = lines.slice(-LINES);
  const title = shown.length < lines.length ? `Standard error, its last ${LINES} lines:` : 'Standard error:';
  return [`  ${title}`, ...shown.map((line) => `    ${line}`)];
}
