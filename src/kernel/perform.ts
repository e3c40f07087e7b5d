import type { CommandOf, Op, RaceSide } from '../../spec/vocabulary/command.ts';
import { type Answer, type BothAnswers, isBoth, type Result } from '../../spec/vocabulary/result.ts';
import type { Driver, KernelAndDrivers } from './driver.ts';
import { pfnOf } from './entry.ts';
import type { Kernel } from './kernel.ts';
import type { ConcurrentCommand } from './memory.ts';
import { INHERITANCES, NO_VMA, PROTECTIONS, VMA_KINDS, WATCHES } from './process.ts';

type Performers = { readonly [O in Op]: (machine: KernelAndDrivers, command: CommandOf<O>) => Result };

/** The result of a command that cannot fail. */
const ok = (_done: void): Result => 'ok';

/** The call that each command stands for. */
const performers: Performers = {
  map: ({ kernel }, { process, page, kind, protection, whole }) =>
    whole === true
      ? ok(kernel.mapBlock(kernel.process(process), page, PROTECTIONS[protection]))
      : ok(kernel.map(kernel.process(process), page, VMA_KINDS[kind], PROTECTIONS[protection])),
  unmap: ({ kernel }, { process, page, whole }) =>
    whole === true
      ? ok(kernel.unmapBlock(kernel.process(process), page))
      : ok(kernel.unmap(kernel.process(process), page)),
  protect: ({ kernel }, { process, page, protection, whole }) => {
    if (isUnmapped(kernel, process, page)) return 'ENOMEM';
    return whole === true
      ? ok(kernel.protectBlock(kernel.process(process), page, PROTECTIONS[protection]))
      : ok(kernel.protect(kernel.process(process), page, PROTECTIONS[protection]));
  },
  move: ({ kernel }, { process, page, to, keep, whole }) => {
    if (isUnmapped(kernel, process, page)) return 'EFAULT';
    return whole === true
      ? ok(kernel.moveBlock(kernel.process(process), page, to, keep))
      : ok(kernel.move(kernel.process(process), page, to, keep));
  },
  discard: ({ kernel }, { process, page, whole }) => {
    if (isUnmapped(kernel, process, page)) return 'ENOMEM';
    return whole === true
      ? kernel.discardBlock(kernel.process(process), page)
      : kernel.discard(kernel.process(process), page);
  },
  advise: ({ kernel }, { process, page, advice }) => kernel.advise(kernel.process(process), page, advice),
  inherit: ({ kernel }, { process, page, inheritance }) =>
    ok(kernel.setInheritance(kernel.process(process), page, INHERITANCES[inheritance])),
  populate: ({ kernel }, { process, page }) => kernel.populate(kernel.process(process), page),
  lock: ({ kernel }, { process, page }) => kernel.lock(kernel.process(process), page),
  unlock: ({ kernel }, { process, page }) => ok(kernel.unlock(kernel.process(process), page)),
  watch: ({ kernel }, { process, page, watch }) =>
    ok(kernel.watch(kernel.process(process), page, WATCHES[watch])),

  collapse: ({ kernel }, { process, page }) => kernel.collapse(kernel.process(process), page),
  split: ({ kernel }, { process, page }) => kernel.split(kernel.process(process), page),

  load: ({ kernel }, { process, page }) => kernel.load(kernel.process(process), page),
  store: ({ kernel }, { process, page, value }) => kernel.store(kernel.process(process), page, value),
  'kernel-load': ({ kernel }, { process, page }) => kernel.kernelLoad(kernel.process(process), page),
  'kernel-store': ({ kernel }, { process, page, value }) =>
    kernel.kernelStore(kernel.process(process), page, value),
  peek: ({ kernel }, { process, page }) => kernel.nofaultLoad(kernel.process(process), page),
  pin: ({ kernel }, { process, page, slot, access }) =>
    access === 'read'
      ? kernel.pinForReading(kernel.process(process), page, slot)
      : kernel.pin(kernel.process(process), page, slot),
  unpin: ({ kernel }, { slot }) => kernel.unpin(slot),

  'soft-dirty': ({ kernel }, { process, page }) => kernel.softDirty(kernel.process(process), page),
  'clear-soft-dirty': ({ kernel }, { process }) => ok(kernel.clearSoftDirty(kernel.process(process))),
  'page-map': ({ kernel }, { process, page }) => kernel.pageMap(kernel.process(process), page),
  residency: ({ kernel }, { process, page }) => kernel.residency(kernel.process(process), page),
  smaps: ({ kernel }, { process }) => kernel.smaps(kernel.process(process)),
  charge: ({ kernel }, { group }) => kernel.chargeOf(group),
  limit: ({ kernel }, { group, pages }) => ok(kernel.setLimit(group, pages)),
  join: ({ kernel }, { process, group }) => ok(kernel.join(kernel.process(process), group)),
  'swap-on': ({ kernel }, { areas }) => kernel.swapOn(areas),

  fork: ({ kernel }, { process, child }) => ok(kernel.fork(kernel.process(process), kernel.process(child))),
  spawn: ({ kernel }, { process }) => ok(kernel.spawn(kernel.process(process))),
  exit: ({ kernel }, { process }) => ok(kernel.exit(kernel.process(process))),

  'migrate-to-device': ({ kernel, drivers }, { process, page, count, device, compound }) =>
    driverOf(drivers, device).migrateToDevice(kernel.process(process), page, count, compound),
  'migrate-to-system': ({ kernel, drivers }, { process, page, count, device, compound }) =>
    driverOf(drivers, device).migrateToSystem(kernel.process(process), page, count, compound),
  'device-load': ({ kernel, drivers }, { process, page, device }) =>
    driverOf(drivers, device).deviceLoad(kernel.process(process), page),
  'device-store': ({ kernel, drivers }, { process, page, value, device }) =>
    driverOf(drivers, device).deviceStore(kernel.process(process), page, value),
  'make-exclusive': ({ kernel, drivers }, { process, page, device }) =>
    driverOf(drivers, device).makeExclusive(kernel.process(process), page),
  'device-exchange': ({ kernel, drivers }, { process, page, value, device }) =>
    driverOf(drivers, device).deviceExchange(kernel.process(process), page, value),
  evict: (machine, { process, page }) =>
    ownerOf(machine, process, page).evict(machine.kernel.process(process), page),
  'evict-all': ({ drivers }, { device }) => driverOf(drivers, device).evictAll(),
  'evict-range': ({ drivers }, { frame, frames }) => evictRange(drivers, frame, frame + frames),
  attach: ({ drivers }, { device }) => driverOf(drivers, device).attach(),
  detach: ({ drivers }, { device }) => driverOf(drivers, device).detach(),
  close: ({ drivers }, { device }) => driverOf(drivers, device).close(),
  open: ({ drivers }, { device }) => driverOf(drivers, device).open(),
  'hot-add': ({ drivers }, { device }) => driverOf(drivers, device).addMemory(),
  'surprise-remove': ({ drivers }, { device }) => driverOf(drivers, device).surpriseRemove(),

  inject: ({ harness }, { kind, victim, remaining }) =>
    ok(harness.injections.inject(kind, victim, remaining)),
  heal: ({ harness }) => ok(harness.injections.heal()),
  inspect: () => 'ok',
  race: performRace,
};

