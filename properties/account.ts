import { profilesWith } from '../spec/profiles/profile.ts';
import { EXCLUSIVE_ENTRY, isDeviceEntry, PRESENT, UNPOPULATED } from '../spec/vocabulary/snapshot.ts';
import { define, defineRunning, type PropertyResult } from './property.ts';
import { resultInWords } from '../spec/vocabulary/words.ts';
import { isObject } from './contents.ts';
import { isPrivate } from './mapping-table.ts';
import type { TraceStep } from './step.ts';
import { isVector } from '../spec/vocabulary/result.ts';
import { AT_LIMIT, BELOW_LIMIT } from './charges.ts';
import { refusalOf } from './device-rights.ts';
import { accountChanges, dropsZeroPages, modified } from './stillness.ts';
import {
  endsAsItMay,
  findsSlotBusy,
  findsUnpopulatedWatched,
  gotOom,
  gotSigbus,
  isOverLimit,
  isPermitted,
  lacksObject,
  reachesContent,
  storesToWatched,
  wasOnDevice,
} from './access-outcome.ts';
import { PENDING_SIGBUS } from './injected.ts';

const rss = define({
  id: 'account/rss',
  title: 'The rss of a process is the number of its private pages in system and device memory',
  requirements: ['account.rss'],
  needs: ['accounting'],
  steps: (reading) => reading.recorded,
  check({ after, state, row, mappings }, { scope }) {
    const counted = state?.rss;
    if (counted === undefined) return 0;
    let resident = 0;
    for (let process = 0; process < scope.processes; process++) {
      let pages = 0;
      for (let page = 0, cell = process * scope.pages; page < scope.pages; page++, cell++) {
        if (!isPrivate(mappings[cell] ?? 0)) continue;
        // Where entries are not shown, flat memory decides which pages are populated.
        const entry = after?.[cell];
        if (entry === undefined ? isObject(row[cell] ?? 0) : isPage(entry)) pages++;
      }
      if (counted[process] !== pages) {
        return `process ${process} has rss ${counted[process]}, but ${pages} private pages`;
      }
      resident += pages;
    }
    return resident;
  },
});

const isPage = (entry: number): boolean =>
  entry === PRESENT || entry === EXCLUSIVE_ENTRY || isDeviceEntry(entry);

const charge = define({
  id: 'account/charge',
  title: 'The charge is the number of private pages that an entry or a pin holds',
  requirements: ['account.charge'],
  needs: ['accounting'],
  steps: (reading) => reading.recorded,
  check({ state, held }) {
    const charged = state?.charged;
    if (charged === undefined) return 0;
    return charged === held ? held : `${charged} pages are charged, but ${held} are held`;
  },
});

const migrationIsFree = define({
  id: 'account/migration-is-free',
  title: 'A migration changes neither charge nor rss, except for unpopulated pages that migrate',
  requirements: ['account.charge', 'account.rss'],
  needs: ['accounting', 'every-step'],
  steps: (reading) => reading.migrations,
  check(step) {
    const { command, result, state, stateBefore, rowBefore, row, cell } = step;
    const [was, is] = [stateBefore?.charged, state?.charged];
    if (was === undefined || is === undefined || !isVector(result) || dropsZeroPages(step)) return 0;
    let filled = 0;
    let moved = 0;
    for (let i = 0; i < result.length; i++) {
      if (result[i] !== 'moved') continue;
      moved++;
      if (row[cell + i] !== rowBefore[cell + i]) filled++;
    }
    return is === was + filled
      ? moved
      : `${command.op} changed the charge from ${was} to ${is}, but ${filled} unpopulated pages migrated`;
  },
});

/** Whether the charge of a group lies within the bounds that follow from page creation and from joins. */
function isWithinBounds({ command, result, bounds }: TraceStep): PropertyResult {
  if (command.op !== 'charge' || bounds === undefined) return 0;
  if (typeof result === 'number' && result >= bounds.least && result <= bounds.most) return 1;
  const { least, most } = bounds;
  const right = least === most ? `${least}` : `${least} to ${most}`;
  return `group ${command.group} must be charged for ${right} pages, but charge returned ${resultInWords(result)}`;
}

