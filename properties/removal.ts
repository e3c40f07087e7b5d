import { devicesIn, type Scope } from '../spec/vocabulary/scope.ts';
import { frameOf, POISON, PRESENT } from '../spec/vocabulary/snapshot.ts';
import { entryPredicate, resultInWords } from '../spec/vocabulary/words.ts';
import { define } from './property.ts';
import { homeBefore, isOn, ownerOf } from './devices-apart.ts';
import { PENDING_OOM, PENDING_SIGBUS } from './injected.ts';
import { accountChanges, changeInWords, faultCall, modified } from './stillness.ts';
import type { AnnotatedTrace } from './annotated-trace.ts';
import type { TraceStep } from './step.ts';
import { endsAsItMay, findsSlotBusy, gotSigbus, isPermitted, reachesContent } from './access-outcome.ts';

/** The number of entries that name a frame of a device. */
function entriesOn(entries: readonly number[] | undefined, device: number, scope: Scope): number {
  let count = 0;
  for (const entry of entries ?? []) if (isOn(entry, device, scope)) count++;
  return count;
}

const empties = define({
  id: 'migrate/detach-empties',
  title: 'While a device is detached no entry names its frames',
  requirements: ['migrate.detach', 'device.detached'],
  needs: ['attach', 'entries'],
  steps: (reading) => reading.shown,
  check({ after, devices }, { scope }) {
    let gone = 0;
    for (let device = 0; device < devicesIn(scope); device++) {
      if (devices.isAttached(device)) continue;
      const left = entriesOn(after, device, scope);
      if (left > 0) return `device ${device} is detached, but ${left} entries name its frames`;
      gone++;
    }
    return gone;
  },
});

const busy = define({
  id: 'migrate/detach-succeeds',
  title: 'Detach fails only if an injection strikes or the device is detached already',
  requirements: ['migrate.detach', 'device.attach'],
  needs: ['attach'],
  steps: (reading) => reading.attachments,
  check(step, { scope }) {
    const { command, result, attached, active, before, after, device } = step;
    if (command.op !== 'detach') return 0;
    if (!attached) return result === 'ENODEV' ? 1 : `a second detach returned ${resultInWords(result)}`;
    if (result === 'ok') return 1;
    if (result !== 'EBUSY' || (active & (PENDING_SIGBUS | PENDING_OOM)) === 0) {
      return `no injection may strike, but detach returned ${resultInWords(result)}`;
    }
    if (after !== undefined && entriesOn(after, device, scope) === 0)
      return 'detach returned EBUSY, but no page is on the device afterwards';
    return before === undefined || entriesOn(before, device, scope) > 0
      ? 1
      : 'detach returned EBUSY, but no page was on the device before';
  },
});

const onlyBack = define({
  id: 'migrate/detach-brings-back',
  title: 'Detach migrates pages to system memory, calls no page_fault and poisons nothing',
  requirements: ['migrate.detach', 'migrate.no-callbacks', 'robust.at-rest'],
  needs: ['attach'],
  steps: (reading) => reading.attachments,
  check(step, { scope }) {
    const called = faultCall(step);
    if (called !== undefined) return called;
    const { command, before, after, device } = step;
    if (before === undefined || after === undefined) return 1;
    for (let cell = 0; cell < after.length; cell++) {
      const [was, is] = [before[cell] ?? 0, after[cell] ?? 0];
      const cameBack = command.op === 'detach' && isOn(was, device, scope) && is === PRESENT;
      if (was !== is && !cameBack) return changeInWords(step, cell);
    }
    return 1;
  },
});

const attach = define({
  id: 'device/attach',
  title: 'Attach of a detached device returns ok, of an attached one EBUSY',
  requirements: ['device.attach'],
  needs: ['attach'],
  steps: (reading) => reading.attachments,
  check({ command, result, attached }) {
    if (command.op !== 'attach') return 0;
    const right = attached ? 'EBUSY' : 'ok';
    return result === right ? 1 : `attach returned ${resultInWords(result)}, not ${right}`;
  },
});

/** Properties of detaching and attaching a device. */
export const detachProperties = [empties, busy, onlyBack, attach] as const;