/** Executes a command and returns its result. */
export function perform<O extends Op>(
  machine: KernelAndDrivers,
  command: CommandOf<O> & { readonly op: O },
): Result {
  return performers[command.op](machine, command);
}

/** Whether the other command of a race has unmapped or moved the page. A system call on it then fails. */
const isUnmapped = (kernel: Kernel, process: number, page: number): boolean =>
  kernel.process(process).kind(page) === NO_VMA;

/** Evicts a range of frames, which are numbered across devices. */
function evictRange(drivers: readonly Driver[], from: number, end: number): number {
  let evicted = 0;
  for (const driver of drivers) {
    const offset = driver.number * driver.frames.length;
    const first = Math.max(from - offset, 0);
    const count = Math.min(end - offset, driver.frames.length) - first;
    if (count > 0) evicted += driver.evictRange(first, count);
  }
  return evicted;
}

/** The driver of the device that a command names; the first one if it names none. */
function driverOf(drivers: readonly Driver[], device = 0): Driver {
  const driver = drivers[device];
  if (driver === undefined) throw new RangeError(`there is no device ${device}`);
  return driver;
}

/** The driver of the device whose frame is in an entry; the first one if there is no such device. */
function ownerOf(machine: KernelAndDrivers, process: number, index: number): Driver {
  const { drivers, kernel } = machine;
  const { pagemap } = kernel.page(pfnOf(kernel.process(process).entry(index)));
  return drivers.find((driver) => driver.pagemap === pagemap) ?? driverOf(drivers);
}

/** Executes a race: the left command begins, and the right one runs in its window, or after it if it has none. */
function performRace(machine: KernelAndDrivers, { left, right }: CommandOf<'race'>): BothAnswers {
  const { kernel } = machine;
  let second: Answer | undefined = undefined;
  const run = (): Answer => (second = answer(perform(machine, right)));
  kernel.concurrent = { ...locksOf(right), run };
  const first = answer(perform(machine, left));
  kernel.concurrent = undefined;
  return { left: first, right: second ?? run() };
}

/** The locks for which a command waits. */
function locksOf(command: RaceSide): Omit<ConcurrentCommand, 'run'> {
  const process = 'process' in command ? command.process : NO_PROCESS;
  const changes = CHANGES_MAPPINGS.has(command.op) ? process : NO_PROCESS;
  return {
    // A fork must not copy some pages before the command and others after it.
    needs:
      NEEDS_MAPPINGS.has(command.op) || ('whole' in command && command.whole === true) ? process : changes,
    changes,
    walks: BY_FRAME.has(command.op) ? NO_PROCESS : process,
    drains: command.op === 'detach',
    accesses: ACCESSES.has(command.op) && 'page' in command ? { process, index: command.page } : undefined,
    migrates: MIGRATES.has(command.op),
  };
}

const NO_PROCESS = -1;
const NEEDS_MAPPINGS: ReadonlySet<string> = new Set(['migrate-to-device', 'unmap']);
const CHANGES_MAPPINGS: ReadonlySet<string> = new Set(['protect', 'move', 'exit']);
/** Commands that may call page_fault; protect does if its page is locked in memory. */
const ACCESSES: ReadonlySet<string> = new Set([
  'load',
  'store',
  'kernel-load',
  'kernel-store',
  'pin',
  'make-exclusive',
  'device-load',
  'device-store',
  'protect',
]);
const MIGRATES: ReadonlySet<string> = new Set(['migrate-to-device', 'migrate-to-system', 'evict', 'detach']);
/** Commands that find a page by frame, in all processes. */
const BY_FRAME: ReadonlySet<string> = new Set(['evict', 'migrate-to-system']);

function answer(result: Result): Answer {
  if (isBoth(result)) throw new TypeError('a race within a race');
  return result;
}
