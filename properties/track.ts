import { profilesFrom } from '../spec/profiles/profile.ts';
import { deviceEntry, frameOf, isDeviceEntry } from '../spec/vocabulary/snapshot.ts';
import { resultInWords } from '../spec/vocabulary/words.ts';
import { define, type Finding } from './define.ts';
import { isWatchedForStores, isWatchedIfMissing } from './mapping-table.ts';
import { CLEAN, DIRTY } from './soft-dirty.ts';
import { bookChanges, calls, changeInWords, stirred } from './stillness.ts';
import type { Step } from './step.ts';
import type { Tracking } from './step-lists.ts';
import { MOVED } from './traits.ts';

/** Whether the answer is the one that is certain, if this is the one. */
function agrees({ command, result, dirtiness, mapping }: Step<Tracking>, certain: number): Finding {
  if (command.op !== 'soft-dirty' || dirtiness !== certain) return 0;
  // A watch may leave marks of its own.
  if (isWatchedForStores(mapping) || isWatchedIfMissing(mapping)) return 0;
  const right = certain === CLEAN ? 'clean' : 'dirty';
  return result === right ? 1 : `the page is ${right}, and soft-dirty answered ${resultInWords(result)}`;
}

const clear = define({
  id: 'track/clear',
  title: 'A cleared page is clean until a command other than a read affects it',
  requirements: ['track.clear'],
  needs: ['soft-dirty'],
  steps: (reading) => reading.trackings,
  check: (step) => agrees(step, CLEAN),
});

const store = define({
  id: 'track/store',
  title: 'A new page or a page that was stored to is dirty until it is cleared',
  requirements: ['track.store'],
  needs: ['soft-dirty'],
  steps: (reading) => reading.trackings,
  check: (step) => agrees(step, DIRTY),
});

const survives = define({
  id: 'track/survives',
  title: 'Migration does not change whether a page is dirty',
  requirements: ['track.survives'],
  profiles: profilesFrom('linux-5.18'),
  needs: ['soft-dirty'],
  steps: (reading) => reading.trackings,
  check(step) {
    if ((step.traits & MOVED) === 0) return 0;
    return agrees(step, step.dirtiness === CLEAN ? CLEAN : DIRTY);
  },
});

const quiet = define({
  id: 'track/quiet',
  title: 'Clearing and reading soft-dirty change nothing, except that clearing may turn WRITE to READ',
  requirements: ['track.quiet'],
  needs: ['soft-dirty'],
  steps: (reading) => reading.trackings,
  check(step, { scope }) {
    const { command, result } = step;
    if (command.op === 'clear-soft-dirty' && result !== 'ok')
      return `${command.op} answered ${resultInWords(result)}`;
    return (
      (command.op === 'clear-soft-dirty'
        ? stirredByClear(step, command.process, scope.pages)
        : stirred(step)) ?? 1
    );
  },
});

/** Whoever is to notice the next store may take the permission for it away: from a device entry of this process. */
function stirredByClear(step: Step, process: number, pages: number): string | undefined {
  const { before, after } = step;
  const stir = calls(step) ?? bookChanges(step);
  if (stir !== undefined || before === undefined || after === undefined) return stir;
  for (let cell = 0; cell < after.length; cell++) {
    const [was, is] = [before[cell] ?? 0, after[cell] ?? 0];
    const mayLoseWrite = Math.trunc(cell / pages) === process && isDeviceEntry(was);
    if (was !== is && !(mayLoseWrite && is === deviceEntry(frameOf(was), false)))
      return changeInWords(step, cell);
  }
  return undefined;
}

/** Whether a process can tell which pages were stored to. */
export const track = [clear, store, survives, quiet] as const;