const groups = define({
  id: 'account/groups',
  title: 'A control group is charged for the pages that its processes created',
  requirements: ['account.group'],
  needs: ['groups'],
  steps: (reading) => reading.charges,
  check: isWithinBounds,
});

/** The charges observed after processes have joined groups. */
const afterJoin = (): ((step: TraceStep) => PropertyResult) => {
  let hasJoined = false;
  return (step) => {
    if (step.command.op === 'join') hasJoined = true;
    return hasJoined ? isWithinBounds(step) : 0;
  };
};

const joinMoves = defineRunning({
  id: 'account/join-moves',
  title: 'Pages that no other process maps are charged to the group that their process joins',
  requirements: ['account.join-moves'],
  profiles: profilesWith((profile) => profile.joinMoves === 'all'),
  needs: ['groups'],
  steps: (reading) => reading.idle,
  begin: afterJoin,
});

const joinLeaves = defineRunning({
  id: 'account/join-leaves',
  title: 'The charges of a process that joins a group stay in its former group',
  requirements: ['account.join-leaves'],
  profiles: profilesWith((profile) => profile.joinMoves === 'nothing'),
  needs: ['groups'],
  steps: (reading) => reading.idle,
  begin: afterJoin,
});

const sum = defineRunning({
  id: 'account/sum-of-groups',
  title: 'The charges of all groups add up to the number of pages that an entry or a pin holds',
  requirements: ['account.charge', 'account.group'],
  needs: ['groups'],
  steps: (reading) => reading.charges,
  begin() {
    let last: TraceStep | undefined;
    return (step) => {
      const before = last;
      last = step;
      if (before === undefined || !isNextCharge(before, step)) return 0;
      const total = Number(before.result) + Number(step.result);
      return total === step.held
        ? 1
        : `both groups together are charged for ${total} pages, but ${step.held} are held`;
    };
  },
});

/** Whether two charge queries follow each other and cover both groups. */
function isNextCharge(one: TraceStep, other: TraceStep): boolean {
  if (one.command.op !== 'charge' || other.command.op !== 'charge') return false;
  return other.index === one.index + 1 && one.command.group !== other.command.group;
}

/** Properties of memory accounting: rss and charges. */
export const accountProperties = [rss, charge, migrationIsFree, groups, joinMoves, joinLeaves, sum] as const;

const holds = define({
  id: 'account/limit-holds',
  title: 'An access that needs a new page returns oom or ENOMEM while the group is at its limit',
  requirements: ['account.limit-holds'],
  needs: ['limit'],
  steps: (reading) => reading.accesses,
  check(step) {
    if (!isOverLimit(step) || !isPermitted(step) || findsSlotBusy(step)) return 0;
    if (findsUnpopulatedWatched(step) || storesToWatched(step)) return 0;
    // Another failure before this one may have caused the change.
    if (gotSigbus(step) && (step.mayFailBy & PENDING_SIGBUS) !== 0) return 0;
    if (!gotOom(step)) {
      return `the group is at its limit, but a ${step.command.op} that needs a new page returned ${resultInWords(step.result)}`;
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
    if (result === 'ok')
      return 'the group is at its limit, but a device-store that needs a new page returned ok';
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
        return `the group is at its limit, but unpopulated page ${command.page + i} moved`;
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
  title: 'An access that fails at a limit changes neither rss nor charge',
  requirements: ['account.limit-holds', 'account.charge'],
  needs: ['limit', 'accounting', 'every-step'],
  steps: (reading) => reading.accesses,
  check: (step) => (step.atLimit !== BELOW_LIMIT && gotOom(step) ? (accountChanges(step) ?? 1) : 0),
});

/** Properties of the memory limit of a control group. */
export const limitProperties = [holds, holdsDevice, unpopulatedStays, sparesReturn, sparesShadow] as const;
