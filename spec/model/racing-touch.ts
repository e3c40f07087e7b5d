import type { Contender } from '../vocabulary/command.ts';
import { bringExtras } from './bring-back.ts';
import { touchedEntry } from './meeting.ts';
import { ownPage } from './own-page.ts';
import { isCommon, isFile, mayRead, mayWrite } from './permission.ts';
import {
  NO_OBJECT,
  OOM,
  SIGBUS,
  type State,
  SYSTEM,
  WATCHED_MISSING,
  WATCHED_STORES,
  WRITE_FLAVOUR,
} from './state.ts';
import type { Step } from './step.ts';
import { reach } from './touch.ts';
import { BY_CPU, BY_EXCLUSIVE, BY_KERNEL, BY_PIN, type TouchKind } from './touch-kind.ts';
import { becomeDirtyOrClean } from './tracking.ts';

/** Whether what an entry sees is on a device. */
export const isOnDevice = (state: State, entry: number): boolean => {
  const object = state.entry[entry] ?? NO_OBJECT;
  return object > NO_OBJECT && state.onDevice(object);
};

/** How a side touches memory: for writing or not, and how it is answered. */
interface Touch {
  readonly writes: boolean;
  readonly kind: TouchKind;
}

const READS: Touch = { writes: false, kind: BY_CPU };
const WRITES: Touch = { writes: true, kind: BY_CPU };
const KERNEL_READS: Touch = { writes: false, kind: BY_KERNEL };
const KERNEL_WRITES: Touch = { writes: true, kind: BY_KERNEL };
const PINS: Touch = { writes: true, kind: BY_PIN };
const TAKES: Touch = { writes: true, kind: BY_EXCLUSIVE };

/** The touch that a side consists of, as far as its page; undefined where there is none now. */
function touchOf(state: State, command: Contender): Touch | undefined {
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
    default:
      return undefined;
  }
}

const permits = (mapping: number, writes: boolean): boolean =>
  writes ? mayWrite(mapping) : mayRead(mapping);

/** Whether a command is a touch that must ask for its page. */
export const mustAsk = (state: State, command: Contender): boolean => {
  const entry = touchedEntry(state, command);
  if (entry < 0 || !isOnDevice(state, entry)) return false;
  const touch = touchOf(state, command);
  if (touch !== undefined) return permits(state.mapping[entry] ?? 0, touch.writes);
  return bringsBackByItself(state, command, entry);
};

/**
 * Whether a device access brings its page back before it goes on: from another device, or from the same one where a store
 * finds a READ entry.
 */
function bringsBackByItself(state: State, command: Contender, entry: number): boolean {
  if (command.op !== 'device-load' && command.op !== 'device-store') return false;
  const { device = 0 } = command;
  const writes = command.op === 'device-store';
  if (!state.works(device) || !permits(state.mapping[entry] ?? 0, writes)) return false;
  const isForeign = !state.isOn(state.entry[entry] ?? NO_OBJECT, device);
  return isForeign || (writes && state.flavour[entry] !== WRITE_FLAVOUR);
}

/** How a side is answered that gets a page of its own and may not be charged for it; undefined where it needs none. */
function fillsFor(state: State, command: Contender): TouchKind['memory'] | undefined {
  if (command.op === 'device-store') return state.works(command.device ?? 0) ? 'ENOMEM' : undefined;
  const touch = touchOf(state, command);
  return touch?.writes === true ? touch.kind.memory : undefined;
}

/**
 * Whether a command is about to write to, pin or take a page that is not its process's own yet, and it may be seen that this
 * has become so: where the other command comes before the rest.
 */
export function mustFill(state: State, command: Contender, other: Contender): boolean {
  if (fillsFor(state, command) === undefined) return false;
  const entry = touchedEntry(state, command);
  const mapping = state.mapping[entry] ?? 0;
  const object = state.entry[entry] ?? NO_OBJECT;
  if (!mayWrite(mapping) || isCommon(mapping) || isTrapped(state, entry)) return false;
  if (object === NO_OBJECT) return isFile(mapping) || showsFilling(state, command, other, entry);
  const isShared = object > NO_OBJECT && !state.onDevice(object) && (state.maps[object] ?? 0) > 1;
  return isShared && showsFilling(state, command, other, entry);
}

const isTrapped = (state: State, entry: number): boolean =>
  state.entry[entry] === NO_OBJECT
    ? ((state.mapping[entry] ?? 0) & WATCHED_MISSING) !== 0
    : ((state.track[entry] ?? 0) & WATCHED_STORES) !== 0;

function showsFilling(state: State, command: Contender, other: Contender, entry: number): boolean {
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
    default:
      return false;
  }
}

/**
 * The page has become the process's own, and is not stored to yet.
 *
 * @example `store` beside a migration: the copy of a file's page moves to the device, and the store brings it back
 * @example `store` beside `protect`: the hole is filled, and the store is refused
 */
export function beginFill(step: Step, command: Contender): void {
  const { exercisedCount, state } = step;
  const entry = touchedEntry(state, command);
  if (ownPage(step, entry, fillsFor(state, command) ?? 'ok') === undefined) step.ruleOut();
  becomeDirtyOrClean(state, entry);
  step.exercisedCount = exercisedCount;
}

