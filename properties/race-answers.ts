import { UNPOPULATED, isDeviceEntry, POISON, PRESENT, UNMAPPED } from '../spec/vocabulary/snapshot.ts';
import { isVector } from '../spec/vocabulary/result.ts';
import { resultInWords } from '../spec/vocabulary/words.ts';
import { define } from './define.ts';
import { NO_PIN } from './flat-memory.ts';
import { PENDING_OOM, PENDING_SIGBUS } from './injected.ts';
import { isLocked, isPrivate, isWatchedForStores, isWatchedIfMissing } from './mapping-table.ts';
import {
  areAtOnePage,
  changesMapping,
  empties,
  endsDevice,
  isDestination,
  sidePermits,
  reads,
} from './race-sides.ts';
import type { RaceStep, Side } from './race-step.ts';

/**
 * Each of two concurrent commands returns a result for the state before both, or for the state that the other one left.
 */
export const raceAnswers = define({
  id: 'race/answers',
  title: 'Each of two concurrent commands returns a result that it could return before or after the other',
  requirements: ['race.one-order'],
  needs: ['race'],
  steps: (reading) => reading.races,
  check(step, { capabilities }) {
    let asked = 0;
    for (const [side, other] of step.pairs) {
      if (side.answer === undefined) return 'a race was answered with something else';
      const wrong = wrongIn(step, side, other, capabilities.has('one-owner'));
      if (wrong !== undefined) {
        return `the ${side.command.op} answered ${resultInWords(side.answer)}: ${wrong}`;
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
        : 'a lock keeps a page, and nothing else does';
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
    return answer === denied ? 'the mapping permits it' : 'nothing was to fail';
  }
  if (!sidePermits(side) && !isMappedAnew) return 'the mapping does not permit it';
  if (code === POISON && !empties(other, side) && !isMappedAnew) return 'the page is poison';
  if (answer === memory)
    return step.isLimited || (step.active & PENDING_OOM) !== 0 ? undefined : 'there is memory';
  if (answer !== 'trapped') return undefined;
  const { mapping } = side;
  return isMappedAnew || isWatchedIfMissing(mapping) || isWatchedForStores(mapping)
    ? undefined
    : 'nobody watches the page';
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
    return isUsable && !endsDevice(other, side) ? 'the device is there' : undefined;
  }
  if (!isUsable) return 'the device is not there';
  const hasWorked = typeof answer === 'number' || answer === 'ok' || answer === 'torn';
  return hasWorked && !sidePermits(side) && !changesMapping(other, side, step.pages)
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
  if (!isVector(answer)) return 'it has pages to answer for';
  const toDevice = command.op === 'migrate-to-device';
  const beside = other.command.op;
  for (const [i, outcome] of answer.entries()) {
    if (outcome === 'skipped') continue;
    const at = cell + i;
    if (isDestination(other, at, step.pages)) continue;
    if (!isPrivate(step.mappingsBefore[at] ?? 0)) return 'only private memory moves';
    if (toDevice && !step.devicesBefore.isUsable(command.device ?? 0)) return 'the device is not there';
    const code = step.rowBefore[at] ?? UNMAPPED;
    const entry = step.before?.[at];
    if (code === POISON && beside !== 'discard' && beside !== 'move') return 'poison does not move';
    if (toDevice) {
      if (!oneOwner && entry !== undefined && isDeviceEntry(entry) && LEAVES_IN_PLACE.has(beside))
        return 'it was on a device';
    } else if (
      beside !== 'migrate-to-device' &&
      beside !== 'device-store' &&
      (code === UNPOPULATED || entry === PRESENT || entry === UNPOPULATED)
    ) {
      return 'it was not on a device';
    }
  }
  return undefined;
}

/** Whether a side has read or written its page. */
export const hasWorked = (side: Side): boolean =>
  typeof side.answer === 'number' || side.answer === 'ok' || (reads(side) && side.answer === 'torn');
