import { isBoth, isVector, type Result } from '../../spec/vocabulary/result.ts';

/** Results that are words, as c/answer.c names them. The program can observe others, which are never allowed. */
const NAMES: { readonly [word: string]: string } = {
  ok: 'OK',
  torn: 'TORN',
  stale: 'STALE',
  SIGSEGV: 'SEGMENT_VIOLATION',
  SIGBUS: 'BUS_ERROR',
  EFAULT: 'FAULT_ERROR',
  EPERM: 'PERMISSION_ERROR',
  ENOMEM: 'MEMORY_ERROR',
  ENODEV: 'DEVICE_ERROR',
  EBUSY: 'BUSY_ERROR',
  EINVAL: 'ARGUMENT_ERROR',
  EEXIST: 'EXISTS_ERROR',
  trapped: 'TRAPPED',
  clean: 'IS_CLEAN',
  dirty: 'IS_DIRTY',
  absent: 'IS_ABSENT',
  present: 'IS_PRESENT',
  special: 'IS_SPECIAL',
  'special-sole': 'IS_SPECIAL_SOLE',
};

/** A result as a C program writes it; for a race, that of the left side. */
export function resultName(result: Result): string {
  if (isBoth(result)) return resultName(result.left);
  if (typeof result === 'number') return String(result);
  if (isVector(result)) {
    const bits = result.reduce((mask, outcome, index) => mask | (outcome === 'moved' ? 1 << index : 0), 0);
    return `VECTOR(${bits})`;
  }
  // The program never observes other results as such.
  return NAMES[result] ?? 'OTHER_ERROR';
}

/** The result of the right side of a race, as a C program writes it; 0 for other commands. */
export const otherName = (result: Result): string => (isBoth(result) ? resultName(result.right) : '0');
