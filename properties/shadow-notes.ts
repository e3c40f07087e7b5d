import { type CommandOf, pinsForReading, type RaceSide } from '../spec/vocabulary/command.ts';
import { type Answer, isBoth, isVector, type Result } from '../spec/vocabulary/result.ts';
import { isDeviceEntry, isWriteEntry, POISON, PRESENT, UNPOPULATED } from '../spec/vocabulary/snapshot.ts';
import type { Answered, ShadowState } from './shadow-state.ts';
import { homeOf, isFilePage, isObject, ROAMED, WRITTEN_BY_DEVICE, WRITTEN_BY_KERNEL } from './contents.ts';
import { NO_PIN } from './flat-memory.ts';
import { PENDING_OOM, PENDING_SIGBUS } from './injected.ts';
import {
  isLazyFree,
  isMapped,
  isPrivate,
  isWatchedForStores,
  mayPopulate,
  mayWrite,
} from './mapping-table.ts';
import { type Access, gotThrough, lost, noMemory, permits, writes } from './access-kinds.ts';
import type { TraceStep } from './step.ts';
import { NOT_EXCLUSIVE } from './exclusive-entries.ts';
import { effectOf, isSettled, NOTHING, STORE, MOVES_TO_DEVICE } from './race-effect.ts';
import { isOn } from './devices-apart.ts';

/** Applies an access to the shadow state. Returns false where the content of memory is unknown afterwards. */
export function noteAccess(shadow: ShadowState, command: Access, result: Result, seen: Answered): boolean {
  const { memory, mappings } = shadow;
  const cell = shadow.cell(command);
  const mapping = mappings.at(cell);
  const code = memory.code(cell);
  const works =
    permits(command, mapping) &&
    code !== POISON &&
    (command.op !== 'pin' || memory.pins[command.slot] === NO_PIN);
  if (command.op === 'lock') mappings.lock(cell, true);
  // At a limit, an injection or the limit may be the cause of the failure.
  if (works && result === noMemory(command) && !shadow.charges.isLimited) shadow.injected.struck(PENDING_OOM);
  if (result === lost(command)) {
    if (works && isObject(code)) lose(shadow, cell);
    return true;
  }
  if (!gotThrough(command, result)) return true;
  if (command.op === 'load' || command.op === 'kernel-load') {
    memory.accessed(cell);
    mappings.pageIn(cell);
    return true;
  }
  if (!works || (writes(command, mapping) && shadow.isTrapped(cell, true))) return false;
  memory.accessed(cell);
  mappings.pageIn(cell);
  // A pin does not count as a write: its holder must mark the page dirty after a write.
  if (writes(command, mapping) && command.op !== 'pin') mappings.keep(cell);
  switch (command.op) {
    case 'store':
      memory.write(cell, command.value);
      return true;
    case 'kernel-store':
      memory.write(cell, command.value, WRITTEN_BY_KERNEL);
      return true;
    case 'pin':
      if (pinsForReading(command)) {
        const own = makesOwn(shadow, cell, seen);
        if (own === undefined) return false;
        memory.pinForReading(cell, command.slot, own);
      } else memory.pin(cell, command.slot);
      if (memory.code(cell) !== code) mappings.keep(cell);
      return true;
    case 'populate':
    case 'lock':
      memory.populate(cell, writes(command, mapping));
      return true;
  }
}

/**
 * Whether a pin for reading gives its process a page of its own. For a shared page the profile decides. For a page
 * without an object the target decides; undefined where its snapshot does not show the decision.
 */
function makesOwn(
  shadow: ShadowState,
  cell: number,
  { after, state, stateBefore }: Answered,
): boolean | undefined {
  const { memory, profile, pages } = shadow;
  const code = memory.code(cell);
  if (isObject(code)) return profile.readPinUnshares && !memory.contents.isSole(code);
  if (code === UNPOPULATED && after !== undefined) return after[cell] !== UNPOPULATED;
  if (code !== UNPOPULATED && !isFilePage(code)) return false;
  const process = Math.trunc(cell / pages);
  const [was, is] = [stateBefore?.rss?.[process], state?.rss?.[process]];
  return was === undefined || is === undefined ? undefined : is > was;
}

/** The accessed page was lost during its migration. */
function lose(shadow: ShadowState, cell: number): void {
  shadow.injected.struck(PENDING_SIGBUS);
  if (shadow.profile.failedFaultPoisons && isPrivate(shadow.mappings.at(cell))) shadow.memory.poison(cell);
}

/**
 * Applies advice that succeeded. The entries after it show which pages were dropped; returns false where this is
 * unknown.
 */
