import { resultInWords } from '../spec/vocabulary/words.ts';
import { isObject } from './contents.ts';
import { define } from './define.ts';
import { isHeldUp, refusalOf } from './device-rights.ts';
import { isWatchedIfMissing } from './mapping-table.ts';
import { modified } from './stillness.ts';
import {
  findsUnpopulatedWatched,
  findsSlotBusy,
  gotOom,
  isPermitted,
  mayBeOverLimit,
} from './access-outcome.ts';
import { isVector } from '../spec/vocabulary/result.ts';

const trapsMissing = define({
  id: 'watch/traps-missing',
  title: 'An access to a watched missing page is trapped and changes nothing',
  requirements: ['watch.traps-missing'],
  needs: ['watch-missing'],
  steps: (reading) => reading.accesses,
  check(step) {
    if (!findsUnpopulatedWatched(step) || !isPermitted(step) || findsSlotBusy(step)) return 0;
    // The missing charge for a page may be detected first.
    const isRight = step.result === 'trapped' || (gotOom(step) && mayBeOverLimit(step));
    if (!isRight) return `a ${step.command.op} of a watched hole answered ${resultInWords(step.result)}`;
    return modified(step) ?? 1;
  },
});

const trapsDevice = define({
  id: 'watch/traps-missing-on-device',
  title: 'A device access to a watched missing page is trapped or fails, and changes nothing',
  requirements: ['watch.traps-missing'],
  needs: ['watch-missing'],
  steps: (reading) => reading.deviceAccesses,
  check(step) {
    if (!step.usable || refusalOf(step) !== undefined || !findsUnpopulatedWatched(step)) return 0;
    return isHeldUp(step) ?? modified(step) ?? 1;
  },
});

const peeksNothing = define({
  id: 'watch/missing-reads-zero',
  title: 'A no-fault load of a watched missing page fails or returns zero',
  requirements: ['watch.traps-missing', 'kernel.nofault-value'],
  needs: ['watch-missing', 'peek'],
  steps: (reading) => reading.peeks,
  check(step) {
    if (!findsUnpopulatedWatched(step) || !step.permits(false)) return 0;
    const isRight = step.result === 'EFAULT' || step.result === 0;
    return isRight ? 1 : `a peek at a watched hole answered ${resultInWords(step.result)}`;
  },
});

const missingStays = define({
  id: 'watch/missing-stays',
  title: 'A watched missing page does not migrate',
  requirements: ['watch.missing-stays'],
  needs: ['watch-missing'],
  steps: (reading) => reading.migrations,
  check({ command, result, cell, row, rowBefore, mappingsBefore }) {
    if (command.op !== 'migrate-to-device' || !isVector(result)) return 0;
    let unpopulated = 0;
    for (let i = 0; i < result.length; i++) {
      const isUnpopulated = !isObject(rowBefore[cell + i] ?? 0) && row[cell + i] === rowBefore[cell + i];
      if (!isUnpopulated || !isWatchedIfMissing(mappingsBefore[cell + i] ?? 0)) continue;
      if (result[i] === 'moved') return `page ${command.page + i}, a hole that is watched, moved`;
      unpopulated++;
    }
    return unpopulated;
  },
});

/** Properties of accesses to watched unpopulated pages. */
export const watchMissing = [trapsMissing, trapsDevice, peeksNothing, missingStays] as const;
