import { entryPredicate, resultInWords } from '../spec/vocabulary/words.ts';
import { isObject, MOVED } from './contents.ts';
import { define, type PropertyResult } from './property.ts';
import { isHeldUp, refusalOf } from './device-rights.ts';
import { isReprotected, isWatchedForStores, isWatchedIfMissing } from './mapping-table.ts';
import { accountChanges, calls, changeInWords, changes, modified, recordChanges } from './stillness.ts';
import {
  endsAsItMay,
  findsSlotBusy,
  findsUnpopulatedWatched,
  gotOom,
  gotSigbus,
  isPermitted,
  mayBeOverLimit,
  reachesContent,
  storesToWatched,
} from './access-outcome.ts';
import { isVector } from '../spec/vocabulary/result.ts';
import { profilesFrom, profilesWith } from '../spec/profiles/profile.ts';
import {
  deviceEntry,
  EXCLUSIVE_ENTRY,
  frameOf,
  isDeviceEntry,
  isWriteEntry,
  PRESENT,
  UNPOPULATED,
} from '../spec/vocabulary/snapshot.ts';
import { PENDING_OOM, PENDING_SIGBUS } from './injected.ts';
import type { TraceStep } from './step.ts';
import { mayBeForeign } from './devices-apart.ts';
import type { Access } from './access-kinds.ts';

const trapsMissing = define({
  id: 'watch/traps-missing',
  title: 'An access to an unpopulated page that is watched for missing pages is trapped and changes nothing',
  requirements: ['watch.traps-missing'],
  needs: ['watch-missing'],
  steps: (reading) => reading.accesses,
  check(step) {
    if (!findsUnpopulatedWatched(step) || !isPermitted(step) || findsSlotBusy(step)) return 0;
    // The missing charge for a page may be detected first.
    const isRight = step.result === 'trapped' || (gotOom(step) && mayBeOverLimit(step));
    if (!isRight)
      return `a ${step.command.op} of a watched unpopulated page returned ${resultInWords(step.result)}`;
    return modified(step) ?? 1;
  },
});

const trapsDevice = define({
  id: 'watch/traps-missing-on-device',
  title:
    'A device access to an unpopulated page that is watched for missing pages is trapped or fails, and changes nothing',
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
  title: 'A no-fault load of an unpopulated page that is watched for missing pages returns EFAULT or 0',
  requirements: ['watch.traps-missing', 'kernel.nofault-value'],
  needs: ['watch-missing', 'peek'],
  steps: (reading) => reading.peeks,
  check(step) {
    if (!findsUnpopulatedWatched(step) || !step.permits(false)) return 0;
    const isRight = step.result === 'EFAULT' || step.result === 0;
    return isRight ? 1 : `a peek of a watched unpopulated page returned ${resultInWords(step.result)}`;
  },
});

const missingStays = define({
  id: 'watch/missing-stays',
  title: 'An unpopulated page that is watched for missing pages does not migrate',
  requirements: ['watch.missing-stays'],
  needs: ['watch-missing'],
  steps: (reading) => reading.migrations,
  check({ command, result, cell, row, rowBefore, mappingsBefore }) {
    if (command.op !== 'migrate-to-device' || !isVector(result)) return 0;
    let unpopulated = 0;
    for (let i = 0; i < result.length; i++) {
      const isUnpopulated = !isObject(rowBefore[cell + i] ?? 0) && row[cell + i] === rowBefore[cell + i];
      if (!isUnpopulated || !isWatchedIfMissing(mappingsBefore[cell + i] ?? 0)) continue;
      if (result[i] === 'moved') return `page ${command.page + i} is unpopulated and watched, but moved`;
      unpopulated++;
    }
    return unpopulated;
  },
});

/** Properties of accesses to watched unpopulated pages. */
export const watchMissingProperties = [trapsMissing, trapsDevice, peeksNothing, missingStays] as const;

const sinceWatches = profilesFrom('linux-5.18');

/** A store to a watched page is trapped, unless its migration to system memory failed before; it changes no account. */
function isTrapped(step: TraceStep<Access>): PropertyResult {
  const failed =
    (gotSigbus(step) && (step.mayFailBy & PENDING_SIGBUS) !== 0) ||
    (gotOom(step) && (step.mayFailBy & PENDING_OOM) !== 0);
  if (step.result !== 'trapped' && !failed) {
    return `a ${step.command.op} to a watched page returned ${resultInWords(step.result)}`;
  }
  return accountChanges(step) ?? 1;
}

const trapsStore = define({
  id: 'watch/traps-store',
  title: 'No store by CPU or kernel changes a write-protected page, and no pin for writing holds it',
  requirements: ['watch.traps-store'],
  profiles: sinceWatches,
  needs: ['watch-write'],
  steps: (reading) => reading.accesses,
  check: (step) => (reachesContent(step) && storesToWatched(step) ? isTrapped(step) : 0),
});

const unpopulated = define({
  id: 'watch/unpopulated',
  title: 'No store changes an unpopulated write-protected page',
  requirements: ['watch.unpopulated'],
  profiles: profilesWith(({ offersUnpopulatedWatch }) => offersUnpopulatedWatch),
  needs: ['watch-write', 'watch-unpopulated'],
  steps: (reading) => reading.accesses,
  check: (step) =>
    step.code === UNPOPULATED && isPermitted(step) && !findsSlotBusy(step) && storesToWatched(step)
      ? isTrapped(step)
      : 0,
});

