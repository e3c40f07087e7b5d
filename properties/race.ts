import {
  frameOf,
  isDeviceEntry,
  POISON,
  PRESENT,
  UNMAPPED,
  UNPOPULATED,
} from '../spec/vocabulary/snapshot.ts';
import { isFrameEvent } from '../spec/vocabulary/event.ts';
import { isVector } from '../spec/vocabulary/result.ts';
import { eventInWords, resultInWords } from '../spec/vocabulary/words.ts';
import { define } from './property.ts';
import { NO_PIN } from './flat-memory.ts';
import { PENDING_OOM, PENDING_SIGBUS } from './injected.ts';
import {
  isCommon,
  isFile,
  isLocked,
  isPrivate,
  isWatchedForStores,
  isWatchedIfMissing,
} from './mapping-table.ts';
import {
  areAtOnePage,
  changesMapping,
  empties,
  endsDevice,
  hasWorked,
  isDestination,
  mayCall,
  type RaceStep,
  reads,
  type Side,
  sidePermits,
} from './race-step.ts';
import { fileValue } from '../spec/vocabulary/scope.ts';
import { isContent, isObject } from './contents.ts';
import { profilesWith, referencesOf } from '../spec/profiles/profile.ts';
import { raceEntriesProperties } from './race-entries.ts';

/**
 * Each of two concurrent commands returns a result for the state before both, or for the state that the other one left.
 */
const raceAnswers = define({
  id: 'race/answers',
  title: 'Each of two concurrent commands returns a result that it could return before or after the other',
  requirements: ['race.one-order'],
  needs: ['race'],
  steps: (reading) => reading.races,
  check(step, { oneOwner }) {
    let asked = 0;
    for (const [side, other] of step.pairs) {
      if (side.answer === undefined) return 'a race did not return two results';
      const wrong = wrongIn(step, side, other, oneOwner);
      if (wrong !== undefined) {
        return `the ${side.command.op} returned ${resultInWords(side.answer)}: ${wrong}`;
      }
      asked++;
    }
    return asked;
  },
});

function wrongIn(step: RaceStep, side: Side, other: Side, oneOwner: boolean): string | undefined {
  const { answer, command, mapping } = side;
  switch (command.op) {
    case 'load':
    case 'store':
    case 'kernel-load':
    case 'kernel-store':
      return wrongAccess(step, side, other);
    case 'pin':
      return wrongSlot(step, side, other, 'EBUSY') ?? wrongAccess(step, side, other);
    case 'unpin':
      return wrongSlot(step, side, other, 'EINVAL');
    case 'peek':
      return sidePermits(side) || answer === 'EFAULT' || changesMapping(other, side, step.pages)
        ? undefined
        : 'the mapping does not permit it';
    case 'device-load':
    case 'device-store':
    case 'make-exclusive':
    case 'device-exchange':
      return wrongDeviceAccess(step, side, other);
    case 'discard':
      if (areAtOnePage(side, other) && (other.command.op === 'unmap' || other.command.op === 'move'))
        return undefined;
      return (answer === 'EINVAL') === isLocked(mapping)
        ? undefined
        : 'only a discard of a locked page returns EINVAL';
    case 'migrate-to-device':
    case 'migrate-to-system':
    case 'evict':
      return wrongMove(step, side, other, oneOwner);
    case 'protect':
    case 'move':
      return answer === 'ok' || changesMapping(other, side, step.pages) ? undefined : 'it cannot fail';
    case 'fork':
    case 'unmap':
    case 'exit':
      return answer === 'ok' ? undefined : 'it cannot fail';
    case 'detach':
    case 'close':
      return wrongEnd(step, side, other);
  }
}

function wrongAccess(step: RaceStep, side: Side, other: Side): string | undefined {
  const { answer, code, command } = side;
  const isMappedAnew = changesMapping(other, side, step.pages);
  const byCpu = command.op === 'load' || command.op === 'store';
  const [denied, lost, memory] = byCpu ? ['SIGSEGV', 'SIGBUS', 'oom'] : ['EFAULT', 'EFAULT', 'ENOMEM'];
  if (command.op === 'pin' && answer === 'EBUSY') return undefined;
  const mayBeLost = code === POISON || (step.active & PENDING_SIGBUS) !== 0;
  if (answer === denied || answer === lost) {
    const mayBeDenied = answer === denied && (!sidePermits(side) || isMappedAnew);
    if (mayBeDenied || (answer === lost && mayBeLost)) return undefined;
    return answer === denied ? 'the mapping permits it' : 'no injection may strike it';
  }
  if (!sidePermits(side) && !isMappedAnew) return 'the mapping does not permit it';
  if (code === POISON && !empties(other, side) && !isMappedAnew) return 'the page is poison';
  if (answer === memory)
    return step.isLimited || (step.active & PENDING_OOM) !== 0 ? undefined : 'memory is available';
  if (answer !== 'trapped') return undefined;
  const { mapping } = side;
  return isMappedAnew || isWatchedIfMissing(mapping) || isWatchedForStores(mapping)
    ? undefined
    : 'the page is not watched';
}

