import type { Command, RaceSide } from '../spec/vocabulary/command.ts';
import { type Answer, isBoth, isVector, type Result } from '../spec/vocabulary/result.ts';

type KnownResults = ReadonlySet<Result>;

const OK: KnownResults = new Set(['ok']);
const CPU_FAILURES: KnownResults = new Set(['SIGSEGV', 'SIGBUS', 'oom', 'trapped']);
const CPU_STORE: KnownResults = new Set<Result>(['ok', ...CPU_FAILURES]);
const KERNEL_FAILURES: KnownResults = new Set(['EFAULT', 'ENOMEM', 'trapped']);
const KERNEL_STORE: KnownResults = new Set<Result>(['ok', ...KERNEL_FAILURES]);
const PIN: KnownResults = new Set<Result>(['EBUSY', ...KERNEL_STORE]);
const HALF_READ: KnownResults = new Set(['torn', 'stale']);
const EMPTY_SLOT: KnownResults = new Set(['EINVAL']);
const NO_FAULT: KnownResults = new Set(['EFAULT']);
const DEVICE_FAILURES: KnownResults = new Set(['EFAULT', 'ENOMEM', 'ENODEV', 'trapped']);
const DEVICE_STORE: KnownResults = new Set<Result>(['ok', 'EPERM', ...DEVICE_FAILURES]);
const EXCHANGE_FAILURES: KnownResults = new Set<Result>(['EPERM', 'EINVAL', ...DEVICE_FAILURES]);
const DUE_OR_BUSY: KnownResults = new Set(['ok', 'EBUSY']);
const DUE_OR_GONE: KnownResults = new Set(['ok', 'ENODEV']);
const DETACH: KnownResults = new Set(['ok', 'EBUSY', 'ENODEV']);
const HOT_ADD: KnownResults = new Set(['ok', 'EEXIST']);
const UNLESS_LOCKED: KnownResults = new Set(['ok', 'EINVAL']);
const SOFT_DIRTY: KnownResults = new Set(['clean', 'dirty']);
const PAGE_MAP: KnownResults = new Set(['absent', 'present', 'special', 'special-sole']);
const NOT_MAPPED: KnownResults = new Set(['ENOMEM']);

const isValue = (result: Result, failures: KnownResults): boolean =>
  typeof result === 'number' || HALF_READ.has(result) || failures.has(result);

/** Whether the result has a form that this command can return. */
export function fits(command: Command, result: Result): boolean {
  switch (command.op) {
    case 'race':
      return isBoth(result) && fitsSide(command.left, result.left) && fitsSide(command.right, result.right);
    case 'load':
      return isValue(result, CPU_FAILURES);
    case 'store':
      return CPU_STORE.has(result);
    case 'kernel-load':
      return isValue(result, KERNEL_FAILURES);
    case 'kernel-store':
    case 'populate':
    case 'lock':
      return KERNEL_STORE.has(result);
    case 'pin':
      return PIN.has(result);
    case 'unpin':
      return isValue(result, EMPTY_SLOT);
    case 'peek':
      return isValue(result, NO_FAULT);
    case 'device-load':
      return isValue(result, DEVICE_FAILURES);
    case 'device-store':
    case 'make-exclusive':
      return DEVICE_STORE.has(result);
    case 'device-exchange':
      return isValue(result, EXCHANGE_FAILURES);
    case 'attach':
    case 'open':
      return DUE_OR_BUSY.has(result);
    case 'close':
    case 'surprise-remove':
      return DUE_OR_GONE.has(result);
    case 'detach':
      return DETACH.has(result);
    case 'hot-add':
      return HOT_ADD.has(result);
    case 'discard':
    case 'advise':
      return UNLESS_LOCKED.has(result);
    case 'soft-dirty':
      return SOFT_DIRTY.has(result);
    case 'page-map':
      return PAGE_MAP.has(result);
    case 'residency':
      return typeof result === 'number' || NOT_MAPPED.has(result);
    case 'swap-on':
    case 'evict-all':
    case 'smaps':
    case 'charge':
      return typeof result === 'number';
    case 'migrate-to-device':
    case 'migrate-to-system':
    case 'evict':
      return isVector(result);
    case 'spawn':
    case 'fork':
    case 'exit':
    case 'map':
    case 'unmap':
    case 'protect':
    case 'inject':
    case 'heal':
    case 'inspect':
    case 'move':
    case 'unlock':
    case 'watch':
    case 'clear-soft-dirty':
    case 'limit':
    case 'join':
    case 'inherit':
      return OK.has(result);
  }
}

/** In a race, the page that a system call names may be unmapped by the concurrent command. */
function fitsSide(command: RaceSide, answer: Answer): boolean {
  if (answer === 'ENOMEM' && (command.op === 'protect' || command.op === 'discard')) return true;
  return (answer === 'EFAULT' && command.op === 'move') || fits(command, answer);
}
