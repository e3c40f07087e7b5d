import type { CommandOf, RaceSide } from '../vocabulary/command.ts';
import { type AccessKind, BY_CPU, BY_EXCLUSIVE, BY_KERNEL, BY_PIN } from './access-kind.ts';
import { migrateExtrasBack } from './migrate-back.ts';
import { accessedEntry } from './meeting.ts';
import { ownPage } from './own-page.ts';
import {
  isCommon,
  isExclusive,
  isFile,
  LIKELY_WRITABLE,
  mayRead,
  mayWrite,
  NO_OBJECT,
  OOM,
  SIGBUS,
  type State,
  SYSTEM,
  WATCHED_MISSING,
  WATCHED_STORES,
  WRITABLE,
} from './state.ts';
import type { Step } from './step.ts';
import { reach } from './page-access.ts';
import { becomeDirtyOrClean } from './tracking.ts';
import { choice } from './choice.ts';

const FAILED_FAULT = choice('access after a failed fault', 'interrupted', 'retried');
const INJECTION = choice('injection for the concurrent access', 'not used', 'used');

/** Whether the object of an entry is on a device. */
const isOnDevice = (state: State, entry: number): boolean => {
  const object = state.entry[entry] ?? NO_OBJECT;
  return object > NO_OBJECT && state.onDevice(object);
};

/** The memory access of a side: whether it writes, and the results that its failures return. */
interface Access {
  readonly writes: boolean;
  readonly kind: AccessKind;
}

const READS: Access = { writes: false, kind: BY_CPU };
const WRITES: Access = { writes: true, kind: BY_CPU };
const KERNEL_READS: Access = { writes: false, kind: BY_KERNEL };
const KERNEL_WRITES: Access = { writes: true, kind: BY_KERNEL };
const PINS: Access = { writes: true, kind: BY_PIN };
const TAKES: Access = { writes: true, kind: BY_EXCLUSIVE };

/** The access of a side up to its page; undefined where the side makes no access now. */
function accessOf(state: State, command: RaceSide): Access | undefined {
  switch (command.op) {
    case 'load':
      return READS;
    case 'store':
      return WRITES;
    case 'kernel-load':
      return KERNEL_READS;
    case 'kernel-store':
      return KERNEL_WRITES;
    case 'pin':
      return state.slot[command.slot] === 0 ? PINS : undefined;
    case 'make-exclusive':
      return state.works(command.device ?? 0) ? TAKES : undefined;
    case 'fork':
    case 'unmap':
    case 'discard':
    case 'migrate-to-device':
    case 'migrate-to-system':
    case 'evict':
    case 'exit':
    case 'protect':
    case 'device-load':
    case 'device-store':
    case 'unpin':
    case 'detach':
    case 'move':
    case 'peek':
    case 'close':
    case 'device-exchange':
      return undefined;
  }
}

const permits = (mapping: number, writes: boolean): boolean =>
  writes ? mayWrite(mapping) : mayRead(mapping);

/** Whether a command is an access that must first migrate its page to system memory. */
export const mustAsk = (state: State, command: RaceSide): boolean => {
  const entry = accessedEntry(state, command);
  if (entry < 0 || !isOnDevice(state, entry)) return false;
  const access = accessOf(state, command);
  if (access !== undefined) return permits(state.mapping[entry] ?? 0, access.writes);
  return migratesBackByItself(state, command, entry);
};

/**
 * Whether a device access migrates its page to system memory before it continues: from another device, or from the same
 * device where a store finds a READ entry.
 */
function migratesBackByItself(state: State, command: RaceSide, entry: number): boolean {
  if (command.op !== 'device-load' && command.op !== 'device-store') return false;
  const { device = 0 } = command;
  const writes = command.op === 'device-store';
  if (!state.works(device) || !permits(state.mapping[entry] ?? 0, writes)) return false;
  const isForeign = !state.isOn(state.entry[entry] ?? NO_OBJECT, device);
  return isForeign || (writes && state.writable[entry] !== WRITABLE);
}

