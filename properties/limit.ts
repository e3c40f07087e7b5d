import { UNPOPULATED } from '../spec/vocabulary/snapshot.ts';
import { resultInWords } from '../spec/vocabulary/words.ts';
import { AT_LIMIT, BELOW_LIMIT } from './charges.ts';
import { define } from './define.ts';
import { refusalOf } from './device-rights.ts';
import { accountChanges, modified } from './stillness.ts';
import {
  endsAsItMay,
  findsUnpopulatedWatched,
  findsSlotBusy,
  gotOom,
  gotSigbus,
  wasOnDevice,
  isOverLimit,
  isPermitted,
  lacksObject,
  reachesContent,
  storesToWatched,
} from './access-outcome.ts';
import { PENDING_SIGBUS } from './injected.ts';
import { isVector } from '../spec/vocabulary/result.ts';

const holds = define({
  id: 'account/limit-holds',
  title: 'An access that needs a new page returns an out-of-memory result while the group is at its limit',
  requirements: ['account.limit-holds'],
  needs: ['limit'],
  steps: (reading) => reading.accesses,
  check(step) {
    if (!isOverLimit(step) || !isPermitted(step) || findsSlotBusy(step)) return 0;
    if (findsUnpopulatedWatched(step) || storesToWatched(step)) return 0;
    // Another failure before this one may have caused the change.
    if (gotSigbus(step) && (step.mayStrike & PENDING_SIGBUS) !== 0) return 0;
    if (!gotOom(step)) {
      return `nothing more may be charged, and a ${step.command.op} answered ${resultInWords(step.result)}`;
    }
    // A page that the access migrated is in system memory then; otherwise nothing has changed. Where entries are not
    // shown, the page may have been on the device without evidence of it.
    const mayComeBack = step.before === undefined || wasOnDevice(step);
    return (mayComeBack ? accountChanges(step) : modified(step)) ?? 1;
  },
});

const holdsDevice = define({
  id: 'account/limit-holds-device',
  title: 'A device store that needs a new page fails while the group is at its limit',
  requirements: ['account.limit-holds'],
  needs: ['limit', 'device-store'],
  steps: (reading) => reading.deviceAccesses,
  check(step) {
    const { command, result } = step;
    if (command.op !== 'device-store' || step.atLimit !== AT_LIMIT || !lacksObject(step)) return 0;
    if (!step.usable || refusalOf(step) !== undefined || findsUnpopulatedWatched(step)) return 0;
    if (result === 'ok') return 'nothing more may be charged, and a device-store answered ok';
    return accountChanges(step) ?? 1;
  },
});

const unpopulatedStays = define({
  id: 'account/limit-holds-holes',
  title: 'An unpopulated page does not migrate to the device while the group is at its limit',
  requirements: ['account.limit-holds'],
  needs: ['limit'],
  steps: (reading) => reading.migrations,
  check({ command, result, cell, rowBefore, atLimit }) {
    if (command.op !== 'migrate-to-device' || !isVector(result) || atLimit !== AT_LIMIT) return 0;
    let unpopulated = 0;
    for (let i = 0; i < result.length; i++) {
      if (rowBefore[cell + i] !== UNPOPULATED) continue;
      if (result[i] === 'moved')
        return `page ${command.page + i}, a hole, moved, and nothing more may be charged`;
      unpopulated++;
    }
    return unpopulated;
  },
});

const sparesReturn = define({
  id: 'account/limit-spares-return',
  title: 'A page on the device migrates to system memory while the group is at its limit',
  requirements: ['account.limit-spares-return'],
  needs: ['limit'],
  steps: (reading) => reading.accesses,
  check(step) {
    if (step.atLimit === BELOW_LIMIT || !reachesContent(step) || !wasOnDevice(step)) return 0;
    return endsAsItMay(step) ?? 1;
  },
});

const sparesShadow = define({
  id: 'account/limit-spares-books',
  title: 'A reached limit changes neither rss nor charge, and loses no page',
  requirements: ['account.limit-holds', 'account.charge'],
  needs: ['limit', 'accounting', 'every-step'],
  steps: (reading) => reading.accesses,
  check: (step) => (step.atLimit !== BELOW_LIMIT && gotOom(step) ? (accountChanges(step) ?? 1) : 0),
});

/** Properties of the memory limit of a control group. */
export const limit = [holds, holdsDevice, unpopulatedStays, sparesReturn, sparesShadow] as const;
