import { profilesFrom } from '../spec/profiles/profile.ts';
import { partsOf } from '../spec/vocabulary/parts.ts';
import { EXCLUSIVE_ENTRY, isDeviceEntry, POISON, PRESENT, UNPOPULATED } from '../spec/vocabulary/snapshot.ts';
import { entryPredicate, eventInWords, resultInWords } from '../spec/vocabulary/words.ts';
import { BELOW_LIMIT } from './charges.ts';
import { define, defineRead } from './property.ts';
import { PENDING_OOM, PENDING_SIGBUS } from './injected.ts';
import { isInherited, isWatchedForStores } from './mapping-table.ts';
import { accountChanges, calls, changes, modified } from './stillness.ts';
import { findsUnpopulatedWatched, lacksObject, succeeded } from './access-outcome.ts';
import { IS_EXCLUSIVE, NOT_EXCLUSIVE } from './exclusive-entries.ts';
import type { TraceStep } from './step.ts';
import type { ExclusiveCommand } from './step-lists.ts';

const profiles = profilesFrom('linux-5.18');

const taken = define({
  id: 'exclusive/taken',
  title:
    'After make-exclusive the entry is exclusive; rss and charge change only if the page was unpopulated',
  requirements: ['exclusive.taken'],
  profiles,
  needs: ['exclusive', 'entries', 'every-step'],
  steps: (reading) => reading.exclusiveAccesses,
  check(step) {
    const { command, result, after, cell } = step;
    if (command.op !== 'make-exclusive' || result !== 'ok' || after === undefined) return 0;
    const entry = after[cell] ?? 0;
    if (entry !== EXCLUSIVE_ENTRY) return `after make-exclusive the entry is ${entryPredicate(entry)}`;
    return (lacksObject(step) ? undefined : accountChanges(step)) ?? 1;
  },
});

const returnsFirst = define({
  id: 'exclusive/returns-first',
  title: 'make-exclusive on a device page calls page_fault once, for its process and page',
  requirements: ['exclusive.returns-first'],
  profiles,
  needs: ['exclusive', 'callbacks', 'entries', 'every-step'],
  steps: (reading) => reading.exclusiveAccesses,
  check(step) {
    const { command, before, cell, result, faults, events } = step;
    if (command.op !== 'make-exclusive' || before === undefined) return 0;
    const isOnDevice = isDeviceEntry(before[cell] ?? 0);
    const most = isOnDevice && isExclusivePermitted(step) ? 1 : 0;
    const isDue = most === 1 && result === 'ok';
    // Where there is no memory, the driver may retry without a report.
    const isTooMany = faults > most && (most === 0 || (step.mayFailBy & PENDING_OOM) === 0);
    if (isTooMany || (isDue && faults === 0)) return `make-exclusive called page_fault ${faults} times`;
    for (const event of events) {
      if (event.event !== 'fault') continue;
      if (event.process !== command.process || event.page !== command.page) {
        return `make-exclusive called ${eventInWords(event)} for another page`;
      }
    }
    return most;
  },
});

const permission = define({
  id: 'exclusive/permission',
  title: 'Exclusive access without a working device or a writable mapping fails and changes nothing',
  requirements: ['exclusive.permission'],
  profiles,
  needs: ['exclusive'],
  steps: (reading) => reading.exclusiveAccesses,
  check(step) {
    if (isExclusivePermitted(step)) return 0;
    const { command, result } = step;
    const isRight = step.usable
      ? result === 'EFAULT' || (result === 'EPERM' && step.permits(false))
      : result === 'ENODEV';
    if (!isRight) return `a ${command.op} that is not permitted returned ${resultInWords(result)}`;
    return modified(step) ?? 1;
  },
});

const works = define({
  id: 'exclusive/works',
  title: 'A permitted make-exclusive succeeds unless an injection, a watch or a limit prevents it',
  requirements: ['exclusive.taken', 'exclusive.returns-first', 'exclusive.permission'],
  profiles,
  needs: ['exclusive'],
  steps: (reading) => reading.exclusiveAccesses,
  check(step) {
    const { command, result } = step;
    if (command.op !== 'make-exclusive' || !isExclusivePermitted(step)) return 0;
    if (result === 'ok') return 1;
    if (isWatchedForExclusive(step) && result === 'trapped') return 0;
    const isRefused = result === 'EFAULT' || result === 'ENOMEM';
    const lacksCharge = step.atLimit !== BELOW_LIMIT && lacksObject(step);
    const mayFail =
      (step.mayFailBy & (PENDING_SIGBUS | PENDING_OOM)) !== 0 || lacksCharge || isWatchedForExclusive(step);
    return isRefused && mayFail ? 0 : `make-exclusive returned ${resultInWords(result)}`;
  },
});

