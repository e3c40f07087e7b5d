import { type CommandOf, pinsForReading } from '../spec/vocabulary/command.ts';
import type { Result } from '../spec/vocabulary/result.ts';
import { isMapped, type Mapping, mayRead, mayWrite } from './mapping-table.ts';

/** What touches a page for the process: what faults it in. */
export type Access = CommandOf<
  'load' | 'store' | 'pin' | 'kernel-load' | 'kernel-store' | 'populate' | 'lock'
>;

/** Whether it is a touch of the CPU itself, which fails by signals; the others fail by errors. */
const failsBySignal = ({ op }: Access): boolean => op === 'load' || op === 'store';

/** Whether it touches the page for writing. What populates does where the mapping permits it. */
export function writes(access: Access, mapping: Mapping): boolean {
  switch (access.op) {
    case 'load':
    case 'kernel-load':
      return false;
    case 'store':
    case 'kernel-store':
      return true;
    case 'pin':
      return !pinsForReading(access);
    case 'populate':
    case 'lock':
      return mayWrite(mapping);
  }
}

/** Whether the mapping permits it. */
export const permits = (access: Access, mapping: Mapping): boolean =>
  isMapped(mapping) && (writes(access, mapping) ? mayWrite(mapping) : mayRead(mapping));

/** Whether it got through; with which value is not asked here. */
export function gotThrough({ op }: Access, result: Result): boolean {
  if (op !== 'load' && op !== 'kernel-load') return result === 'ok';
  return typeof result === 'number' || result === 'torn' || result === 'stale';
}

/** How it is answered where the mapping does not permit it. */
export function refusal(access: Access, mapping: Mapping): Result {
  if (failsBySignal(access)) return 'SIGSEGV';
  const populates = access.op === 'populate' || access.op === 'lock';
  return populates && !isMapped(mapping) ? 'ENOMEM' : 'EFAULT';
}

/** How it is answered where its page cannot come. */
export const lost = (access: Access): Result => (failsBySignal(access) ? 'SIGBUS' : 'EFAULT');

/** How it is answered where there is no memory. */
export const noMemory = (access: Access): Result => (failsBySignal(access) ? 'oom' : 'ENOMEM');