export function noteAdvice(
  shadow: ShadowState,
  { advice, ...place }: CommandOf<'advise'>,
  before: readonly number[] | undefined,
  after: readonly number[] | undefined,
): boolean {
  const cell = shadow.cell(place);
  const { memory, mappings } = shadow;
  const isFree = advice === 'free';
  // The advice has no effect on a page that is on a device or that a device has exclusively.
  const isInSystem = before === undefined || before[cell] === PRESENT;
  if (isFree && isInSystem && isObject(memory.code(cell))) markLazyFree(shadow, cell);
  if ((isFree || advice === 'page-out') && mayGo(shadow, cell)) {
    const entry = after?.[cell];
    if (entry === undefined || (entry === UNPOPULATED && isWatchedForStores(mappings.at(cell)))) return false;
    if (entry === UNPOPULATED) dropForAll(shadow, cell, after);
  }
  if (advice === 'page-out' && isObject(memory.code(cell))) mappings.pageOut(cell);
  return true;
}

/** The page of zeroes becomes lazy-free for all processes that share it, because its value stays the same. */
function markLazyFree({ mappings, memory }: ShadowState, cell: number): void {
  const code = memory.code(cell);
  const isZero = memory.contents.value(code) === 0;
  for (let at = 0; at < memory.row.length; at++) {
    if (at === cell || (isZero && memory.row[at] === code)) mappings.markLazyFree(at);
  }
}

/** Whether another entry was dropped with the advised one: it shared a page of zeroes and is lazy-free, too. */
export function isDroppedToo(step: TraceStep<CommandOf<'advise'>>, at: number): boolean {
  const { after, before, code, command, mappingsBefore, rowBefore, value } = step;
  if (value !== 0 || !isObject(code) || rowBefore[at] !== code) return false;
  const isGiven = command.advice === 'free' || isLazyFree(mappingsBefore[at] ?? 0);
  return (
    isGiven && before?.[at] === PRESENT && after?.[at] === UNPOPULATED && after[step.cell] === UNPOPULATED
  );
}

/** Drops the page for the other processes that lost it with this one: they shared a page of zeroes. */
function dropForAll(shadow: ShadowState, cell: number, after: readonly number[] | undefined): void {
  const { memory } = shadow;
  const code = memory.code(cell);
  const isZero = memory.contents.value(code) === 0;
  for (let at = 0; at < memory.row.length; at++) {
    const isShared = at !== cell && isZero && memory.code(at) === code && isLazyFree(shadow.mappings.at(at));
    if (isShared && after?.[at] === UNPOPULATED) discardPage(shadow, at);
  }
  discardPage(shadow, cell);
}

/** The process loses its private memory at this cell. */
export function discardPage(shadow: ShadowState, cell: number): void {
  const { mappings, memory } = shadow;
  mappings.discard(cell);
  if (isPrivate(mappings.at(cell))) memory.empty(cell, mappings.at(cell));
}

/** Whether the page is lazy-free and not pinned. */
function mayGo(shadow: ShadowState, cell: number): boolean {
  const { contents } = shadow.memory;
  return isLazyFree(shadow.mappings.at(cell)) && !contents.isPinned(shadow.memory.code(cell));
}

/** From some profile on, a page that another device reads is migrated to system memory first. */
export function noteDeviceLoad(shadow: ShadowState, command: CommandOf<'device-load'>, result: Result): void {
  const cell = shadow.cell(command);
  const home = homeOf(shadow.memory.contents.traits(shadow.memory.code(cell)));
  const isForeign = home !== undefined && home !== (command.device ?? 0);
  if (isForeign && shadow.profile.foreignAccessFaults && typeof result === 'number')
    shadow.memory.accessed(cell);
}

/** Applies a device store that returned ok. Returns false where it cannot have succeeded. */
export function noteDeviceStore(
  shadow: ShadowState,
  command: CommandOf<'device-store'>,
  before: readonly number[] | undefined,
): boolean {
  const cell = shadow.cell(command);
  if (!letsDeviceWrite(shadow, command)) return false;
  const { memory } = shadow;
  const code = memory.code(cell);
  const entry = before?.[cell];
  const isInPlace = entry === PRESENT || (entry !== undefined && isDeviceEntry(entry) && isWriteEntry(entry));
  if (isObject(code) && !isInPlace) shadow.charges.mayHaveMade(code, command.process);
  if (homeOf(memory.contents.traits(code)) !== (command.device ?? 0)) memory.accessed(cell);
  shadow.mappings.keep(cell);
  memory.write(cell, command.value, WRITTEN_BY_DEVICE | ROAMED);
  return true;
}

/** The same for exclusive access. */
export function noteMakeExclusive(shadow: ShadowState, command: CommandOf<'make-exclusive'>): boolean {
  if (!letsDeviceWrite(shadow, command)) return false;
  const cell = shadow.cell(command);
  shadow.memory.accessed(cell);
  shadow.memory.own(cell);
  shadow.mappings.keep(cell);
  return true;
}

/** The same for an exchange that returned a value. */
export function noteExchange(shadow: ShadowState, command: CommandOf<'device-exchange'>): boolean {
  const cell = shadow.cell(command);
  if (!letsDeviceWrite(shadow, command) || shadow.exclusives.at(cell) === NOT_EXCLUSIVE) return false;
  shadow.memory.write(cell, command.value, WRITTEN_BY_DEVICE);
  return true;
}