/** The result of a side whose own page exceeds the charge limit; undefined where it needs no page of its own. */
function fillsFor(state: State, command: RaceSide): AccessKind['memory'] | undefined {
  if (command.op === 'device-store') return state.works(command.device ?? 0) ? 'ENOMEM' : undefined;
  const access = accessOf(state, command);
  return access?.writes === true ? access.kind.memory : undefined;
}

/**
 * Whether a command is about to write to, pin or make exclusive a page that its process does not yet own alone, and the
 * allocation of that page is observable when the other command runs before the rest.
 */
export function mustFill(state: State, command: RaceSide, other: RaceSide): boolean {
  if (fillsFor(state, command) === undefined) return false;
  const entry = accessedEntry(state, command);
  const mapping = state.mapping[entry] ?? 0;
  const object = state.entry[entry] ?? NO_OBJECT;
  if (!mayWrite(mapping) || isCommon(mapping) || isTrapped(state, entry)) return false;
  // Of two pins for one slot, the later one is refused after it has ended the exclusive access.
  if (isExclusive(state.writable[entry] ?? 0))
    return command.op === 'pin' && other.op === 'pin' && command.slot === other.slot;
  if (object === NO_OBJECT) return isFile(mapping) || showsFilling(state, command, other, entry);
  const isShared = object > NO_OBJECT && !state.onDevice(object) && (state.maps[object] ?? 0) > 1;
  return isShared && showsFilling(state, command, other, entry);
}

const isTrapped = (state: State, entry: number): boolean =>
  state.entry[entry] === NO_OBJECT
    ? ((state.mapping[entry] ?? 0) & WATCHED_MISSING) !== 0
    : ((state.track[entry] ?? 0) & WATCHED_STORES) !== 0;

function showsFilling(state: State, command: RaceSide, other: RaceSide, entry: number): boolean {
  switch (other.op) {
    case 'fork':
      return ((entry / state.scope.pages) | 0) === other.process;
    case 'protect':
    case 'move':
      return state.at(other.process, other.page) === entry;
    case 'pin':
      return command.op === 'pin' && command.slot === other.slot;
    case 'detach':
    case 'close':
      return 'device' in command && (command.device ?? 0) === (other.device ?? 0);
    case 'migrate-to-device':
      return isInRange(state, other, entry) && showsInMigration(state, entry);
    case 'unmap':
    case 'discard':
    case 'load':
    case 'store':
    case 'migrate-to-system':
    case 'evict':
    case 'exit':
    case 'device-load':
    case 'device-store':
    case 'unpin':
    case 'kernel-load':
    case 'kernel-store':
    case 'peek':
    case 'make-exclusive':
    case 'device-exchange':
      return false;
  }
}

const isInRange = (
  state: State,
  { process, page, count }: CommandOf<'migrate-to-device'>,
  entry: number,
): boolean => entry >= state.at(process, page) && entry < state.at(process, page) + count;

/**
 * Whether a migration to the device may treat a page of its own otherwise than the page before: a pin or an injection for
 * another process concerns the shared page only, and a page that is not unpopulated any more is part of no unpopulated block.
 */
function showsInMigration(state: State, entry: number): boolean {
  const object = state.entry[entry] ?? NO_OBJECT;
  if (state.scope.block !== undefined) return true;
  return object !== NO_OBJECT && (state.pinned(object) || state.remaining.some((count) => count !== 0));
}

/**
 * Gives the process a page of its own, before the store to it.
 *
 * @example `store` beside a migration: the copy of a file's page moves to the device, and the store brings it back
 * @example `store` beside `protect`: the hole is filled, and the store is refused
 */
