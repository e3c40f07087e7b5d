import type { Command } from '../spec/vocabulary/command.ts';
import { blockIn, blockStart, type Scope } from '../spec/vocabulary/scope.ts';
import type { AnnotatedTrace } from './annotated-trace.ts';

/** The cells of each block of each process. */
export function blocksOf({ processes, pages, block = 1 }: Scope): readonly (readonly number[])[] {
  const starts = Array.from({ length: processes }, (_, process) =>
    Array.from({ length: Math.floor(pages / block) }, (_item, index) => process * pages + index * block),
  ).flat();
  return starts.map((start) => Array.from({ length: block }, (_, part) => start + part));
}

/** The cells of the block that a command names, or none. */
export function namedBlock(command: Command, reading: AnnotatedTrace): readonly number[] {
  const { scope } = reading;
  if (!('process' in command && 'page' in command)) return [];
  const first = blockStart(scope, command.page);
  if (first === undefined) return [];
  return Array.from({ length: blockIn(scope) }, (_, part) => reading.cell(command.process, first + part));
}

/** Whether all cells of a block are part of its whole entry. */
export const isWholeBlock = (whole: readonly boolean[] | undefined, cells: readonly number[]): boolean =>
  cells.length > 0 && cells.every((cell) => whole?.[cell] === true);