/** A slot is empty or not, unless the other side uses it as well. */
function wrongSlot(step: RaceStep, side: Side, other: Side, refusal: 'EBUSY' | 'EINVAL'): string | undefined {
  const { command } = side;
  if (command.op !== 'pin' && command.op !== 'unpin') return undefined;
  const usesSlot = other.command.op === 'pin' || other.command.op === 'unpin';
  if (usesSlot && 'slot' in other.command && other.command.slot === command.slot) return undefined;
  const isBusy = (step.pinsBefore[command.slot] ?? NO_PIN) !== NO_PIN;
  const isRefused = refusal === 'EBUSY' ? isBusy : !isBusy;
  return (side.answer === refusal) === isRefused ? undefined : `the slot is ${isBusy ? 'busy' : 'empty'}`;
}

/** A device access succeeds while the device is attached and open and the mapping permits the access. */
function wrongDeviceAccess(step: RaceStep, side: Side, other: Side): string | undefined {
  const { answer, command } = side;
  if (!('device' in command)) return undefined;
  const isUsable = step.devicesBefore.isUsable(command.device ?? 0);
  if (answer === 'ENODEV') {
    return isUsable && !endsDevice(other, side) ? 'the device is attached and open' : undefined;
  }
  if (!isUsable) return 'the device is detached or closed';
  const isAnswered = typeof answer === 'number' || answer === 'ok' || answer === 'torn';
  return isAnswered && !sidePermits(side) && !changesMapping(other, side, step.pages)
    ? 'the mapping does not permit it'
    : undefined;
}

/**
 * A device detaches once; it stays attached only if a page on it failed to migrate or the other side is involved with
 * it.
 */
function wrongEnd(step: RaceStep, side: Side, other: Side): string | undefined {
  const { answer, command } = side;
  if (command.op !== 'detach' && command.op !== 'close') return undefined;
  const { device = 0, op } = command;
  const wasThere =
    op === 'detach' ? step.devicesBefore.isAttached(device) : step.devicesBefore.isOpen(device);
  const isRepeated = other.command.op === op && (other.command.device ?? 0) === device;
  if (answer === 'ENODEV') return wasThere && !isRepeated ? 'the device is there' : undefined;
  return wasThere ? undefined : 'the device is not there';
}

/**
 * Commands after which a page on a device is still there or no longer mapped. Beside them, a migration to the device does
 * not find it in system memory or unpopulated, so it cannot move.
 */
const LEAVES_IN_PLACE: ReadonlySet<string> = new Set([
  'fork',
  'unmap',
  'exit',
  'peek',
  'unpin',
  'close',
  'device-exchange',
]);

/** A page moves only from a location where it was before, or where the other command may have moved it. */
function wrongMove(
  step: RaceStep,
  { answer, cell, command }: Side,
  other: Side,
  oneOwner: boolean,
): string | undefined {
  if (!isVector(answer)) return 'a migration returns one result for each page';
  const toDevice = command.op === 'migrate-to-device';
  const beside = other.command.op;
  for (const [i, outcome] of answer.entries()) {
    if (outcome === 'skipped') continue;
    const at = cell + i;
    if (isDestination(other, at, step.pages)) continue;
    if (!isPrivate(step.mappingsBefore[at] ?? 0)) return 'only private memory migrates';
    if (toDevice && !step.devicesBefore.isUsable(command.device ?? 0))
      return 'the device is detached or closed';
    const code = step.rowBefore[at] ?? UNMAPPED;
    const entry = step.before?.[at];
    if (code === POISON && beside !== 'discard' && beside !== 'move') return 'poison does not migrate';
    if (toDevice) {
      if (!oneOwner && entry !== undefined && isDeviceEntry(entry) && LEAVES_IN_PLACE.has(beside))
        return 'the page was on a device';
    } else if (
      beside !== 'migrate-to-device' &&
      beside !== 'device-store' &&
      (code === UNPOPULATED || entry === PRESENT || entry === UNPOPULATED)
    ) {
      return 'the page was not on a device';
    }
  }
  return undefined;
}

