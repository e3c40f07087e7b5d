import { isDeviceEntry, POISON } from '../spec/vocabulary/snapshot.ts';
import { resultInWords } from '../spec/vocabulary/words.ts';
import type { Finding } from './define.ts';
import { isContent, NO_PIN, SENT } from './flat-memory.ts';
import { OOM, SIGBUS } from './injected.ts';
import { isHost } from './mapping-table.ts';
import type { Touch } from './reading.ts';
import { stirred } from './stillness.ts';
import type { Step } from './step.ts';

/** Whether the mapping permits the touch. A pin is always for writing. */
export const isPermitted = (step: Step<Touch>): boolean => step.permits(step.command.op !== 'load');

/** Whether a touch asks for a slot that is busy, which is answered before anything else. */
export const findsSlotBusy = ({ command, pinsBefore }: Step<Touch>): boolean =>
  command.op === 'pin' && pinsBefore[command.slot] !== NO_PIN;

/** Whether it got through; with which value is not asked here. */
export function succeeded({ command, result }: Step<Touch>): boolean {
  if (command.op !== 'load') return result === 'ok';
  return typeof result === 'number' || result === 'torn' || result === 'stale';
}

export const gotSigbus = ({ command, result }: Step<Touch>): boolean =>
  result === (command.op === 'pin' ? 'EFAULT' : 'SIGBUS');

export const gotOom = ({ command, result }: Step<Touch>): boolean =>
  result === (command.op === 'pin' ? 'ENOMEM' : 'oom');

/** A touch that the mapping permits, at a page of private memory that is there. */
export const reachesContent = (step: Step<Touch>): boolean =>
  isPermitted(step) && isContent(step.code) && !isHost(step.mapping) && !findsSlotBusy(step);

/** Whether the page that it touches is on the device; where entries do not show it, whether it was sent there. */
export const isOnDevice = ({ before, cell, traits }: Step): boolean =>
  before === undefined ? (traits & SENT) !== 0 : isDeviceEntry(before[cell] ?? 0);

/** Whether a fault of it failed with SIGBUS. */
export const faultFailed = (step: Step<Touch>): boolean => reachesContent(step) && gotSigbus(step);

/** A permitted touch gets through, or fails in a way that something made it fail. */
export function endsAsItMay(step: Step<Touch>): string | undefined {
  if (succeeded(step)) return undefined;
  if (gotSigbus(step) && (step.code === POISON || (step.mayStrike & SIGBUS) !== 0)) return undefined;
  if (gotOom(step) && (step.mayStrike & OOM) !== 0) return undefined;
  return `a ${step.command.op} that the mapping permits answered ${resultInWords(step.result)}`;
}

/** A touch that the mapping does not permit is refused, and nothing comes of it. */
export function isRefusedQuietly(step: Step<Touch>): Finding {
  const { command, result } = step;
  const right = command.op === 'pin' ? (findsSlotBusy(step) ? 'EBUSY' : 'EFAULT') : 'SIGSEGV';
  if (result !== right) {
    return `a ${command.op} that the mapping does not permit answered ${resultInWords(result)}`;
  }
  return stirred(step) ?? 1;
}