export function beginFill(step: Step, command: RaceSide): void {
  const { coveredCount, state } = step;
  const entry = accessedEntry(state, command);
  if (ownPage(step, entry, fillsFor(state, command) ?? 'ok') === undefined) step.ruleOut();
  else if (isExclusive(state.writable[entry] ?? 0)) state.writable[entry] = LIKELY_WRITABLE;
  becomeDirtyOrClean(state, entry);
  step.coveredCount = coveredCount;
}

/** The possible partial results of an access when the other command interrupts it. */
const BEGINNINGS = [migrateOthersOnly, migrateOnly, askInVain] as const;
/** The same beside an access to the same page where page_fault locks the page: a call never finds it in use. */
const LOCKED_BEGINNINGS = [migrateOnly, askInVain] as const;
/** The same for a device access: its page is in system memory again, with a call of page_fault or without. */
const DEVICE_BEGINNINGS = [migrateByCall, migrateQuietly] as const;

/**
 * Whether both commands are accesses by the CPU or the kernel to one page on a device, in a profile in which page_fault
 * locks the page.
 */
function lockOnePage({ judging, state }: Step, left: RaceSide, right: RaceSide): boolean {
  if (!judging.profile.faultLocksPage) return false;
  if (accessOf(state, left) === undefined || accessOf(state, right) === undefined) return false;
  const entry = accessedEntry(state, left);
  return isOnDevice(state, entry) && state.entry[entry] === state.entry[accessedEntry(state, right)];
}

const isDeviceAccess = ({ op }: RaceSide): boolean => op === 'device-load' || op === 'device-store';

/**
 * The number of possible partial results beside another command. Two accesses act as in sequential order except for the
 * attempts that both make; but of two pins for one slot, the later one is refused after its page has migrated back.
 */
export function beginnings(state: State, access: RaceSide, other: RaceSide, isLocked: boolean): number {
  if (isDeviceAccess(access)) return DEVICE_BEGINNINGS.length;
  if (isLocked) return LOCKED_BEGINNINGS.length;
  const isForOneSlot = access.op === 'pin' && other.op === 'pin' && access.slot === other.slot;
  return accessedEntry(state, other) >= 0 && !isForOneSlot ? 1 : BEGINNINGS.length;
}

/**
 * Whether an access may call page_fault after a protect that removes its permission: it was permitted when it began. By
 * then, the protect has changed the device entry and its flags.
 */
export const mayAskLate = (state: State, access: RaceSide, other: RaceSide): boolean =>
  other.op === 'protect' &&
  !isDeviceAccess(access) &&
  accessedEntry(state, access) === state.at(other.process, other.page);

/** Migrates the page to system for an access that is no longer permitted. Returns the number of page_fault calls. */
export function askLate(step: Step, access: RaceSide): number {
  const entry = accessedEntry(step.state, access);
  if (!isOnDevice(step.state, entry) || mustAsk(step.state, access)) {
    step.ruleOut();
    return 0;
  }
  migrateByCall(step, entry);
  return step.faults;
}

/**
 * An access is not atomic: page_fault is called first, and again after a failure, and only then is the page accessed. The
 * other command may run in between. Runs one such beginning and returns the number of page_fault calls.
 *
 * @example `load` beside `unmap`: the page comes back, is unmapped, and the load ends in SIGSEGV
 */
export function beginAccess(step: Step, command: RaceSide, outcome: number, isLocked: boolean): number {
  step.faults = 0;
  const entry = accessedEntry(step.state, command);
  if (isDeviceAccess(command)) {
    DEVICE_BEGINNINGS[outcome]?.(step, entry);
    return step.faults;
  }
  const calls = (isLocked ? LOCKED_BEGINNINGS : BEGINNINGS)[outcome]?.(step, command, entry) ?? 0;
  // Without a call, this outcome equals the other order.
  if (calls === 0) step.ruleOut();
  return calls;
}