const counted = define({
  id: 'migrate/evict-all-counts',
  title: 'evict-all returns the number of pages that migrated to system memory',
  requirements: ['migrate.evict-all'],
  needs: ['evict-all', 'entries', 'every-step'],
  steps: (reading) => reading.evictAlls,
  check(step, { scope }) {
    const { before, after, names, namesBefore, result, device } = step;
    if (before === undefined || after === undefined) return 0;
    if (names === undefined || namesBefore === undefined) return 0;
    let left = 0;
    for (let frame = device * scope.frames; frame < (device + 1) * scope.frames; frame++) {
      if ((namesBefore[frame] ?? 0) > 0 && names[frame] === 0) left++;
    }
    if (result !== left)
      return `${left} pages left the device, but evict-all returned ${resultInWords(result)}`;
    for (let cell = 0; cell < after.length; cell++) {
      const [was, is] = [before[cell] ?? 0, after[cell] ?? 0];
      if (was !== is && !(isOn(was, device, scope) && is === PRESENT)) return changeInWords(step, cell);
    }
    return left;
  },
});

const gone = define({
  id: 'migrate/evict-all-of-nothing',
  title: 'evict-all on a detached device returns 0',
  requirements: ['migrate.evict-all'],
  needs: ['evict-all', 'attach'],
  steps: (reading) => reading.evictAlls,
  check({ attached, result }) {
    if (attached) return 0;
    return result === 0 ? 1 : `the device is detached, but evict-all returned ${resultInWords(result)}`;
  },
});

const quiet = define({
  id: 'migrate/evict-all-is-quiet',
  title: 'evict-all calls no page_fault and frees the frame of each migrated page once',
  requirements: ['migrate.evict-all', 'migrate.no-callbacks', 'migrate.frees-source'],
  needs: ['evict-all', 'callbacks'],
  steps: (reading) => reading.evictAlls,
  check(step) {
    const called = faultCall(step);
    if (called !== undefined) return called;
    const { events, result } = step;
    return events.length === result
      ? 1
      : `evict-all returned ${resultInWords(result)}, but called ${events.length} callbacks`;
  },
});

const free = define({
  id: 'migrate/evict-all-is-free',
  title: 'evict-all changes neither rss nor charge',
  requirements: ['migrate.evict-all', 'account.rss', 'account.charge'],
  needs: ['evict-all', 'accounting', 'every-step'],
  steps: (reading) => reading.evictAlls,
  check(step) {
    return accountChanges(step) ?? (typeof step.result === 'number' ? step.result : 0);
  },
});

/** Properties of evicting all pages of a device. */
export const evictAllProperties = [counted, gone, quiet, free] as const;

const answers = define({
  id: 'device/open-and-close',
  title: 'Close and open return results that match the state of the device, and change nothing else',
  requirements: ['device.closed', 'robust.at-rest'],
  needs: ['close'],
  steps: (reading) => reading.openings,
  check(step) {
    const { command, result, devicesBefore, device } = step;
    const isOpen = devicesBefore.isOpen(device);
    const right = command.op === 'close' ? (isOpen ? 'ok' : 'ENODEV') : isOpen ? 'EBUSY' : 'ok';
    if (result !== right) return `${command.op} returned ${resultInWords(result)}, not ${right}`;
    return modified(step) ?? 1;
  },
});

/** Whether the page that a step names is on a device that no process has open. */
function isOnClosed(step: TraceStep, { scope }: AnnotatedTrace): boolean {
  const home = homeBefore(step, step.cell, scope);
  return home !== undefined && !step.devicesBefore.isOpen(home);
}

const comesBack = define({
  id: 'device/closed-gives-back',
  title: 'An access migrates a page from a closed device as from an open one',
  requirements: ['device.close-keeps'],
  needs: ['close'],
  steps: (reading) => reading.accesses,
  check: (step, reading) =>
    reachesContent(step) && isOnClosed(step, reading) ? (endsAsItMay(step) ?? 1) : 0,
});

/** Properties of a device that no process has open. */
export const closeProperties = [answers, comesBack] as const;