/** A load returns the value before or after the concurrent command, or a value from the midst of it. */
const raceValue = define({
  id: 'race/value',
  title:
    'A load in a race returns the value before or after the other command; only this load may return torn',
  requirements: ['race.value'],
  needs: ['race'],
  steps: (reading) => reading.races,
  check({ pairs }, { scope }) {
    let seen = 0;
    for (const [side, other] of pairs) {
      const { answer, command, value } = side;
      if (!reads(side) || !('page' in command)) continue;
      const change = changeBy(other, side, scope.pages);
      if (answer === 'stale' || (answer === 'torn' && change === undefined)) {
        return `the load of page ${command.page} of process ${command.process} returned ${answer}`;
      }
      if (typeof answer !== 'number' || !isContentOrUnpopulated(side)) continue;
      if (answer !== value && answer !== change) {
        const right = change === undefined ? `${value}` : `${value} or ${change}`;
        return `the load of page ${command.page} of process ${command.process} returned ${answer}, not ${right}`;
      }
      seen++;
    }
    return seen;
  },
});

const isContentOrUnpopulated = ({ value }: Side): boolean => value >= 0;

/** The change that the other side makes to the memory that the load reads; undefined for none. */
function changeBy(
  { answer, command, cell, code, mapping }: Side,
  seen: Side,
  pages: number,
): number | undefined {
  if (command.op === 'device-exchange') {
    return typeof answer === 'number' && cell === seen.cell ? command.value : undefined;
  }
  if (answer !== 'ok') return undefined;
  const isSame = cell === seen.cell;
  if (command.op === 'store' || command.op === 'kernel-store' || command.op === 'device-store') {
    const isCommons = isContent(code) && !isObject(code) && isCommon(mapping) && code === seen.code;
    return isSame || isCommons ? command.value : undefined;
  }
  const isEmptied = command.op === 'discard' || (command.op === 'move' && command.keep);
  if (!isEmptied || !isSame || isCommon(mapping)) return undefined;
  return isFile(mapping) ? fileValue(cell % pages) : 0;
}

/** Callbacks to the driver during two concurrent commands. */
const raceCalls = define({
  id: 'race/calls',
  title:
    'In a race page_fault is called only for accessed pages on a device, and whenever an access migrates one',
  requirements: ['race.page-fault-calls'],
  needs: ['race', 'callbacks', 'entries', 'every-step'],
  steps: (reading) => reading.races,
  check(step, reading) {
    const { before, events, faults, pairs } = step;
    if (before === undefined) return 0;
    for (const event of events) {
      if (event.event !== 'fault') continue;
      const cell = reading.cell(event.process, event.page);
      const isDue = pairs.some(
        ([side, other]) => mayCall(side) && side.cell === cell && isCallable(step, side, other, event.frame),
      );
      if (!isDue) return `neither command may call ${eventInWords(event)}`;
    }
    if (faults === 0 && pairs.some(([side, other]) => needsCall(step, side, other))) {
      return 'an accessed page migrated from the device without page_fault';
    }
    return faults;
  },
});

/**
 * The calls of two accesses to one page where page_fault locks it. Where an injection may strike, a failed call is
 * followed by another one.
 */
const raceLockedFault = define({
  id: 'race/locked-fault',
  title: 'Two concurrent accesses to one page on the device call page_fault once',
  requirements: ['race.locked-fault'],
  profiles: profilesWith(({ faultLocksPage }) => faultLocksPage),
  needs: ['race', 'callbacks', 'entries', 'every-step'],
  steps: (reading) => reading.races,
  check({ active, before, faults, pairs }) {
    const [[left, right]] = pairs;
    const entry = before?.[left.cell] ?? 0;
    const other = before?.[right.cell] ?? 0;
    const isOnePage = isDeviceEntry(entry) && isDeviceEntry(other) && frameOf(entry) === frameOf(other);
    if (!isOnePage || !LOCKS.has(left.command.op) || !LOCKS.has(right.command.op)) return 0;
    if ((active & (PENDING_OOM | PENDING_SIGBUS)) !== 0) return 0;
    return faults > 1 ? `two accesses to frame ${frameOf(entry)} called page_fault ${faults} times` : 1;
  },
});

