import { type CommandOf, pinsForReading } from '../spec/vocabulary/command.ts';
import type { Result } from '../spec/vocabulary/result.ts';
import { isMapped, type Mapping, mayRead, mayWrite } from './mapping-table.ts';

/** What touches a page for the process: what faults it in. */
export type Touch = CommandOf<
  'load' | 'store' | 'pin' | 'kernel-load' | 'kernel-store' | 'populate' | 'lock'
>;

/** Whether it is a touch of the CPU itself, which fails by signals; the others fail by errors. */
const failsBySignal = ({ op }: Touch): boolean => op === 'load' || op === 'store';

/** Whether it touches the page for writing. What populates does where the mapping permits it. */
export function writes(touch: Touch, mapping: Mapping): boolean {
  switch (touch.op) {
    case 'load':
    case 'kernel-load':
      return false;
    case 'store':
    case 'kernel-store':
      return true;
    case 'pin':
      return !pinsForReading(touch);
    case 'populate':
    case 'lock':
      return mayWrite(mapping);
  }
}

/** Whether the mapping permits it. */
export const permits = (touch: Touch, mapping: Mapping): boolean =>
  isMapped(mapping) && (writes(touch, mapping) ? mayWrite(mapping) : mayRead(mapping));

/** Whether it got through; with which value is not asked here. */
export function gotThrough({ op }: Touch, result: Result): boolean {
  if (op !== 'load' && op !== 'kernel-load') return result === 'ok';
  return typeof result === 'number' || result === 'torn' || result === 'stale';
}

/** How it is answered where the mapping does not permit it. */
export function refusal(touch: Touch, mapping: Mapping): Result {
  if (failsBySignal(touch)) return 'SIGSEGV';
  const populates = touch.op === 'populate' || touch.op === 'lock';
  return populates && !isMapped(mapping) ? 'ENOMEM' : 'EFAULT';
}

/** How it is answered where its page cannot come. */
export const lost = (touch: Touch): Result => (failsBySignal(touch) ? 'SIGBUS' : 'EFAULT');

/** How it is answered where there is no memory. */
export const noMemory = (touch: Touch): Result => (failsBySignal(touch) ? 'oom' : 'ENOMEM');