const poisons = define({
  id: 'removal/poisons',
  title: 'Removal of an attached device poisons every entry that named a frame of it',
  requirements: ['removal.poisons', 'device.attach'],
  needs: ['attach', 'surprise-removal'],
  steps: (reading) => reading.surpriseRemovals,
  check(step, { scope }) {
    const { result, attached, before, after, device } = step;
    const right = attached ? 'ok' : 'ENODEV';
    if (result !== right) return `surprise-remove returned ${resultInWords(result)}, not ${right}`;
    if (!attached || before === undefined || after === undefined) return 1;
    for (let cell = 0; cell < after.length; cell++) {
      if (isOn(before[cell] ?? 0, device, scope) && after[cell] !== POISON) return changeInWords(step, cell);
    }
    return 1;
  },
});

const spares = define({
  id: 'removal/spares',
  title: 'A removal changes only entries that name a frame of the device, and calls no page_fault',
  requirements: ['removal.spares', 'removal.no-callbacks'],
  needs: ['attach', 'surprise-removal'],
  steps: (reading) => reading.surpriseRemovals,
  check(step, { scope }) {
    const called = faultCall(step);
    if (called !== undefined) return called;
    const { attached, before, after, device } = step;
    if (!attached) return modified(step) ?? 0;
    if (before === undefined || after === undefined) return 1;
    for (let cell = 0; cell < after.length; cell++) {
      if (after[cell] !== before[cell] && !isOn(before[cell] ?? 0, device, scope)) {
        return changeInWords(step, cell);
      }
    }
    return 1;
  },
});

const frees = define({
  id: 'removal/frees',
  title: 'A removal frees each frame of the device that held an object once, and no other frame',
  requirements: ['removal.frees'],
  needs: ['attach', 'surprise-removal', 'callbacks', 'entries', 'every-step'],
  steps: (reading) => reading.surpriseRemovals,
  check(step, { scope, frames }) {
    const { namesBefore, attached, device } = step;
    if (!attached || namesBefore === undefined) return 0;
    let held = 0;
    for (let frame = 0; frame < frames; frame++) {
      const isHeld = ownerOf(frame, scope) === device && (namesBefore[frame] ?? 0) > 0;
      if (isHeld) held++;
      const times = step.count('free', frame);
      if (times !== (isHeld ? 1 : 0)) return `page_free was called ${times} times for frame ${frame}`;
    }
    return held;
  },
});

const accessFails = define({
  id: 'removal/access-fails',
  title: 'Every access to a lost page fails without a callback or a change',
  requirements: ['removal.access-fails'],
  needs: ['attach', 'surprise-removal'],
  steps: (reading) => reading.accesses,
  check(step) {
    if (step.code !== POISON || !isPermitted(step) || findsSlotBusy(step)) return 0;
    if (!gotSigbus(step)) return `a ${step.command.op} of poison returned ${resultInWords(step.result)}`;
    return modified(step) ?? 1;
  },
});

const inert = define({
  id: 'removal/inert',
  title:
    'An entry is poison if and only if its page was lost or fork or move copied it from poison, until unmap or discard',
  requirements: ['removal.inert', 'removal.poisons'],
  needs: ['attach', 'surprise-removal', 'entries'],
  steps: (reading) => reading.anew,
  check({ after, row }) {
    let lost = 0;
    for (let cell = 0; cell < row.length; cell++) {
      const isLost = row[cell] === POISON;
      const entry = after?.[cell] ?? 0;
      if ((entry === POISON) !== isLost) {
        return `entry ${cell} of the table is ${entryPredicate(entry)}, but ${isLost ? 'its page was lost' : 'its page was not lost'}`;
      }
      if (isLost) lost++;
    }
    return lost;
  },
});

const comesEmpty = define({
  id: 'removal/comes-empty',
  title: 'A device is empty when it is attached',
  requirements: ['removal.frees', 'removal.inert'],
  needs: ['attach', 'surprise-removal', 'entries'],
  steps: (reading) => reading.attachments,
  check({ command, result, after, device }, { scope }) {
    if (command.op !== 'attach' || result !== 'ok' || after === undefined) return 0;
    const left = after.find((entry) => isOn(entry, device, scope));
    return left === undefined
      ? 1
      : `device ${device} was attached, but an entry names its frame ${frameOf(left)}`;
  },
});

/** Properties of the loss of a device. */
export const removalProperties = [poisons, spares, frees, accessFails, inert, comesEmpty] as const;