function migrateOnly(step: Step, command: RaceSide, entry: number): number {
  const access = accessOf(step.state, command);
  if (access === undefined) return 0;
  // A trapped access has migrated its page to system as well.
  const isReached = reach(step, entry, access.writes, access.kind);
  return isReached || !isOnDevice(step.state, entry) ? step.faults : 0;
}

/** Makes page_fault calls that fail for lack of memory; the access is retried afterwards. */
function askInVain(step: Step, _: RaceSide, entry: number): number {
  const object = step.state.entry[entry] ?? NO_OBJECT;
  let calls = 0;
  while (step.injectionFails(OOM, object, entry) && !step.lasting(OOM)) {
    step.consume(OOM);
    calls++;
    if (step.choose(FAILED_FAULT) === 'interrupted') break;
  }
  return calls;
}

/**
 * The other command is using the page at that time, but further pages of the process migrated to system, or a failed
 * attempt used an injection; because the access is retried, these pages are retried as well.
 */
function migrateOthersOnly(step: Step, _: RaceSide, entry: number): number {
  const { state } = step;
  step.faultPlace = state.place[state.entry[entry] ?? NO_OBJECT] ?? SYSTEM;
  for (let calls = 1; ; calls++) {
    if (!step.passes(() => `others ${entry} ${calls}`)) return calls;
    const [came, left] = [step.left.length, attemptsThatFail(state)];
    migrateExtrasBack(step, entry, `${calls} ${came} ${left}`);
    const hasFailed = attemptsThatFail(state) < left;
    if (step.left.length === came && !hasFailed) return 0;
    if (!hasFailed || step.choose(FAILED_FAULT) === 'interrupted') return calls;
  }
}

function migrateByCall(step: Step, entry: number): void {
  const object = step.state.entry[entry] ?? NO_OBJECT;
  step.faults = 1;
  step.faultPlace = step.state.place[object] ?? SYSTEM;
  migrateExtrasBack(step, entry);
  migrateQuietly(step, entry);
}

function migrateQuietly(step: Step, entry: number): void {
  const object = step.state.entry[entry] ?? NO_OBJECT;
  if (step.injectionFails(SIGBUS, object, entry) || step.injectionFails(OOM, object, entry)) step.ruleOut();
  else step.moveToSystem(object);
}

/** The number of migrations to system that are still going to fail. */
const attemptsThatFail = ({ remaining }: State): number => (remaining[SIGBUS] ?? 0) + (remaining[OOM] ?? 0);

/** An access in progress while another one failed may have used the injection too, without a visible effect. */
export function useInjectionAgain(step: Step, kind: number): void {
  const left = step.state.remaining[kind] ?? 0;
  if (left > 0 && step.choose(INJECTION) === 'used') step.consume(kind);
}

/** The page_fault calls of a race: their minimum number, and the entries at which they are allowed. */
export class RacingCalls {
  least = 0;
  /** Whether no call is allowed beyond those noted: the accesses call it one at a time. */
  readonly isExact: boolean;
  readonly entries = new Set<number>();
  readonly #state: State;
  readonly #leftEntry: number;
  readonly #rightEntry: number;

  constructor(step: Step, left: RaceSide, right: RaceSide) {
    const { state } = step;
    this.#state = state;
    this.#leftEntry = accessedEntry(state, left);
    this.#rightEntry = accessedEntry(state, right);
    this.isExact = lockOnePage(step, left, right);
    this.note(0);
  }

  /** The calls noted so far, as part of the key of a point. */
  get soFar(): string {
    return `${this.least} ${[...this.entries].toSorted((one, other) => one - other).join()}`;
  }

  /** Records a number of calls, and the entries where the accessed pages are now. */
  note(calls: number): void {
    this.least += calls;
    this.#noteEntry(this.#leftEntry);
    this.#noteEntry(this.#rightEntry);
  }

  #noteEntry(entry: number): void {
    if (entry >= 0 && isOnDevice(this.#state, entry)) this.entries.add(entry);
  }
}
