import type { Op } from '../spec/vocabulary/command.ts';
import { frameOf, isDeviceEntry, PRESENT } from '../spec/vocabulary/snapshot.ts';
import { entryPredicate, eventInWords } from '../spec/vocabulary/words.ts';
import { define, defineRead } from './property.ts';
import { deviceOf } from './devices-apart.ts';
import { isObject, SENT } from './contents.ts';
import { PENDING_OOM } from './injected.ts';
import { isMapped } from './mapping-table.ts';
import { changeInWords, faultCall } from './stillness.ts';
import {
  endsAsItMay,
  findsSlotBusy,
  wasOnDevice,
  isPermitted,
  isRefusedQuietly,
  reachesContent,
  storesToWatched,
  succeeded,
} from './access-outcome.ts';

const neverDirect = define({
  id: 'fault/never-direct',
  title: 'The CPU accesses a page on the device only after page_fault, in system memory',
  requirements: ['fault.never-direct', 'pin.migrates-back'],
  needs: ['callbacks', 'entries', 'every-step'],
  steps: (reading) => reading.accesses,
  check(step) {
    const { before, after, cell, command } = step;
    if (before === undefined || after === undefined || !isDeviceEntry(before[cell] ?? 0)) return 0;
    if (!succeeded(step)) return 0;
    if (step.faults === 0) return `a ${command.op} of a page on the device called no page_fault`;
    if (after[cell] !== PRESENT)
      return `after a ${command.op} the entry is ${entryPredicate(after[cell] ?? 0)}`;
    return 1;
  },
});

const callsOnce = define({
  id: 'fault/calls-once',
  title: 'An access calls page_fault once, for its process, page and frame',
  requirements: ['fault.calls-once'],
  needs: ['callbacks'],
  steps: (reading) => reading.accesses,
  check(step) {
    const { before, cell, command, events, faults } = step;
    const entry = before?.[cell];
    if (faults === 0) {
      // A trapped store may leave the page on the device.
      const isDue =
        entry !== undefined && isDeviceEntry(entry) && reachesContent(step) && !storesToWatched(step);
      return isDue ? `a ${command.op} of a page on the device called no page_fault` : 0;
    }
    if (faults > 1 && (step.mayFailBy & PENDING_OOM) === 0)
      return `one ${command.op} called page_fault ${faults} times`;
    for (const event of events) {
      if (event.event !== 'fault') continue;
      if (event.process !== command.process || event.page !== command.page) {
        return `a ${command.op} called ${eventInWords(event)} for another page`;
      }
      if (event.frame === undefined || entry === undefined) continue;
      if (!isDeviceEntry(entry) || frameOf(entry) !== event.frame) {
        return `a ${command.op} called ${eventInWords(event)}, but the entry was ${entryPredicate(entry)}`;
      }
    }
    return 1;
  },
});

const noNeedlessCall = define({
  id: 'fault/no-needless-call',
  title: 'An access to a page that is not on the device calls no page_fault',
  requirements: ['fault.no-needless-call'],
  needs: ['callbacks'],
  steps: (reading) => reading.accesses,
  check(step) {
    const { before, cell } = step;
    const elsewhere = before === undefined ? !isObject(step.code) : !isDeviceEntry(before[cell] ?? 0);
    return elsewhere || findsSlotBusy(step) ? (faultCall(step) ?? 1) : 0;
  },
});

const permissionFirst = define({
  id: 'fault/permission-first',
  title: 'An access that the protection does not permit fails without a callback or a change',
  requirements: ['fault.permission-first'],
  needs: [],
  steps: (reading) => reading.accesses,
  check: (step) => (isMapped(step.mapping) && !isPermitted(step) ? isRefusedQuietly(step) : 0),
});

const migratesBack = define({
  id: 'fault/brings-back',
  title: 'A permitted access to a page on the device succeeds, unless an injection makes it fail',
  requirements: ['fault.migrates-back', 'pin.migrates-back'],
  needs: [],
  steps: (reading) => reading.accesses,
  check: (step) => (reachesContent(step) && wasOnDevice(step) ? (endsAsItMay(step) ?? 1) : 0),
});

