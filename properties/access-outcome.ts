import { pinsForReading } from '../spec/vocabulary/command.ts';
import { UNPOPULATED, isDeviceEntry, POISON } from '../spec/vocabulary/snapshot.ts';
import { resultInWords } from '../spec/vocabulary/words.ts';
import { AT_LIMIT, BELOW_LIMIT } from './charges.ts';
import { isFilePage, isObject, SENT } from './contents.ts';
import type { PropertyResult } from './property.ts';
import { NO_PIN } from './flat-memory.ts';
import { PENDING_OOM, PENDING_SIGBUS } from './injected.ts';
import { isWatchedForStores, isWatchedIfMissing } from './mapping-table.ts';
import { modified } from './stillness.ts';
import type { TraceStep } from './step.ts';
import { gotThrough, lost, noMemory, permits, refusal, type Access, writes } from './access-kinds.ts';

/** Whether the mapping permits the access. */
export const isPermitted = ({ command, mapping }: TraceStep<Access>): boolean => permits(command, mapping);

/** Whether the access needs a slot that is busy. This is checked before everything else. */
export const findsSlotBusy = ({ command, pinsBefore }: TraceStep<Access>): boolean =>
  command.op === 'pin' && pinsBefore[command.slot] !== NO_PIN;

/** Whether the access succeeded; the value is not checked here. */
export const succeeded = ({ command, result }: TraceStep<Access>): boolean => gotThrough(command, result);

export const gotSigbus = ({ command, result }: TraceStep<Access>): boolean => result === lost(command);

export const gotOom = ({ command, result }: TraceStep<Access>): boolean => result === noMemory(command);

/** Whether the mapping permits the access and an object is present at its page. */
export const reachesContent = (step: TraceStep<Access>): boolean =>
  isPermitted(step) && isObject(step.code) && !findsSlotBusy(step);

/** Whether the accessed page was on the device; where entries are not shown, whether it was sent there. */
export const wasOnDevice = ({ before, cell, traits }: TraceStep): boolean =>
  before === undefined ? (traits & SENT) !== 0 : isDeviceEntry(before[cell] ?? 0);

/** Whether a fault of the access failed with SIGBUS. */
export const faultFailed = (step: TraceStep<Access>): boolean => reachesContent(step) && gotSigbus(step);

/** Whether the access finds an unpopulated page that is watched, so that it is trapped for reading and for writing. */
export const findsUnpopulatedWatched = ({ code, mapping }: TraceStep): boolean =>
  code === UNPOPULATED && isWatchedIfMissing(mapping);

/** Whether the access would store to a page that is watched for stores. */
export const storesToWatched = ({ command, mapping }: TraceStep<Access>): boolean =>
  isWatchedForStores(mapping) && writes(command, mapping);

/** Whether the access must be trapped if nothing else makes it fail. */
const meetsWatch = (step: TraceStep<Access>): boolean =>
  findsUnpopulatedWatched(step) || storesToWatched(step);

/** Whether a write needs a new object here: to populate the page, to copy a page of a file, or to break sharing. */
export const lacksObject = (step: TraceStep): boolean =>
  step.code === UNPOPULATED || isFilePage(step.code) || step.sharersBefore > 1;

/** Whether the access needs a new object that cannot be charged for, and whether that is certain. */
export const isOverLimit = (step: TraceStep<Access>): boolean =>
  step.atLimit === AT_LIMIT && writes(step.command, step.mapping) && lacksObject(step);
export const mayBeOverLimit = (step: TraceStep<Access>): boolean =>
  step.atLimit !== BELOW_LIMIT &&
  (writes(step.command, step.mapping) || pinsForReading(step.command)) &&
  lacksObject(step);

/** A permitted access succeeds, or fails for a reason that the commands before it have set up. */
export function endsAsItMay(step: TraceStep<Access>): string | undefined {
  if (succeeded(step)) return undefined;
  if (gotSigbus(step) && (step.code === POISON || (step.mayFailBy & PENDING_SIGBUS) !== 0)) return undefined;
  if (gotOom(step) && ((step.mayFailBy & PENDING_OOM) !== 0 || mayBeOverLimit(step))) return undefined;
  if (step.result === 'trapped' && meetsWatch(step)) return undefined;
  return `a ${step.command.op} that the mapping permits returned ${resultInWords(step.result)}`;
}

/** An access that the mapping does not permit is refused and has no effect. */
export function isRefusedQuietly(step: TraceStep<Access>): PropertyResult {
  const { command, result, mapping } = step;
  const right = findsSlotBusy(step) ? 'EBUSY' : refusal(command, mapping);
  if (result !== right) {
    return `a ${command.op} that the mapping does not permit returned ${resultInWords(result)}`;
  }
  return modified(step) ?? 1;
}