const revoked = define({
  id: 'exclusive/revoked',
  title: 'An access revokes exclusive access without a callback',
  requirements: ['exclusive.revoked'],
  profiles,
  needs: ['exclusive', 'entries', 'every-step'],
  steps: (reading) => reading.accesses,
  check(step) {
    const { before, after, cell, command } = step;
    if (before?.[cell] !== EXCLUSIVE_ENTRY || after === undefined || !succeeded(step)) return 0;
    const entry = after[cell] ?? 0;
    if (entry !== PRESENT) return `after a ${command.op} the entry is ${entryPredicate(entry)}`;
    return calls(step) ?? changes(step, cell) ?? accountChanges(step) ?? 1;
  },
});

const forked = define({
  id: 'exclusive/fork',
  title: 'After a fork neither parent nor child has an exclusive entry',
  requirements: ['exclusive.fork'],
  profiles,
  needs: ['exclusive', 'fork', 'entries', 'every-step'],
  steps: (reading) => reading.forks,
  check({ command, before, after, mappingsBefore }, reading) {
    if (before === undefined || after === undefined) return 0;
    let back = 0;
    for (const process of [command.process, command.child]) {
      for (let page = 0; page < reading.scope.pages; page++) {
        const cell = reading.cell(process, page);
        // A page that the child does not inherit is not shared.
        if (!isInherited(mappingsBefore[reading.cell(command.process, page)] ?? 0)) continue;
        if (after[cell] === EXCLUSIVE_ENTRY)
          return `after a fork page ${page} of process ${process} is exclusive`;
        if (before[cell] === EXCLUSIVE_ENTRY) back++;
      }
    }
    return back;
  },
});

const onlyWhereMade = define({
  id: 'exclusive/only-where-made',
  title: 'An entry is exclusive only after make-exclusive, and its page is not shared',
  requirements: ['exclusive.taken', 'robust.at-rest'],
  profiles,
  needs: ['exclusive', 'entries', 'every-step'],
  steps: (reading) => reading.compared,
  check({ command, before, after, row }, reading) {
    if (before === undefined || after === undefined) return 0;
    let pages = 0;
    for (let cell = 0; cell < after.length; cell++) {
      if (after[cell] !== EXCLUSIVE_ENTRY) continue;
      const isNew = before[cell] !== EXCLUSIVE_ENTRY;
      const came = partsOf(command).some(
        (part) =>
          (part.op === 'make-exclusive' && cell === reading.cell(part.process, part.page)) ||
          (part.op === 'move' && cell === reading.cell(part.process, part.to)),
      );
      if (isNew && !came) return `${command.op} made entry ${cell} of the table exclusive`;
      const code = row[cell] ?? UNPOPULATED;
      // The order of the two sides is unknown, and so are the processes that share the page.
      if (command.op === 'race') continue;
      if (row.indexOf(code) !== row.lastIndexOf(code))
        return `entry ${cell} of the table is exclusive, but its page is shared`;
      pages++;
    }
    return pages;
  },
});

/** Properties of exclusive access by a device: how it begins and how it ends. */
export const exclusiveProperties = [
  taken,
  returnsFirst,
  permission,
  works,
  revoked,
  forked,
  onlyWhereMade,
] as const;

const exchanged = defineRead({
  id: 'exclusive/exchange',
  title: 'device-exchange returns the previous value',
  requirements: ['exclusive.exchange'],
  profiles,
  needs: ['exclusive'],
  concerns: ({ command }) => command.op === 'device-exchange',
});

const exchangeNeeds = define({
  id: 'exclusive/exchange-needs-it',
  title: 'device-exchange succeeds on an exclusive entry; on any other it fails and changes nothing',
  requirements: ['exclusive.exchange'],
  profiles,
  needs: ['exclusive'],
  steps: (reading) => reading.exclusiveAccesses,
  check(step) {
    const { command, result, exclusivity } = step;
    if (command.op !== 'device-exchange' || !isExclusivePermitted(step)) return 0;
    const isDone = typeof result === 'number' || result === 'torn' || result === 'stale';
    if (isWatchedForExclusive(step)) {
      return isDone ? 'device-exchange succeeded on a watched page' : (accountChanges(step) ?? 1);
    }
    if (exclusivity === NOT_EXCLUSIVE || result === 'EINVAL') {
      if (exclusivity === IS_EXCLUSIVE)
        return 'the device has exclusive access, but device-exchange returned EINVAL';
      if (result !== 'EINVAL')
        return `no device has exclusive access, but device-exchange returned ${resultInWords(result)}`;
      return modified(step) ?? 1;
    }
    return isDone ? 1 : `device-exchange returned ${resultInWords(result)}`;
  },
});

/** Properties of device-exchange. */
export const exchangeProperties = [exchanged, exchangeNeeds] as const;

/** Whether a usable device may write to the page. */
const isExclusivePermitted = (step: TraceStep<ExclusiveCommand>): boolean =>
  step.usable && step.permits(true) && step.code !== POISON;

/** Whether the step meets a watch. */
const isWatchedForExclusive = (step: TraceStep): boolean =>
  isWatchedForStores(step.mapping) || findsUnpopulatedWatched(step);
