import type { Command, RaceSide } from '../spec/vocabulary/command.ts';
import { type Answer, isBoth, isVector, type Result } from '../spec/vocabulary/result.ts';
import type { Scope } from '../spec/vocabulary/scope.ts';
import { isDeviceEntry, PRESENT } from '../spec/vocabulary/snapshot.ts';
import { resultInWords } from '../spec/vocabulary/words.ts';
import { isObject } from './contents.ts';
import { isOn } from './devices-apart.ts';
import { define } from './property.ts';
import { mayPopulate } from './mapping-table.ts';
import { changeInWords, modified } from './stillness.ts';
import { NO_CELL, type TraceStep } from './step.ts';

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
function fits(command: Command, result: Result): boolean {
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

const atRest = define({
  id: 'robust/at-rest',
  title: 'Entries of pages that a command does not concern stay unchanged',
  requirements: ['robust.at-rest', 'migrate.independent'],
  needs: ['entries', 'every-step'],
  steps: (reading) => reading.compared,
  check(step, { scope }) {
    const { before, after } = step;
    // Another property checks concurrent commands.
    if (step.command.op === 'race') return 0;
    if (before === undefined || after === undefined || step.changed === 0) return 1;
    for (let cell = 0; cell < after.length; cell++) {
      const [was, is] = [before[cell] ?? 0, after[cell] ?? 0];
      if (was === is) continue;
      const cameBack = isDeviceEntry(was) && is === PRESENT;
      if (!concerns(step, cell, scope) && !(cameBack && mayMigrateOthersBack(step))) {
        return changeInWords(step, cell);
      }
    }
    return 1;
  },
});

/**
 * Whether the command may change this entry. An object that several processes see has the same location in all of them.
 */
function concerns(step: TraceStep, cell: number, scope: Scope): boolean {
  const { pages } = scope;
  const { command, cell: named } = step;
  const process = Math.floor(cell / pages);
  switch (command.op) {
    case 'fork':
      return process === command.process || process === command.child;
    case 'exit':
    case 'clear-soft-dirty':
      return process === command.process;
    case 'map':
    case 'unmap':
    case 'discard':
    case 'watch':
      return cell === named;
    case 'advise':
      // A page of zeroes may be dropped for all processes that share it; another property checks which of them lose it.
      return cell === named || (step.value === 0 && isSame(step, cell, named));
    case 'surprise-remove':
      return isOn(step.before?.[cell] ?? 0, step.device, scope);
    case 'protect':
      return cell === named || (populates(step) && isSame(step, cell, named));
    case 'move':
      return cell === named || cell === command.process * pages + command.to;
    case 'migrate-to-device':
    case 'migrate-to-system':
      for (let at = named; at < named + command.count; at++) if (isSame(step, cell, at)) return true;
      return false;
    case 'spawn':
    case 'load':
    case 'store':
    case 'device-load':
    case 'device-store':
    case 'pin':
    case 'unpin':
    case 'inject':
    case 'heal':
    case 'evict':
    case 'attach':
    case 'detach':
    case 'swap-on':
    case 'inspect':
    case 'populate':
    case 'lock':
    case 'unlock':
    case 'kernel-load':
    case 'kernel-store':
    case 'peek':
    case 'soft-dirty':
    case 'page-map':
    case 'residency':
    case 'smaps':
    case 'limit':
    case 'join':
    case 'charge':
    case 'evict-all':
    case 'close':
    case 'open':
    case 'hot-add':
    case 'make-exclusive':
    case 'device-exchange':
    case 'inherit':
    case 'race':
      return named !== NO_CELL && isSame(step, cell, named);
  }
}

/** Whether two cells are the same, or saw the same object before the step. */
function isSame({ rowBefore }: TraceStep, cell: number, other: number): boolean {
  const code = rowBefore[cell] ?? 0;
  return cell === other || (isObject(code) && rowBefore[other] === code);
}

/** Whether it makes a locked page writable, which may populate it. */
const populates = ({ command, mapping }: TraceStep): boolean =>
  command.op === 'protect' && mayPopulate(mapping, command.protection);

/**
 * A fault may migrate more pages than the accessed one to system memory; a command that empties a device must do so.
 */
function mayMigrateOthersBack(step: TraceStep): boolean {
  switch (step.command.op) {
    case 'protect':
      return populates(step);
    case 'load':
    case 'store':
    case 'pin':
    case 'kernel-load':
    case 'kernel-store':
    case 'populate':
    case 'lock':
    case 'device-load':
    case 'device-store':
    case 'make-exclusive':
    case 'detach':
    case 'evict-all':
      return true;
    case 'spawn':
    case 'fork':
    case 'exit':
    case 'map':
    case 'unmap':
    case 'discard':
    case 'migrate-to-device':
    case 'migrate-to-system':
    case 'unpin':
    case 'inject':
    case 'heal':
    case 'evict':
    case 'attach':
    case 'swap-on':
    case 'inspect':
    case 'move':
    case 'unlock':
    case 'advise':
    case 'peek':
    case 'watch':
    case 'clear-soft-dirty':
    case 'soft-dirty':
    case 'page-map':
    case 'residency':
    case 'smaps':
    case 'limit':
    case 'join':
    case 'charge':
    case 'close':
    case 'open':
    case 'hot-add':
    case 'device-exchange':
    case 'surprise-remove':
    case 'inherit':
    case 'race':
      return false;
  }
}

const quietCommands = define({
  id: 'robust/quiet-commands',
  title: 'Commands that do not affect existing pages call no callback and change nothing',
  requirements: ['robust.at-rest'],
  needs: [],
  steps: (reading) => reading.idle,
  check(step) {
    // A new mapping has a new entry; another property checks that it changes no other entry.
    if (step.command.op === 'map') return step.events.length === 0 ? 1 : 'map called the driver';
    return modified(step) ?? 1;
  },
});

const answersFit = define({
  id: 'robust/answers-fit',
  title: 'Every command returns a result of its own kind',
  requirements: ['robust.terminates'],
  needs: [],
  steps: (reading) => reading.steps,
  check: ({ command, result }) =>
    fits(command, result) ? 1 : `${command.op} was answered with ${resultInWords(result)}`,
});

/** Properties of all commands. */
export const robust = [atRest, quietCommands, answersFit] as const;
