import { type CommandOf, pinsForReading } from '../spec/vocabulary/command.ts';
import type { Result } from '../spec/vocabulary/result.ts';
import { isMapped, type Mapping, mayRead, mayWrite } from './mapping-table.ts';

/** The commands that access a page on behalf of the process and fault it in. */
export type Access = CommandOf<
  'load' | 'store' | 'pin' | 'kernel-load' | 'kernel-store' | 'populate' | 'lock'
>;

/** Whether it is an access by the CPU itself, which fails with a signal; the others fail with an error code. */
const failsBySignal = ({ op }: Access): boolean => op === 'load' || op === 'store';

/** Whether it accesses the page for writing. A populate does so where the mapping permits writes. */
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

/** Whether the mapping permits the access. */
export const permits = (access: Access, mapping: Mapping): boolean =>
  isMapped(mapping) && (writes(access, mapping) ? mayWrite(mapping) : mayRead(mapping));

/** Whether the access succeeded; the value is not checked here. */
export function gotThrough({ op }: Access, result: Result): boolean {
  if (op !== 'load' && op !== 'kernel-load') return result === 'ok';
  return typeof result === 'number' || result === 'torn' || result === 'stale';
}

/** The result of the access where the mapping does not permit it. */
export function refusal(access: Access, mapping: Mapping): Result {
  if (failsBySignal(access)) return 'SIGSEGV';
  const populates = access.op === 'populate' || access.op === 'lock';
  return populates && !isMapped(mapping) ? 'ENOMEM' : 'EFAULT';
}

/** The result of the access where its page is lost. */
export const lost = (access: Access): Result => (failsBySignal(access) ? 'SIGBUS' : 'EFAULT');

/** The result of the access where there is no memory. */
export const noMemory = (access: Access): Result => (failsBySignal(access) ? 'oom' : 'ENOMEM');
