import { EXCLUSIVE_ENTRY, UNPOPULATED, PRESENT } from '../spec/vocabulary/snapshot.ts';
import { profilesWith } from '../spec/profiles/profile.ts';
import { type CommandOf, pinsForReading } from '../spec/vocabulary/command.ts';
import { entryPredicate, resultInWords } from '../spec/vocabulary/words.ts';
import { isContent, isFilePage, isObject, ZEROES } from './contents.ts';
import { define, defineRead, type PropertyResult } from './property.ts';
import { NO_PIN } from './flat-memory.ts';
import type { TraceStep } from './step.ts';
import { modified } from './stillness.ts';
import { endsAsItMay, findsSlotBusy, isPermitted, isRefusedQuietly } from './access-outcome.ts';

const migratesBack = define({
  id: 'pin/brings-back',
  title: 'A page is in system memory after it was pinned',
  requirements: ['pin.migrates-back'],
  needs: ['pin', 'entries'],
  steps: (reading) => reading.pinnings,
  check({ command, result, after, cell }) {
    if (result !== 'ok' || after === undefined) return 0;
    const entry = after[cell] ?? 0;
    // A pin for reading creates no page for an unpopulated entry.
    if (entry === UNPOPULATED && pinsForReading(command)) return 0;
    return entry === PRESENT ? 1 : `a page was pinned, but its entry is ${entryPredicate(entry)}`;
  },
});

const neverOnDevice = define({
  id: 'pin/never-on-device',
  title: 'A page stays in system memory while it is pinned',
  requirements: ['pin.blocks-migration', 'pin.migrates-back'],
  needs: ['pin', 'entries'],
  steps: (reading) => reading.anew,
  check({ after, row, pins }) {
    let pinned = 0;
    for (const content of pins) {
      if (content === NO_PIN || isFilePage(content)) continue;
      for (let cell = 0; cell < row.length; cell++) {
        if (row[cell] !== content) continue;
        const entry = after?.[cell] ?? 0;
        if (entry !== PRESENT && entry !== EXCLUSIVE_ENTRY)
          return `the page of entry ${cell} of the table is pinned, but the entry is ${entryPredicate(entry)}`;
        pinned++;
      }
    }
    return pinned;
  },
});

const seesStores = defineRead({
  id: 'pin/sees-stores',
  title: 'Unpin returns the value stored last in the pinned page, also after unmap and exit',
  requirements: ['pin.sees-stores'],
  needs: ['pin'],
  concerns: ({ command }) => command.op === 'unpin',
});

const permission = define({
  id: 'pin/permission',
  title:
    'A pin on a mapping that is not writable or no longer exists returns EFAULT without a callback or a change',
  requirements: ['pin.permission'],
  needs: ['pin'],
  steps: (reading) => reading.pinnings,
  check: (step) => (isPermitted(step) || pinsForReading(step.command) ? 0 : isRefusedQuietly(step)),
});

const failsAsError = define({
  id: 'pin/fails-as-error',
  title: 'A permitted pin succeeds, or returns EFAULT or ENOMEM if an injection strikes it',
  requirements: ['pin.failure', 'pin.migrates-back'],
  needs: ['pin'],
  steps: (reading) => reading.pinnings,
  check: (step) => (isPermitted(step) && !findsSlotBusy(step) ? (endsAsItMay(step) ?? 1) : 0),
});

const slotIsBusy = define({
  id: 'pin/slot-is-busy',
  title: 'A pin into a busy slot returns EBUSY without a callback or a change',
  requirements: ['pin.slot'],
  needs: ['pin'],
  steps: (reading) => reading.pinnings,
  check(step) {
    if (!findsSlotBusy(step)) return 0;
    if (step.result === 'EBUSY') return modified(step) ?? 1;
    return `slot ${step.command.slot} is busy, but pin returned ${resultInWords(step.result)}`;
  },
});

const slotIsEmpty = define({
  id: 'pin/slot-is-empty',
  title: 'Unpin of an empty slot returns EINVAL, of a busy slot a value, and calls no callback',
  requirements: ['pin.slot', 'pin.failure'],
  needs: ['pin'],
  steps: (reading) => reading.unpinnings,
  check(step) {
    const { code, result, command } = step;
    if (isContent(code) ? result === 'EINVAL' : result !== 'EINVAL') {
      return `slot ${command.slot} is ${isContent(code) ? 'busy' : 'empty'}, but unpin returned ${resultInWords(result)}`;
    }
    return step.events.length === 0 ? 1 : 'unpin called a callback';
  },
});

const readPermission = define({
  id: 'pin/read-permission',
  title: 'A pin for reading succeeds on every readable mapping and on no other',
  requirements: ['pin.read-permission'],
  needs: ['pin', 'pin-read'],
  steps: (reading) => reading.pinnings,
  check(step) {
    if (!pinsForReading(step.command)) return 0;
    if (!isPermitted(step)) return isRefusedQuietly(step);
    return findsSlotBusy(step) ? 0 : (endsAsItMay(step) ?? 1);
  },
});

/** A pin for reading that succeeded at a page with an object. */
const readsObject = ({ command, result, code }: TraceStep<CommandOf<'pin'>>): boolean =>
  pinsForReading(command) && result === 'ok' && isObject(code);

const readOwn = define({
  id: 'pin/read-own',
  title: 'A pin for reading of a shared page creates one page, which is private to its process',
  requirements: ['pin.read-own'],
  profiles: profilesWith(({ readPinUnshares }) => readPinUnshares),
  needs: ['pin', 'pin-read', 'fork', 'accounting', 'every-step'],
  steps: (reading) => reading.pinnings,
  check: (step) => (readsObject(step) && step.sharersBefore > 1 ? chargesMore(step, 1) : 0),
});

const readShares = define({
  id: 'pin/read-shares',
  title: 'A pin for reading of a shared page creates no page',
  requirements: ['pin.read-shares'],
  profiles: profilesWith(({ readPinUnshares }) => !readPinUnshares),
  needs: ['pin', 'pin-read', 'fork', 'accounting', 'every-step'],
  steps: (reading) => reading.pinnings,
  check: (step) => (readsObject(step) && step.sharersBefore > 1 ? chargesMore(step, 0) : 0),
});

function chargesMore({ state, stateBefore }: TraceStep, pages: number): PropertyResult {
  const [was, is] = [stateBefore?.charged, state?.charged];
  if (was === undefined || is === undefined) return 0;
  return is === was + pages ? 1 : `a pin for reading changed the charge from ${was} to ${is}`;
}

const readEmpty = define({
  id: 'pin/read-empty',
  title: 'A pin for reading of an unpopulated page holds the value that a load returns',
  requirements: ['pin.read-empty'],
  needs: ['pin', 'pin-read'],
  steps: (reading) => reading.unpinnings,
  check({ code, result, value, command }) {
    if (code !== ZEROES && !isFilePage(code)) return 0;
    return result === value
      ? 1
      : `unpin of slot ${command.slot} returned ${resultInWords(result)}, not the pinned value ${value}`;
  },
});

/** Properties of pins, which hold a page from outside the page tables. */
export const pinProperties = [
  migratesBack,
  neverOnDevice,
  seesStores,
  permission,
  failsAsError,
  slotIsBusy,
  slotIsEmpty,
  readPermission,
  readOwn,
  readShares,
  readEmpty,
] as const;
