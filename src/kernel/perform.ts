import type { CommandOf, RaceSide, Single } from '../../spec/vocabulary/command.ts';
import { type Answer, type BothAnswers, isBoth, type Result } from '../../spec/vocabulary/result.ts';
import type { Driver, Machine } from './driver.ts';
import { pfnOf } from './entry.ts';
import type { ConcurrentCommand } from './memory.ts';
import { inheritanceNumber, NO_VMA, protectionNumber, vmaKind, watchNumber } from './process.ts';

/** Commands for a driver. */
type DriverCommand = CommandOf<
  | 'migrate-to-device'
  | 'migrate-to-system'
  | 'device-load'
  | 'device-store'
  | 'make-exclusive'
  | 'device-exchange'
  | 'evict'
  | 'evict-all'
  | 'attach'
  | 'detach'
  | 'close'
  | 'open'
  | 'hot-add'
  | 'surprise-remove'
>;

/** Commands whose result is always `ok`. */
type WithoutResult = CommandOf<
  | 'map'
  | 'protect'
  | 'move'
  | 'unmap'
  | 'unlock'
  | 'watch'
  | 'inherit'
  | 'clear-soft-dirty'
  | 'limit'
  | 'join'
  | 'fork'
  | 'spawn'
  | 'exit'
  | 'inject'
  | 'heal'
  | 'inspect'
>;

/** Executes a command and returns its result. */
export function performOnMachine(machine: Machine, command: Single): Result {
  const { kernel } = machine;
  const missing = withoutMapping(machine, command);
  if (missing !== undefined) return missing;
  switch (command.op) {
    case 'load':
      return kernel.load(kernel.process(command.process), command.page);
    case 'store':
      return kernel.store(kernel.process(command.process), command.page, command.value);
    case 'kernel-load':
      return kernel.kernelLoad(kernel.process(command.process), command.page);
    case 'kernel-store':
      return kernel.kernelStore(kernel.process(command.process), command.page, command.value);
    case 'peek':
      return kernel.peek(kernel.process(command.process), command.page);
    case 'populate':
      return kernel.populate(kernel.process(command.process), command.page);
    case 'lock':
      return kernel.lock(kernel.process(command.process), command.page);
    case 'pin':
      return command.access === 'read'
        ? kernel.pinForReading(kernel.process(command.process), command.page, command.slot)
        : kernel.pin(kernel.process(command.process), command.page, command.slot);
    case 'unpin':
      return kernel.unpin(command.slot);
    case 'discard':
      return kernel.discard(kernel.process(command.process), command.page);
    case 'advise':
      return kernel.advise(kernel.process(command.process), command.page, command.advice);
    case 'soft-dirty':
      return kernel.softDirty(kernel.process(command.process), command.page);
    case 'page-map':
      return kernel.pageMap(kernel.process(command.process), command.page);
    case 'residency':
      return kernel.residency(kernel.process(command.process), command.page);
    case 'smaps':
      return kernel.smaps(kernel.process(command.process));
    case 'charge':
      return kernel.chargeOf(command.group);
    case 'swap-on':
      return kernel.swapOn(command.areas);
    default:
      return performOnDevice(machine, command);
  }
}

/** The error of a system call on a page that the other command of a race has unmapped or moved. */
function withoutMapping({ kernel }: Machine, command: Single): Result | undefined {
  if (command.op !== 'protect' && command.op !== 'discard' && command.op !== 'move') return undefined;
  if (kernel.process(command.process).kind(command.page) !== NO_VMA) return undefined;
  return command.op === 'move' ? 'EFAULT' : 'ENOMEM';
}

/** Commands that a driver executes. */
function performOnDevice(machine: Machine, command: DriverCommand | WithoutResult): Result {
  const { kernel } = machine;
  switch (command.op) {
    case 'migrate-to-device':
      return driverOf(machine, command).migrateToDevice(
        kernel.process(command.process),
        command.page,
        command.count,
      );
    case 'migrate-to-system':
      return driverOf(machine, command).migrateToSystem(
        kernel.process(command.process),
        command.page,
        command.count,
      );
    case 'device-load':
      return driverOf(machine, command).deviceLoad(kernel.process(command.process), command.page);
    case 'device-store':
      return driverOf(machine, command).deviceStore(
        kernel.process(command.process),
        command.page,
        command.value,
      );
    case 'make-exclusive':
      return driverOf(machine, command).makeExclusive(kernel.process(command.process), command.page);
    case 'device-exchange':
      return driverOf(machine, command).deviceExchange(
        kernel.process(command.process),
        command.page,
        command.value,
      );
    case 'evict':
      return ownerOf(machine, command.process, command.page).evict(
        kernel.process(command.process),
        command.page,
      );
    case 'evict-all':
      return driverOf(machine, command).evictAll();
    case 'attach':
      return driverOf(machine, command).attach();
    case 'detach':
      return driverOf(machine, command).detach();
    case 'close':
      return driverOf(machine, command).close();
    case 'open':
      return driverOf(machine, command).open();
    case 'hot-add':
      return driverOf(machine, command).hotAdd();
    case 'surprise-remove':
      return driverOf(machine, command).surpriseRemove();
    default:
      executeWithoutResult(machine, command);
      return 'ok';
  }
}

