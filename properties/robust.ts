import type { Result } from '../spec/vocabulary/result.ts';
import type { Command } from '../spec/vocabulary/command.ts';
import { isDeviceEntry, PRESENT } from '../spec/vocabulary/snapshot.ts';
import { resultInWords } from '../spec/vocabulary/words.ts';
import { define } from './define.ts';
import { changeInWords, stirred } from './stillness.ts';
import { NO_CELL, type Step } from './step.ts';

const atRest = define({
  id: 'robust/at-rest',
  title: 'Entries of pages that a command does not concern stay as they are',
  requirements: ['robust.at-rest', 'migrate.independent'],
  needs: ['entries', 'every-step'],
  steps: (reading) => reading.compared,
  check(step, { scope }) {
    const { before, after } = step;
    if (before === undefined || after === undefined || step.changed === 0) return 1;
    for (let cell = 0; cell < after.length; cell++) {
      const [was, is] = [before[cell] ?? 0, after[cell] ?? 0];
      if (was === is) continue;
      const cameBack = isDeviceEntry(was) && is === PRESENT;
      if (!concerns(step, cell, scope.pages) && !(cameBack && mayBringBackOthers(step.command))) {
        return changeInWords(step, cell);
      }
    }
    return 1;
  },
});

/** Whether the command may change this entry. A page that several processes see is at one place in all of them. */
function concerns({ command, cell: named }: Step, cell: number, pages: number): boolean {
  const process = Math.floor(cell / pages);
  switch (command.op) {
    case 'fork':
      return process === command.process || process === command.child;
    case 'exit':
      return process === command.process;
    case 'map':
    case 'unmap':
    case 'discard':
    case 'protect':
      return cell === named;
    case 'migrate-to-device':
    case 'migrate-to-system':
      return cell % pages >= command.page && cell % pages < command.page + command.count;
    default:
      return named !== NO_CELL && cell % pages === named % pages;
  }
}

/** A fault may bring back more than the page that was touched, detach must. */
function mayBringBackOthers({ op }: Command): boolean {
  return op === 'load' || op === 'store' || op === 'pin' || op === 'device-store' || op === 'detach';
}

const quietCommands = define({
  id: 'robust/quiet-commands',
  title: 'Commands that have nothing to do with pages that are there call nothing and change nothing',
  requirements: ['robust.at-rest'],
  needs: [],
  steps: (reading) => reading.idle,
  check(step) {
    // A new mapping has a new entry; that it changes no other is seen elsewhere.
    if (step.command.op === 'map') return step.events.length === 0 ? 1 : 'map called the driver';
    return stirred(step) ?? 1;
  },
});

const answersFit = define({
  id: 'robust/answers-fit',
  title: 'Every command that is sent is answered with something that answers it',
  requirements: ['robust.answers'],
  needs: [],
  steps: (reading) => reading.steps,
  check: ({ command, result }) =>
    fits(command, result) ? 1 : `${command.op} was answered with ${resultInWords(result)}`,
});

const CPU_FAILURES: ReadonlySet<Result> = new Set(['SIGSEGV', 'SIGBUS', 'oom']);
const READ_FAILURES: ReadonlySet<Result> = new Set(['torn', 'stale']);
const PIN_ANSWERS: ReadonlySet<Result> = new Set(['ok', 'EFAULT', 'ENOMEM', 'EBUSY']);
const DEVICE_LOAD_FAILURES: ReadonlySet<Result> = new Set(['EFAULT', 'ENODEV']);
const DEVICE_STORE_ANSWERS: ReadonlySet<Result> = new Set(['ok', 'EFAULT', 'EPERM', 'ENOMEM', 'ENODEV']);

function fits({ op }: Command, result: Result): boolean {
  if (typeof result === 'object') {
    return op === 'migrate-to-device' || op === 'migrate-to-system' || op === 'evict';
  }
  const isRead = typeof result === 'number' || READ_FAILURES.has(result);
  switch (op) {
    case 'load':
      return isRead || CPU_FAILURES.has(result);
    case 'store':
      return result === 'ok' || CPU_FAILURES.has(result);
    case 'pin':
      return PIN_ANSWERS.has(result);
    case 'unpin':
      return isRead || result === 'EINVAL';
    case 'device-load':
      return isRead || DEVICE_LOAD_FAILURES.has(result);
    case 'device-store':
      return DEVICE_STORE_ANSWERS.has(result);
    case 'attach':
      return result === 'ok' || result === 'EBUSY';
    case 'detach':
      return result === 'ok' || result === 'EBUSY' || result === 'ENODEV';
    case 'swap-on':
      return typeof result === 'number';
    case 'migrate-to-device':
    case 'migrate-to-system':
    case 'evict':
      return false;
    default:
      return result === 'ok';
  }
}

/** What is true of every command. */
export const robust = [atRest, quietCommands, answersFit] as const;