/** What may have come of a touch when the other command comes between. */
const BEGINNINGS = [bringOthersOnly, bringOnly, askInVain] as const;
/** The same of a device access: its page is back, with a call of page_fault or without. */
const DEVICE_BEGINNINGS = [bringByCall, bringQuietly] as const;

const isDeviceAccess = ({ op }: Contender): boolean => op === 'device-load' || op === 'device-store';

/**
 * The number of these beside another command. Two touches come one after the other in all but what both try; but of two
 * pins for one slot the later one is refused after its page came back.
 */
export function waysToBegin(state: State, touch: Contender, other: Contender): number {
  if (isDeviceAccess(touch)) return DEVICE_BEGINNINGS.length;
  const isForOneSlot = touch.op === 'pin' && other.op === 'pin' && touch.slot === other.slot;
  return touchedEntry(state, other) >= 0 && !isForOneSlot ? 1 : BEGINNINGS.length;
}

/**
 * Whether a touch may call page_fault after a protect that takes its permission away: it was permitted when it began. The
 * protect has changed the device entry by then, and what that remembers.
 */
export const mayAskLate = (state: State, touch: Contender, other: Contender): boolean =>
  other.op === 'protect' &&
  !isDeviceAccess(touch) &&
  touchedEntry(state, touch) === state.at(other.process, other.page);

/** The page comes back for a touch that is no longer permitted. Returns the number of page_fault calls. */
export function askLate(step: Step, touch: Contender): number {
  const entry = touchedEntry(step.state, touch);
  if (!isOnDevice(step.state, entry) || mustAsk(step.state, touch)) {
    step.ruleOut();
    return 0;
  }
  bringByCall(step, entry);
  return step.faults;
}

/**
 * A touch is no one thing: first page_fault is called, and again where it came to nothing, and only then the page is
 * touched. Another command may come between. Goes one such way, and answers how often page_fault was called.
 *
 * @example `load` beside `unmap`: the page comes back, is unmapped, and the load ends in SIGSEGV
 */
export function beginTouch(step: Step, command: Contender, way: number): number {
  step.faults = 0;
  const entry = touchedEntry(step.state, command);
  if (isDeviceAccess(command)) {
    DEVICE_BEGINNINGS[way]?.(step, entry);
    return step.faults;
  }
  const calls = BEGINNINGS[way]?.(step, command, entry) ?? 0;
  // Nothing came of it: that is the other order.
  if (calls === 0) step.ruleOut();
  return calls;
}

function bringOnly(step: Step, command: Contender, entry: number): number {
  const touch = touchOf(step.state, command);
  if (touch === undefined) return 0;
  // A touch that is trapped has brought its page back as well.
  const isReached = reach(step, entry, touch.writes, touch.kind);
  return isReached || !isOnDevice(step.state, entry) ? step.faults : 0;
}

/** Calls for which there was no memory, and after which the touch is tried again. */
function askInVain(step: Step, _: Contender, entry: number): number {
  const object = step.state.entry[entry] ?? NO_OBJECT;
  let calls = 0;
  while (step.strikes(OOM, object, entry) && !step.lasting(OOM)) {
    step.consume(OOM);
    calls++;
    if (step.pick(2) === 0) break;
  }
  return calls;
}

/**
 * The page is in somebody else's hands just then, but others of the process came back, or an injection was used up in
 * trying; and since the touch is tried again, so are they.
 */
function bringOthersOnly(step: Step, _: Contender, entry: number): number {
  const { state } = step;
  step.faultPlace = state.place[state.entry[entry] ?? NO_OBJECT] ?? SYSTEM;
  for (let calls = 1; ; calls++) {
    if (!step.passes(() => `others ${entry} ${calls}`)) return calls;
    const [came, left] = [step.left.length, attemptsThatFail(state)];
    bringExtras(step, entry, `${calls} ${came} ${left}`);
    const hasFailed = attemptsThatFail(state) < left;
    if (step.left.length === came && !hasFailed) return 0;
    if (!hasFailed || step.pick(2) === 0) return calls;
  }
}

function bringByCall(step: Step, entry: number): void {
  const object = step.state.entry[entry] ?? NO_OBJECT;
  step.faults = 1;
  step.faultPlace = step.state.place[object] ?? SYSTEM;
  bringExtras(step, entry);
  bringQuietly(step, entry);
}

function bringQuietly(step: Step, entry: number): void {
  const object = step.state.entry[entry] ?? NO_OBJECT;
  if (step.strikes(SIGBUS, object, entry) || step.strikes(OOM, object, entry)) step.ruleOut();
  else step.moveToSystem(object);
}

/** How many attempts to bring a page back are still to fail. */
const attemptsThatFail = ({ remaining }: State): number => (remaining[SIGBUS] ?? 0) + (remaining[OOM] ?? 0);

/** A touch that was under way when another one failed may have been struck as well, though nothing comes of it. */
export function strikeAgain(step: Step, kind: number): void {
  const left = step.state.remaining[kind] ?? 0;
  if (left > 0 && step.pick(2) === 1) step.consume(kind);
}
