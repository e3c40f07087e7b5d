import {
  deviceEntry,
  frameOf,
  HOLE,
  isDeviceEntry,
  isWriteEntry,
  POISON,
  PRESENT,
  UNMAPPED,
} from '../spec/vocabulary/snapshot.ts';
import { isObject } from './contents.ts';
import { define } from './define.ts';
import { inheritedMapping, isInherited, isMapped } from './mapping-table.ts';
import type { RaceStep, Side } from './race-step.ts';
import { changeInWords } from './stillness.ts';

const entries = define({
  id: 'race/entries',
  title: 'After a race what is mapped has an entry that either order allows, and nothing else has changed',
  requirements: ['race.entries'],
  needs: ['race', 'entries', 'every-step'],
  steps: (reading) => reading.races,
  check(step, { scope }) {
    const { before, after, names, pairs } = step;
    if (before === undefined || after === undefined || names === undefined) return 0;
    const touches = pairs.some(([{ command }]) => command.op === 'load' || command.op === 'store');
    for (let cell = 0; cell < after.length; cell++) {
      const [was, is] = [before[cell] ?? 0, after[cell] ?? 0];
      const cameBack = touches && isDeviceEntry(was) && is === PRESENT;
      const isConcerned = pairs.some(([side]) => concerns(step, side, cell, scope.pages));
      if (was !== is && !isConcerned && !cameBack) return changeInWords(step, cell);
      if ((is !== UNMAPPED) !== isMappedAfter(step, cell, scope.pages)) return changeInWords(step, cell);
      if (isLost(step, cell, is)) return changeInWords(step, cell);
      if (isDeviceEntry(is) && isWriteEntry(is) && (names[frameOf(is)] ?? 0) > 1) {
        return `a WRITE entry is one of several for frame ${frameOf(is)}`;
      }
    }
    return 1;
  },
});

/** Whether the command may change this entry. */
function concerns(
  { rowBefore }: RaceStep,
  { cell: named, command }: Side,
  cell: number,
  pages: number,
): boolean {
  if (command.op === 'fork') {
    const process = Math.floor(cell / pages);
    return process === command.process || process === command.child;
  }
  const count = 'count' in command ? command.count : 1;
  const code = rowBefore[cell] ?? UNMAPPED;
  for (let at = named; at < named + count; at++) {
    if (at === cell || (isObject(code) && rowBefore[at] === code)) return true;
  }
  return false;
}

/** What is mapped follows from the commands, whichever of them was first. */
function isMappedAfter({ mappingsBefore, pairs }: RaceStep, cell: number, pages: number): boolean {
  let mapping = mappingsBefore[cell] ?? 0;
  for (const [{ cell: named, command }] of pairs) {
    if (command.op === 'unmap' && named === cell) return false;
    if (command.op === 'fork' && Math.floor(cell / pages) === command.child) {
      mapping = inheritedMapping(mappingsBefore[command.process * pages + (cell % pages)] ?? 0);
    }
  }
  return isMapped(mapping);
}

/** Whether a page of a process is gone from its table, though nobody let go of it. */
function isLost({ rowBefore, pairs }: RaceStep, cell: number, is: number): boolean {
  if (!isObject(rowBefore[cell] ?? UNMAPPED)) return false;
  if (is === HOLE)
    return !pairs.some(([{ cell: named, command }]) => command.op === 'discard' && named === cell);
  return is === POISON && !pairs.some(([{ answer }]) => answer === 'SIGBUS');
}

const sharing = define({
  id: 'race/fork-shares',
  title: 'A fork beside another command shares every page: where that has moved, it has for both',
  requirements: ['race.entries'],
  needs: ['race', 'entries', 'every-step'],
  steps: (reading) => reading.races,
  check(step, { scope, profile }) {
    const { after, before, mappingsBefore, pairs, rowBefore } = step;
    if (after === undefined || before === undefined) return 0;
    let shared = 0;
    for (const [{ command, answer }, other] of pairs) {
      if (command.op !== 'fork' || answer !== 'ok') continue;
      for (let page = 0; page < scope.pages; page++) {
        const cell = command.process * scope.pages + page;
        const code = rowBefore[cell] ?? UNMAPPED;
        const isDropped = other.cell === cell && other.command.op === 'discard';
        const isCopied = profile.forkCopiesPinned && step.pinsBefore.includes(code);
        const mapping = mappingsBefore[cell] ?? 0;
        if (!isObject(code) || !isMapped(mapping) || !isInherited(mapping)) continue;
        if (isDropped || isCopied) continue;
        const [mine, theirs] = [after[cell] ?? 0, after[command.child * scope.pages + page] ?? 0];
        if (mine === POISON || theirs === POISON) continue;
        if (mine !== theirs) return changeInWords(step, command.child * scope.pages + page);
        if (isDeviceEntry(mine) && mine !== deviceEntry(frameOf(mine), false))
          return changeInWords(step, cell);
        shared++;
      }
    }
    return shared;
  },
});

/** The page tables after two commands at once. */
export const raceEntries = [entries, sharing] as const;
