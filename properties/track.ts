import { profilesWith } from '../spec/profiles/profile.ts';
import { deviceEntry, frameOf, isDeviceEntry } from '../spec/vocabulary/snapshot.ts';
import { resultInWords } from '../spec/vocabulary/words.ts';
import { define, type PropertyResult } from './property.ts';
import { isWatchedForStores, isWatchedIfMissing } from './mapping-table.ts';
import { KNOWN_CLEAN, KNOWN_DIRTY } from './soft-dirty.ts';
import { recordChanges, calls, changeInWords, modified } from './stillness.ts';
import type { TraceStep } from './step.ts';
import type { TrackingCommand } from './step-lists.ts';
import { MOVED } from './contents.ts';

/** Whether the result is the certain one, if this is the state that is certain. */
function agrees(
  { command, result, dirtiness, mapping }: TraceStep<TrackingCommand>,
  certain: number,
): PropertyResult {
  if (command.op !== 'soft-dirty' || dirtiness !== certain) return 0;
  // A watch may set marks of its own.
  if (isWatchedForStores(mapping) || isWatchedIfMissing(mapping)) return 0;
  const right = certain === KNOWN_CLEAN ? 'clean' : 'dirty';
  return result === right ? 1 : `the page is ${right}, and soft-dirty returned ${resultInWords(result)}`;
}

const clear = define({
  id: 'track/clear',
  title: 'A cleared page is clean until a command other than a read affects it',
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
  title: 'Clearing and reading soft-dirty change nothing, except that clearing may turn WRITE to READ',
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

/** Properties of soft-dirty tracking, which reports the pages that a process has stored to. */
export const trackProperties = [clear, store, survives, quiet] as const;