const survives = define({
  id: 'watch/survives',
  title: 'A page is still write-protected after a migration or a change of protection',
  requirements: ['watch.survives'],
  profiles: sinceWatches,
  needs: ['watch-write'],
  steps: (reading) => reading.accesses,
  check(step) {
    const isChanged = (step.traits & MOVED) !== 0 || isReprotected(step.mapping);
    return isChanged && reachesContent(step) && storesToWatched(step) ? isTrapped(step) : 0;
  },
});

const trapsDeviceStore = define({
  id: 'watch/traps-device-store',
  title: 'A device store to a write-protected page is trapped or fails',
  requirements: ['watch.traps-store'],
  profiles: sinceWatches,
  needs: ['watch-write', 'device-store'],
  steps: (reading) => reading.deviceAccesses,
  check(step) {
    if (step.command.op !== 'device-store' || !isWatchedForStores(step.mapping)) return 0;
    if (!step.usable || refusalOf(step) !== undefined) return 0;
    return isHeldUp(step) ?? accountChanges(step) ?? 1;
  },
});

const passesLoads = define({
  id: 'watch/passes-loads',
  title: 'Loads of a write-protected page succeed and migrate it to system memory as usual',
  requirements: ['watch.passes-loads'],
  profiles: sinceWatches,
  needs: ['watch-write'],
  steps: (reading) => reading.accesses,
  check(step) {
    if (!isWatchedForStores(step.mapping) || !reachesContent(step) || storesToWatched(step)) return 0;
    return endsAsItMay(step) ?? 1;
  },
});

const passesDevice = define({
  id: 'watch/passes-device-loads',
  title: 'A device can read a write-protected page',
  requirements: ['watch.passes-loads'],
  profiles: sinceWatches,
  needs: ['watch-write', 'device-load'],
  steps: (reading) => reading.deviceAccesses,
  check(step, { scope }) {
    if (step.command.op !== 'device-load' || !isWatchedForStores(step.mapping)) return 0;
    if (!step.usable || refusalOf(step) !== undefined || mayBeForeign(step, scope)) return 0;
    return typeof step.result === 'number' ? 1 : `a device-load returned ${resultInWords(step.result)}`;
  },
});

const own = define({
  id: 'watch/own',
  title: 'A watch by one process does not apply to another process that maps the page',
  requirements: ['watch.own'],
  profiles: sinceWatches,
  needs: ['watch-write', 'fork'],
  steps: (reading) => reading.accesses,
  check(step) {
    const { code, cell, mapping, rowBefore, mappingsBefore } = step;
    if (isWatchedForStores(mapping) || !reachesContent(step)) return 0;
    const isWatchedElsewhere = rowBefore.some(
      (other, at) => other === code && at !== cell && isWatchedForStores(mappingsBefore[at] ?? 0),
    );
    return isWatchedElsewhere ? (endsAsItMay(step) ?? 1) : 0;
  },
});

const trapsNobodyElse = define({
  id: 'watch/traps-nobody-else',
  title: 'Only accesses to watched pages are trapped',
  requirements: ['watch.own', 'watch.passes-loads'],
  profiles: sinceWatches,
  needs: ['watch-write'],
  steps: (reading) => reading.accesses,
  check(step) {
    if (!isPermitted(step) || findsUnpopulatedWatched(step) || storesToWatched(step)) return 0;
    return step.result === 'trapped' ? `a ${step.command.op} of a page that is not watched was trapped` : 1;
  },
});

const quiet = define({
  id: 'watch/quiet',
  title: 'Watch returns ok, calls no callback and moves nothing; afterwards the entry is not WRITE',
  requirements: ['watch.traps-store', 'watch.traps-missing', 'robust.at-rest'],
  needs: [],
  steps: (reading) => reading.watches,
  check(step) {
    const { result, before, after, cell } = step;
    if (result !== 'ok') return `watch returned ${resultInWords(result)}`;
    const markModified = calls(step) ?? changes(step, cell) ?? recordChanges(step);
    if (markModified !== undefined || before === undefined || after === undefined) return markModified ?? 1;
    const [was, is] = [before[cell] ?? 0, after[cell] ?? 0];
    if (was === is) return 1;
    // A change of a watch may replace a WRITE entry by READ. This holds for the end of a watch, too, because Linux
    // updates the entry then as well.
    const isDowngraded = isDeviceEntry(was) && is === deviceEntry(frameOf(was), false);
    return isDowngraded || (was === EXCLUSIVE_ENTRY && is === PRESENT) ? 1 : changeInWords(step, cell);
  },
});

const neverWrite = define({
  id: 'watch/never-write',
  title: 'The entry of a write-protected page is READ on every device',
  requirements: ['watch.traps-store', 'watch.survives'],
  profiles: sinceWatches,
  needs: ['watch-write', 'entries'],
  steps: (reading) => reading.anew,
  check({ after, mappings }) {
    if (after === undefined) return 0;
    let watched = 0;
    for (let cell = 0; cell < after.length; cell++) {
      const entry = after[cell] ?? 0;
      if (!isDeviceEntry(entry) || !isWatchedForStores(mappings[cell] ?? 0)) continue;
      if (isWriteEntry(entry))
        return `the page is write-protected, but its entry is ${entryPredicate(entry)}`;
      watched++;
    }
    return watched;
  },
});

/** Properties of userfaultfd write protection: the traps of watched stores, and the effects of a watch. */
export const watchProperties = [
  trapsStore,
  unpopulated,
  survives,
  trapsDeviceStore,
  passesLoads,
  passesDevice,
  own,
  trapsNobodyElse,
  quiet,
  neverWrite,
] as const;