const worksElsewhere = define({
  id: 'fault/works-elsewhere',
  title:
    'A permitted access to a page that is not on the device succeeds, unless a watch or a limit prevents it',
  requirements: ['protect.enforced', 'fault.migrates-back'],
  needs: [],
  steps: (reading) => reading.accesses,
  check(step) {
    if (!isPermitted(step) || findsSlotBusy(step)) return 0;
    return reachesContent(step) && wasOnDevice(step) ? 0 : (endsAsItMay(step) ?? 1);
  },
});

const movesAll = define({
  id: 'fault/moves-all',
  title: 'All entries of one page are in one place',
  requirements: ['fault.moves-all', 'migrate.moves-all', 'fault.extras-optional'],
  needs: ['entries'],
  steps: (reading) => reading.anew,
  check({ after, row }) {
    if (after === undefined) return 0;
    let shared = 0;
    for (let cell = 1; cell < row.length; cell++) {
      const content = row[cell] ?? 0;
      if (!isObject(content)) continue;
      // Since a mapping can move, the processes may map the page at different addresses.
      for (let other = cell - 1; other >= 0; other--) {
        if (row[other] !== content) continue;
        const [here, there] = [after[cell] ?? 0, after[other] ?? 0];
        if (placeOf(here) !== placeOf(there)) {
          return `the entries of one page in two processes are ${entryPredicate(there)} and ${entryPredicate(here)}`;
        }
        shared++;
        break;
      }
    }
    return shared;
  },
});

/** The frame, or a negative number for every other kind of entry. */
const placeOf = (entry: number): number => (isDeviceEntry(entry) ? frameOf(entry) : -1 - entry);

const extrasOwn = define({
  id: 'fault/extras-own',
  title:
    'The further pages that page_fault migrates are mapped by the accessing process and on the same device',
  requirements: ['fault.extras-own', 'fault.extras-optional'],
  needs: ['entries', 'every-step'],
  steps: (reading) => reading.accesses,
  check(step, { oneOwner, scope, profile }) {
    const { before, after, cell: accessed, rowBefore } = step;
    if (before === undefined || after === undefined || step.changed <= 0) return 0;
    const first = accessed - (accessed % scope.pages);
    let extras = 0;
    for (let cell = 0; cell < after.length; cell++) {
      const [was, is] = [before[cell] ?? 0, after[cell] ?? 0];
      if (was === is || cell === accessed || rowBefore[cell] === step.code) continue;
      const own = rowBefore.indexOf(rowBefore[cell] ?? 0, first);
      const isOwn = own !== -1 && own < first + scope.pages;
      if (!isOwn || !isDeviceEntry(was) || is !== PRESENT) return changeInWords(step, cell);
      if (profile.ownersMatter && !oneOwner && isDeviceEntry(before[accessed] ?? 0)) {
        const [one, other] = [deviceOf(was, scope), deviceOf(before[accessed] ?? 0, scope)];
        if (one !== other) return `an access to a page on device ${other} migrated a page of device ${one}`;
      }
      extras++;
    }
    return extras;
  },
});

const flatMemory = defineRead({
  id: 'fault/flat-memory',
  title: 'Every read returns the value stored last, also after forks, changes of protection and migrations',
  requirements: ['fault.last-value', 'migrate.transparent'],
  needs: [],
  concerns: ({ command }) => command.op !== 'unpin',
});

const lastValue = defineRead({
  id: 'fault/last-value',
  title: 'A load that migrates a page from the device returns the value that it had there',
  requirements: ['fault.last-value'],
  needs: [],
  concerns: (step) => isCpuLoad(step.command.op) && (wasOnDevice(step) || (step.traits & SENT) !== 0),
});

/** Whether it is a load that faults pages in. */
const isCpuLoad = (op: Op): boolean => op === 'load' || op === 'kernel-load';

const noFiller = define({
  id: 'fault/no-filler',
  title: 'No read returns torn or stale',
  requirements: ['fault.last-value', 'migrate.transparent', 'migrate.unpopulated-is-zero'],
  needs: [],
  steps: (reading) => reading.readAttempts,
  check({ command, result }) {
    if (result === 'torn' || result === 'stale') return `${command.op} returned ${result}`;
    return typeof result === 'number' ? 1 : 0;
  },
});

/** Properties of CPU faults on pages that are on the device. */
export const faultProperties = [
  neverDirect,
  callsOnce,
  noNeedlessCall,
  permissionFirst,
  migratesBack,
  worksElsewhere,
  movesAll,
  extrasOwn,
  flatMemory,
  lastValue,
  noFiller,
] as const;
