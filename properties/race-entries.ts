import {
  deviceEntry,
  frameOf,
  isDeviceEntry,
  isWriteEntry,
  POISON,
  PRESENT,
  UNMAPPED,
  UNPOPULATED,
} from '../spec/vocabulary/snapshot.ts';
import { define } from './property.ts';
import { inheritedMapping, isInherited, isMapped } from './mapping-table.ts';
import { hasWorked, mayCall, type RaceStep, type Side } from './race-step.ts';
import type { Scope } from '../spec/vocabulary/scope.ts';
import { isObject } from './contents.ts';
import { changeInWords } from './stillness.ts';

const entries = define({
  id: 'race/entries',
  title: 'After a race each mapped page has an entry that some order allows, and nothing else has changed',
  requirements: ['race.entries'],
  needs: ['race', 'entries', 'every-step'],
  steps: (reading) => reading.races,
  check(step, { scope }) {
    const { before, after, names, pairs } = step;
    if (before === undefined || after === undefined || names === undefined) return 0;
    const accesses = pairs.some(([side]) => mayCall(side));
    for (let cell = 0; cell < after.length; cell++) {
      const [was, is] = [before[cell] ?? 0, after[cell] ?? 0];
      const cameBack = accesses && isDeviceEntry(was) && is === PRESENT;
      const isConcerned = pairs.some(([side]) => concerns(step, side, cell, scope));
      if (was !== is && !isConcerned && !cameBack) return changeInWords(step, cell);
      const isMappedThere = isMappedAfter(step, cell, scope.pages);
      if (isMappedThere !== undefined && (is !== UNMAPPED) !== isMappedThere)
        return changeInWords(step, cell);
      if (isLost(step, cell, is)) return changeInWords(step, cell);
      if (isDeviceEntry(is) && isWriteEntry(is) && (names[frameOf(is)] ?? 0) > 1) {
        return `frame ${frameOf(is)} has a WRITE entry and other entries`;
      }
    }
    return 1;
  },
});

/** Whether the command may change this entry. */
function concerns(
  { before, rowBefore }: RaceStep,
  { cell: named, command }: Side,
  cell: number,
  scope: Scope,
): boolean {
  const { pages } = scope;
  const process = Math.floor(cell / pages);
  switch (command.op) {
    case 'fork':
      return process === command.process || process === command.child;
    case 'exit':
      return process === command.process;
    case 'detach': {
      const entry = before?.[cell] ?? UNMAPPED;
      return isDeviceEntry(entry) && Math.floor(frameOf(entry) / scope.frames) === (command.device ?? 0);
    }
    case 'move':
      if (cell === process * pages + command.to && process === command.process) return true;
      break;
    case 'unmap':
    case 'discard':
    case 'load':
    case 'store':
    case 'migrate-to-device':
    case 'migrate-to-system':
    case 'evict':
    case 'protect':
    case 'device-load':
    case 'device-store':
    case 'pin':
    case 'unpin':
    case 'kernel-load':
    case 'kernel-store':
    case 'peek':
    case 'close':
    case 'make-exclusive':
    case 'device-exchange':
      break;
    default:
      command satisfies never;
  }
  const count = 'count' in command ? command.count : 1;
  const code = rowBefore[cell] ?? UNMAPPED;
  for (let at = named; at < named + count; at++) {
    if (at === cell || (isObject(code) && rowBefore[at] === code)) return true;
  }
  return false;
}

/** Whether a cell is mapped afterwards; undefined where that depends on the order of the two. */
function isMappedAfter(
  { mappingsBefore, pairs }: RaceStep,
  cell: number,
  pages: number,
): boolean | undefined {
  const process = Math.floor(cell / pages);
  const changes = pairs.filter(([{ command }]) => CHANGES_WHAT_IS_MAPPED.has(command.op));
  if (changes.length > 1) return undefined;
  let mapping = mappingsBefore[cell] ?? 0;
  for (const [{ cell: named, command }] of changes) {
    if (command.op === 'exit' && process === command.process) return false;
    if (command.op === 'unmap' && named === cell) return false;
    if (command.op === 'move' && process === command.process) {
      if (named === cell) return command.keep;
      if (cell % pages === command.to) return true;
    }
    if (command.op === 'fork' && process === command.child) {
      mapping = inheritedMapping(mappingsBefore[command.process * pages + (cell % pages)] ?? 0);
    }
  }
  return isMapped(mapping);
}

const CHANGES_WHAT_IS_MAPPED: ReadonlySet<string> = new Set(['unmap', 'move', 'exit', 'fork']);

/** Whether a process has lost the entry of a page that no command removed. */
function isLost({ rowBefore, pairs }: RaceStep, cell: number, is: number): boolean {
  if (!isObject(rowBefore[cell] ?? UNMAPPED)) return false;
  if (is === UNPOPULATED) {
    return !pairs.some(
      ([{ cell: named, command }]) => (command.op === 'discard' || command.op === 'move') && named === cell,
    );
  }
  return is === POISON && !pairs.some(([side]) => mayCall(side) && !hasWorked(side));
}

/** The sides that keep pages shared by a fork shared, except the pages that they empty. */
const SHARES: ReadonlySet<string> = new Set([
  'fork',
  'load',
  'kernel-load',
  'peek',
  'device-load',
  'discard',
  'unmap',
  'exit',
  'migrate-to-device',
  'migrate-to-system',
  'evict',
  'detach',
  'close',
]);

const sharing = define({
  id: 'race/fork-shares',
  title: 'After a fork concurrent with another command, both entries of a page are in one place',
  requirements: ['race.entries'],
  needs: ['race', 'entries', 'every-step'],
  steps: (reading) => reading.races,
  check(step, { scope, profile }) {
    const { after, before, mappingsBefore, pairs, rowBefore } = step;
    if (after === undefined || before === undefined) return 0;
    let shared = 0;
    for (const [{ command, answer }, other] of pairs) {
      if (command.op !== 'fork' || answer !== 'ok' || !SHARES.has(other.command.op)) continue;
      for (let page = 0; page < scope.pages; page++) {
        const cell = command.process * scope.pages + page;
        const code = rowBefore[cell] ?? UNMAPPED;
        const isDropped =
          other.cell === cell && (other.command.op === 'discard' || other.command.op === 'unmap');
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

/** Properties of the page tables after two concurrent commands. */
export const raceEntriesProperties = [entries, sharing] as const;