function executeWithoutResult({ kernel, harness }: Machine, command: WithoutResult): void {
  switch (command.op) {
    case 'map': {
      const protection = protectionNumber(command.protection);
      return kernel.map(kernel.process(command.process), command.page, vmaKind(command.kind), protection);
    }
    case 'protect': {
      const protection = protectionNumber(command.protection);
      return kernel.protect(kernel.process(command.process), command.page, protection);
    }
    case 'move':
      return kernel.move(kernel.process(command.process), command.page, command.to, command.keep);
    case 'unmap':
      return kernel.unmap(kernel.process(command.process), command.page);
    case 'unlock':
      return kernel.unlock(kernel.process(command.process), command.page);
    case 'watch':
      return kernel.watch(kernel.process(command.process), command.page, watchNumber(command.watch));
    case 'inherit': {
      const inheritance = inheritanceNumber(command.inheritance);
      return kernel.setInheritance(kernel.process(command.process), command.page, inheritance);
    }
    case 'clear-soft-dirty':
      return kernel.clearSoftDirty(kernel.process(command.process));
    case 'limit':
      return kernel.setLimit(command.group, command.pages);
    case 'join':
      return kernel.join(kernel.process(command.process), command.group);
    case 'fork':
      return kernel.fork(kernel.process(command.process), kernel.process(command.child));
    case 'spawn':
      return kernel.spawn(kernel.process(command.process));
    case 'exit':
      return kernel.exit(kernel.process(command.process));
    case 'inject':
      return harness.injections.inject(command.kind, command.victim, command.remaining);
    case 'heal':
      return harness.injections.heal();
    case 'inspect':
      return undefined;
    default:
      command satisfies never;
  }
}

/** The driver of the device that a command names; the first one if it names none. */
function driverOf({ drivers }: Machine, command: { readonly device?: number | undefined }): Driver {
  const driver = drivers[command.device ?? 0];
  if (driver === undefined) throw new RangeError(`there is no device ${command.device}`);
  return driver;
}

/** The driver of the device whose frame is in an entry; the first one if there is no such device. */
function ownerOf(machine: Machine, process: number, index: number): Driver {
  const { drivers, kernel } = machine;
  const { pagemap } = kernel.page(pfnOf(kernel.process(process).entry(index)));
  return drivers.find((driver) => driver.pagemap === pagemap) ?? driverOf(machine, {});
}

/** Executes a race: the left command begins, and the right one runs in its window, or after it if it has none. */
export function performRace(machine: Machine, { left, right }: CommandOf<'race'>): BothAnswers {
  const { kernel } = machine;
  let second: Answer | undefined = undefined;
  const run = (): Answer => (second = answer(performOnMachine(machine, right)));
  kernel.concurrent = { ...locksOf(right), run };
  const first = answer(performOnMachine(machine, left));
  kernel.concurrent = undefined;
  return { left: first, right: second ?? run() };
}

/** The locks for which a command waits. */
function locksOf(command: RaceSide): Omit<ConcurrentCommand, 'run'> {
  const process = 'process' in command ? command.process : NO_PROCESS;
  const changes = CHANGES_MAPPINGS.has(command.op) ? process : NO_PROCESS;
  return {
    // A fork must not copy some pages before the command and others after it.
    needs: command.op === 'migrate-to-device' || command.op === 'unmap' ? process : changes,
    changes,
    looksInto: BY_FRAME.has(command.op) ? NO_PROCESS : process,
    drains: command.op === 'detach',
  };
}

const NO_PROCESS = -1;
const CHANGES_MAPPINGS: ReadonlySet<string> = new Set(['protect', 'move', 'exit']);
/** Commands that find a page by frame, in all processes. */
const BY_FRAME: ReadonlySet<string> = new Set(['evict', 'migrate-to-system']);

function answer(result: Result): Answer {
  if (isBoth(result)) throw new TypeError('a race within a race');
  return result;
}
