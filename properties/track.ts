import { profilesWith } from '../spec/profiles/profile.ts';
import { type Command, type Op, SPECS } from '../spec/vocabulary/command.ts';
import { deviceEntry, frameOf, isDeviceEntry } from '../spec/vocabulary/snapshot.ts';
import type { Result } from '../spec/vocabulary/result.ts';
import { resultInWords } from '../spec/vocabulary/words.ts';
import type { AnnotatedTrace } from './annotated-trace.ts';
import { namedBlock } from './block-cells.ts';
import { define, defineRunning, type PropertyResult } from './property.ts';
import { isWatchedForStores, isWatchedIfMissing } from './mapping-table.ts';
import { KNOWN_CLEAN, KNOWN_DIRTY, mayMigrateBack } from './soft-dirty.ts';
import { recordChanges, calls, changeInWords, modified } from './stillness.ts';
import type { TraceStep } from './step.ts';
import type { TrackingCommand } from './step-lists.ts';
import { isObject, MOVED } from './contents.ts';

/** Whether the result is the certain one, if this is the state that is certain. */
function agrees(
  { command, result, dirtiness, mapping }: TraceStep<TrackingCommand>,
  certain: number,
): PropertyResult {
  if (command.op !== 'soft-dirty' || dirtiness !== certain) return 0;
  // A watch may set marks of its own.
  if (isWatchedForStores(mapping) || isWatchedIfMissing(mapping)) return 0;
  const right = certain === KNOWN_CLEAN ? 'clean' : 'dirty';
  return result === right ? 1 : `the page is ${right}, but soft-dirty returned ${resultInWords(result)}`;
}

const clear = define({
  id: 'track/clear',
  title: 'A cleared page stays clean until a command may modify it',
  requirements: ['track.clear'],
  needs: ['soft-dirty'],
  steps: (reading) => reading.trackings,
  check: (step) => agrees(step, KNOWN_CLEAN),
});

const store = define({
  id: 'track/store',
  title: 'A new page or a page that was stored to is dirty until it is cleared',
  requirements: ['track.store'],
  needs: ['soft-dirty'],
  steps: (reading) => reading.trackings,
  check: (step) => agrees(step, KNOWN_DIRTY),
});

const survives = define({
  id: 'track/survives',
  title: 'Migration does not change whether a page is dirty',
  requirements: ['track.survives'],
  profiles: profilesWith(({ tracksThroughMigration }) => tracksThroughMigration),
  needs: ['soft-dirty'],
  steps: (reading) => reading.trackings,
  check(step) {
    if ((step.traits & MOVED) === 0) return 0;
    return agrees(step, step.dirtiness === KNOWN_CLEAN ? KNOWN_CLEAN : KNOWN_DIRTY);
  },
});

const quiet = define({
  id: 'track/quiet',
  title:
    'Clearing and reading soft-dirty change nothing, except that clearing may turn WRITE entries to READ',
  requirements: ['track.no-callbacks'],
  needs: ['soft-dirty'],
  steps: (reading) => reading.trackings,
  check(step, { scope }) {
    const { command, result } = step;
    if (command.op === 'clear-soft-dirty' && result !== 'ok')
      return `${command.op} returned ${resultInWords(result)}`;
    return (
      (command.op === 'clear-soft-dirty'
        ? modifiedByClear(step, command.process, scope.pages)
        : modified(step)) ?? 1
    );
  },
});

/** Change tracking may remove the write permission from a device entry of this process, to detect the next store. */
function modifiedByClear(step: TraceStep, process: number, pages: number): string | undefined {
  const { before, after } = step;
  const markModified = calls(step) ?? recordChanges(step);
  if (markModified !== undefined || before === undefined || after === undefined) return markModified;
  for (let cell = 0; cell < after.length; cell++) {
    const [was, is] = [before[cell] ?? 0, after[cell] ?? 0];
    const mayLoseWrite = Math.trunc(cell / pages) === process && isDeviceEntry(was);
    if (was !== is && !(mayLoseWrite && is === deviceEntry(frameOf(was), false)))
      return changeInWords(step, cell);
  }
  return undefined;
}