/** Whether the accessed page was on the device, on that frame if it is given, or may have moved there meanwhile. */
function isCallable(
  { before, pages }: RaceStep,
  side: Side,
  other: Side,
  frame: number | undefined,
): boolean {
  const isMappedAnew = changesMapping(other, side, pages);
  if (side.command.op !== 'protect' && !sidePermits(side) && !isMappedAnew) return false;
  const { op } = other.command;
  if (op === 'migrate-to-device' || op === 'device-store' || isDestination(other, side.cell, pages))
    return true;
  const entry = before?.[side.cell] ?? 0;
  return isDeviceEntry(entry) && (frame === undefined || frame === frameOf(entry));
}

/** The accesses that reach a page on a device only through page_fault. */
const ASKS: ReadonlySet<string> = new Set(['load', 'store', 'kernel-load', 'kernel-store', 'pin']);
/** The accesses that wait for the lock of a page. */
const LOCKS: ReadonlySet<string> = new Set([...ASKS, 'make-exclusive']);
/** The sides that migrate no page to system memory except through page_fault, and that empty none. */
const MIGRATES_NOTHING: ReadonlySet<string> = new Set([
  'fork',
  'load',
  'store',
  'kernel-load',
  'kernel-store',
  'pin',
  'make-exclusive',
  'migrate-to-device',
  'protect',
  'peek',
  'unpin',
  'close',
]);

/** Whether an access reached a page on the device that no concurrent command could have migrated to system memory. */
const needsCall = ({ before }: RaceStep, side: Side, other: Side): boolean =>
  ASKS.has(side.command.op) &&
  isDeviceEntry(before?.[side.cell] ?? 0) &&
  hasWorked(side) &&
  MIGRATES_NOTHING.has(other.command.op);

const balance = define({
  id: 'race/balance',
  title: 'Allocations and frees during a race match the frames that entries name afterwards',
  requirements: ['race.frame-accounting'],
  needs: ['race', 'callbacks', 'allocations', 'entries', 'every-step'],
  steps: (reading) => reading.races,
  check(step) {
    const { names, namesBefore, events } = step;
    if (names === undefined || namesBefore === undefined) return 0;
    const held = namesBefore.map((named): number => (named > 0 ? 1 : 0));
    let moves = 0;
    for (const event of events) {
      if (!isFrameEvent(event)) continue;
      const { frame } = event;
      const was = held[frame] ?? 0;
      if ((event.event === 'alloc') === (was === 1)) {
        return `frame ${frame} was ${event.event === 'alloc' ? 'allocated while in use' : 'freed while free'}`;
      }
      held[frame] = 1 - was;
      moves++;
    }
    for (const [frame, named] of names.entries()) {
      if ((held[frame] ?? 0) !== (named > 0 ? 1 : 0)) {
        return `frame ${frame} is ${named > 0 ? 'free, but an entry names it' : 'allocated, but no entry names it'}`;
      }
    }
    return moves;
  },
});

const counts = define({
  id: 'race/counts',
  title: 'After a race the counts of each frame match its entries: no reference is leaked or dropped twice',
  requirements: ['race.frame-accounting'],
  needs: ['race', 'callbacks', 'entries', 'frames'],
  steps: (reading) => reading.races,
  check({ lastShown, names, state }, { profile }) {
    if (names === undefined || state?.refs === undefined || state.maps === undefined) return 0;
    let used = 0;
    for (const [frame, named] of names.entries()) {
      if (state.maps[frame] !== named)
        return `frame ${frame} has ${state.maps[frame]} mappings, not ${named}`;
      const right = referencesOf(profile, named);
      if (state.refs[frame] !== right)
        return `frame ${frame} has ${state.refs[frame]} references, not ${right}`;
      if (named > 0 || (lastShown?.maps?.[frame] ?? 0) > 0) used++;
    }
    return used;
  },
});

/** Properties of frame accounting after two concurrent commands. */
const raceFrameAccounting = [balance, counts] as const;

/** Properties of two concurrent commands. */
export const raceProperties = [
  raceAnswers,
  raceValue,
  raceCalls,
  raceLockedFault,
  ...raceFrameAccounting,
  ...raceEntriesProperties,
] as const;