/** Whether the device may use the page, and finds a writable page that is not watched. */
function letsDeviceWrite(
  shadow: ShadowState,
  command: CommandOf<'device-store' | 'make-exclusive' | 'device-exchange'>,
): boolean {
  const cell = shadow.cell(command);
  const mapping = shadow.mappings.at(cell);
  if (!shadow.devices.isUsable(command.device ?? 0) || shadow.memory.code(cell) === POISON) return false;
  return isMapped(mapping) && mayWrite(mapping) && !shadow.isTrapped(cell, true);
}

type Migration = CommandOf<'migrate-to-device' | 'migrate-to-system' | 'evict'>;

/** Applies the moves of a migration or an eviction. Returns false where a reported move is impossible. */
export function noteMigration(shadow: ShadowState, command: Migration, result: Result): boolean {
  const count = command.op === 'evict' ? 1 : command.count;
  if (!isVector(result) || result.length !== count) return false;
  const first = shadow.cell(command);
  for (let i = 0; i < count; i++) {
    if (result[i] === 'skipped') continue;
    const cell = first + i;
    if (command.op === 'migrate-to-device') {
      const device = command.device ?? 0;
      if (!shadow.devices.isUsable(device) || !mayMove(shadow, cell)) return false;
      shadow.memory.sent(cell, device);
    } else {
      if (shadow.memory.code(cell) === UNPOPULATED || !mayMove(shadow, cell)) return false;
      shadow.memory.returned(cell);
    }
  }
  return true;
}

/** Whether a page could move, as far as results tell. */
function mayMove(shadow: ShadowState, cell: number): boolean {
  const code = shadow.memory.code(cell);
  if (code === UNPOPULATED) return !shadow.isTrapped(cell, false);
  return isObject(code) && !shadow.memory.contents.isPinned(code);
}

/**
 * Applies a change of protection. It changes no content, but a locked page that becomes writable may be populated, and
 * the result does not report that. Returns false where the content of memory is unknown afterwards.
 */
export function noteProtection(
  shadow: ShadowState,
  command: CommandOf<'protect'>,
  after: readonly number[] | undefined,
): boolean {
  const cell = shadow.cell(command);
  const populates = mayPopulate(shadow.mappings.at(cell), command.protection);
  shadow.mappings.protect(cell, command.protection);
  return !populates || notePopulated(shadow, cell, after?.[cell]);
}

function notePopulated(shadow: ShadowState, cell: number, entry: number | undefined): boolean {
  const { memory } = shadow;
  const code = memory.code(cell);
  if (code === POISON) return true;
  if (entry === undefined) {
    const mayBeLost = shadow.profile.failedFaultPoisons && (shadow.injected.active & PENDING_SIGBUS) !== 0;
    if (mayBeLost || !isObject(code) || !memory.contents.isSole(code)) return false;
  } else if (entry === POISON) {
    memory.poison(cell);
    return true;
  } else if (entry === UNPOPULATED || isDeviceEntry(entry)) {
    return true;
  } else if (isObject(code) && !memory.contents.isSole(code)) {
    // The result does not tell whether the sharing was broken.
    return false;
  } else {
    memory.own(cell);
  }
  memory.accessed(cell);
  return true;
}

/**
 * Applies two concurrent commands to the shadow state. Returns false where the content of memory depends on their order
 * and their results do not determine it.
 *
 * @param take applies one command by itself
 */
export function noteRace(
  shadow: ShadowState,
  { left, right }: CommandOf<'race'>,
  result: Result,
  take: (command: RaceSide, answer: Answer) => boolean,
): boolean {
  shadow.exclusives.makeAllUncertain();
  if (!isBoth(result)) return false;
  const one = effectOf(shadow, left, result.left);
  const other = effectOf(shadow, right, result.right);
  if (one === undefined || other === undefined) return false;
  const [first, second] = one.kind <= other.kind ? [one, other] : [other, one];
  if (!isSettled(shadow, first, second)) return false;
  for (const { kind, command, answer } of [first, second]) {
    if (kind !== NOTHING && !take(command, answer)) return false;
  }
  // A page that was moved and stored to may be on the device or in system memory.
  if (first.kind === MOVES_TO_DEVICE && second.kind === STORE && 'device' in first.command) {
    for (const cell of first.cells) {
      if (isObject(shadow.memory.code(cell))) shadow.memory.sent(cell, first.command.device ?? 0);
    }
  }
  return true;
}

/**
 * Applies the loss of a device: all processes lose the pages on it. Returns false where these pages are unknown; they
 * are known from the entries before it, or if no page was ever sent to a device.
 */
export function noteRemoval(
  shadow: ShadowState,
  command: CommandOf<'surprise-remove'>,
  { result, before }: Answered,
): boolean {
  if (result !== 'ok') return result === 'ENODEV';
  const { memory } = shadow;
  const { device = 0 } = command;
  shadow.devices = shadow.devices.after(command, result);
  for (const [cell, code] of memory.row.entries()) {
    if (!isObject(code) || (memory.contents.traits(code) & ROAMED) === 0) continue;
    const entry = before?.[cell];
    if (entry === undefined) return false;
    if (isOn(entry, device, shadow.scope)) memory.poison(cell);
  }
  return true;
}