/** After these, a page of a block that was stored to is still dirty; it is also after each command that keeps all states. */
const KEEP_DIRTY: ReadonlySet<Op> = new Set<Op>([
  'collapse',
  'kernel-load',
  'kernel-store',
  'load',
  'migrate-to-device',
  'migrate-to-system',
  'store',
]);

/** Whether a command keeps the state of every page, also of one that it migrates. */
const keepsAll = (op: Op): boolean => op !== 'race' && SPECS[op].effects.softDirty === 'keeps';

/** Not an access that failed: it may have left a poison entry. */
const isSuccess = (result: Result): boolean => typeof result !== 'string' || result === 'ok';

const storeInBlocks = defineRunning({
  id: 'track/store-in-blocks',
  title:
    'A page that was stored to is dirty until it is cleared, also if a large folio is made of it or divided',
  requirements: ['track.store', 'track.survives'],
  profiles: profilesWith(({ hasLargeFolios }) => hasLargeFolios),
  needs: ['soft-dirty', 'large-folios'],
  worlds: 'blocks',
  steps: (reading) => (reading.trackings.length === 0 ? [] : reading.steps),
  begin(reading) {
    const dirty = new Set<number>();
    return ({ command, result, cell }): PropertyResult => {
      if (command.op === 'soft-dirty') {
        if (!dirty.has(cell)) return 0;
        return result === 'dirty'
          ? 1
          : `the page was stored to, and soft-dirty returned ${resultInWords(result)}`;
      }
      for (const one of forgottenBy(command, result, reading)) dirty.delete(one);
      if ((command.op === 'store' || command.op === 'kernel-store') && result === 'ok') dirty.add(cell);
      return 0;
    };
  },
});

/** The cells of which it is not known whether they are still dirty after a command. */
function forgottenBy(command: Command, result: Result, reading: AnnotatedTrace): readonly number[] {
  const { pages, processes } = reading.scope;
  const cellsOf = (process: number): readonly number[] =>
    Array.from({ length: pages }, (_, page) => reading.cell(process, page));
  if (command.op === 'clear-soft-dirty') return cellsOf(command.process);
  if (command.op === 'discard' || command.op === 'protect' || command.op === 'unmap')
    return command.whole === true
      ? namedBlock(command, reading)
      : [reading.cell(command.process, command.page)];
  if (keepsAll(command.op) || (KEEP_DIRTY.has(command.op) && isSuccess(result))) return [];
  return Array.from({ length: processes }, (_, process) => cellsOf(process)).flat();
}

const clearInBlocks = defineRunning({
  id: 'track/clear-in-blocks',
  title:
    'Pages of a cleared process are clean until a command other than a query or a split, if none of them is pinned',
  requirements: ['track.clear'],
  profiles: profilesWith(({ hasLargeFolios }) => hasLargeFolios),
  needs: ['soft-dirty', 'large-folios'],
  worlds: 'blocks',
  steps: (reading) => (reading.trackings.length === 0 ? [] : reading.steps),
  begin({ scope }) {
    const cleared = new Set<number>();
    return ({ command, result, cell, pinsBefore }): PropertyResult => {
      if (command.op === 'soft-dirty') {
        if (!cleared.has(Math.trunc(cell / scope.pages))) return 0;
        return result === 'clean'
          ? 1
          : `the page was cleared, and soft-dirty returned ${resultInWords(result)}`;
      }
      // Also a migration of an unpopulated page may make it dirty.
      if (command.op !== 'clear-soft-dirty') {
        if (!keepsAll(command.op) || mayMigrateBack(command)) cleared.clear();
      } else if (!pinsBefore.some(isObject)) cleared.add(command.process);
      return 0;
    };
  },
});

/** Properties of soft-dirty tracking, which reports the pages that a process has stored to. */
export const trackProperties = [clear, store, survives, quiet, storeInBlocks, clearInBlocks] as const;
