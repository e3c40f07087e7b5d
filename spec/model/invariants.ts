import { neverCountsZero, type Profile, referencesOf } from '../profiles/profile.ts';
import { type Command, type Op, SPECS } from '../vocabulary/command.ts';
import {
  blockIn,
  blockStart,
  CONTROL_GROUPS,
  devicesIn,
  fileValue,
  framesIn,
  isFrameBlock,
  type Scope,
} from '../vocabulary/scope.ts';
import {
  EITHER_GROUP,
  FIRST_FRAME,
  isCommon,
  isExclusive,
  isFile,
  isMapped,
  isPoison,
  LARGE,
  LAZY_FREE,
  MAYBE_EXCLUSIVE,
  mayWrite,
  NO_OBJECT,
  NOT_MAPPED,
  POISONED,
  READ_ONLY,
  type State,
  SYSTEM,
  WATCHED_STORES,
} from './state.ts';

/** Descriptions of the broken invariants. They hold in every state of the model that a case can reach. */
export function brokenInvariants(state: State, profile: Profile): readonly string[] {
  const broken: string[] = [];
  checkEntries(state, profile, broken);
  checkObjects(state, broken);
  checkDevices(state, profile, broken);
  if (state.folio.length > 0) checkFolios(state, broken);
  checkCharges(state, broken);
  return broken;
}

function checkEntries(state: State, profile: Profile, broken: string[]): void {
  const { processes, pages } = state.scope;
  for (let process = 0; process < processes; process++) {
    const alive = state.alive[process] === 1;
    let resident = 0;
    for (let at = process * pages; at < (process + 1) * pages; at++) {
      const object = state.entry[at] ?? NO_OBJECT;
      const mapping = state.mapping[at] ?? NOT_MAPPED;
      if (isMapped(mapping) && !alive) broken.push(`entry ${at}: mapped in a dead process`);
      if (object !== NO_OBJECT && (!isMapped(mapping) || isCommon(mapping)))
        broken.push(`entry ${at}: an object without a private mapping`);
      if (object === POISONED && !profile.failedFaultPoisons) broken.push(`entry ${at}: poisoned`);
      if (object <= NO_OBJECT) {
        checkEmpty(state, at, broken);
        continue;
      }
      resident++;
      checkWritable(state, at, object, broken);
    }
    if (state.residentOf(process) !== resident) broken.push(`process ${process}: its resident pages`);
  }
}

/** An entry without an object is not writable, not watched for stores and not lazy-free. */
function checkEmpty(state: State, at: number, broken: string[]): void {
  if (state.writable[at] !== READ_ONLY) broken.push(`entry ${at}: writable or read-only, and no page`);
  if (((state.track[at] ?? 0) & WATCHED_STORES) !== 0)
    broken.push(`entry ${at}: watched for stores, and no page`);
  if (((state.track[at] ?? 0) & LAZY_FREE) !== 0) broken.push(`entry ${at}: lazy-free, and no page`);
}

function checkWritable(state: State, at: number, object: number, broken: string[]): void {
  const writable = state.writable[at] ?? READ_ONLY;
  if (isExclusive(writable) || writable === MAYBE_EXCLUSIVE) {
    if (isExclusive(writable) && ((state.track[at] ?? 0) & LAZY_FREE) !== 0)
      broken.push(`entry ${at}: exclusive, and lazy-free`);
    if (state.onDevice(object)) broken.push(`entry ${at}: exclusive, and on the device`);
    if (state.maps[object] !== 1) broken.push(`entry ${at}: exclusive, and shares its object`);
    return;
  }
  if (!state.onDevice(object) || writable === READ_ONLY) return;
  if (((state.track[at] ?? 0) & WATCHED_STORES) !== 0)
    broken.push(`entry ${at}: may be WRITE, and is watched for stores`);
  if (state.maps[object] !== 1) broken.push(`entry ${at}: may be WRITE, and shares its object`);
  if (!mayWrite(state.mapping[at] ?? 0))
    broken.push(`entry ${at}: may be WRITE, and its mapping is not writable`);
}

const howMany = (cells: Int16Array, sought: number): number => {
  let found = 0;
  for (const cell of cells) if (cell === sought) found++;
  return found;
};

function checkObjects(state: State, broken: string[]): void {
  let existing = 0;
  for (let object = 1; object < state.objectEnd; object++) {
    if (state.maps[object] !== howMany(state.entry, object)) broken.push(`object ${object}: its entries`);
    if (state.pins[object] !== howMany(state.slot, object)) broken.push(`object ${object}: its pins`);
    const place = state.place[object] ?? SYSTEM;
    if (!state.exists(object)) {
      if (place !== SYSTEM) broken.push(`object ${object}: gone, and on the device`);
      continue;
    }
    existing++;
    if (place === SYSTEM) continue;
    if (state.pinned(object)) broken.push(`object ${object}: pinned, and on the device`);
    if (!isSeen(state, object)) broken.push(`object ${object}: on the device without an entry`);
    if (place < FIRST_FRAME) continue;
    if (howMany(state.place, place) !== 1) broken.push(`object ${object}: not alone on its frame`);
    if (place - FIRST_FRAME >= framesIn(state.scope))
      broken.push(`object ${object}: on a frame that does not exist`);
    if (state.holderOf(place - FIRST_FRAME) !== object)
      broken.push(`object ${object}: its frame names another object`);
  }
  if (state.objectCount !== existing) broken.push('the count of objects');
}

/** Whether an entry maps the object or, of a large folio, another of its objects. */
const isSeen = (state: State, object: number): boolean =>
  state.maps[object] !== 0 || state.membersOf(object).some((member) => state.maps[member] !== 0);

/** The objects of a large folio lie together, and a whole entry maps all of them in order. */
function checkFolios(state: State, broken: string[]): void {
  const block = blockIn(state.scope);
  for (let object = 1; object < state.folio.length; object++) {
    if (!state.isInFolio(object)) continue;
    const members = state.membersOf(object);
    const head = (state.place[object] ?? SYSTEM) - state.partOf(object);
    const isTogether =
      state.onDevice(object) && head >= FIRST_FRAME
        ? isFrameBlock(state.scope, head - FIRST_FRAME) &&
          members.every((member, part) => state.place[member] === head + part)
        : members.every((member) => state.place[member] === state.place[object]);
    if (members.length !== block || !isTogether) broken.push(`object ${object}: apart from its large folio`);
    if (!members.some((member) => state.isHeld(member)))
      broken.push(`object ${object}: nothing holds its large folio`);
  }
  for (let entry = 0; entry < state.entry.length; entry++) {
    if (!state.isWhole(entry)) continue;
    const parts = state.blockOf(entry);
    const [first = entry] = parts;
    const isRight = parts.every(
      (part, at) =>
        state.isWhole(part) &&
        state.isOfFolio(state.entry[part] ?? NO_OBJECT, state.entry[first] ?? NO_OBJECT) &&
        state.partOf(state.entry[part] ?? NO_OBJECT) === at &&
        ((state.mapping[part] ?? 0) & ~LARGE) === ((state.mapping[first] ?? 0) & ~LARGE),
    );
    if (!isRight) broken.push(`entry ${entry}: not a part of a whole entry`);
    const onDevice = state.onDevice(state.entry[entry] ?? NO_OBJECT);
    if (onDevice && state.writable[entry] !== state.writable[first])
      broken.push(`entry ${entry}: another permission than the rest of its whole entry`);
  }
}

function checkDevices(state: State, profile: Profile, broken: string[]): void {
  const { frames } = state.scope;
  let onDevice = 0;
  for (let device = 0; device < devicesIn(state.scope); device++) {
    let residents = 0;
    for (let object = 1; object < state.objectEnd; object++) if (state.isOn(object, device)) residents++;
    if (residents > frames) broken.push(`device ${device}: more objects than frames`);
    if (state.attached[device] !== 1 && residents > 0) broken.push(`device ${device}: objects, and detached`);
    if (state.attached[device] === 1 && state.rangeTaken[device] !== 0)
      broken.push(`device ${device}: attached, and its range is taken`);
    if (state.hasRoom(device) !== residents < frames)
      broken.push(`device ${device}: the count of its objects`);
    onDevice += residents;
  }
  if (state.onDeviceCount !== onDevice) broken.push('the count of objects on the device');
  for (let frame = 0; frame < framesIn(state.scope); frame++) checkFrame(state, frame, profile, broken);
}

/** The number of entries of a frame. Those of a large folio count for each of its frames, a whole entry once. */
function mappersOf(state: State, frame: number): number {
  const block = blockIn(state.scope);
  const folio = state.isInFolio(state.holderOf(frame)) ? state.membersOf(state.holderOf(frame)) : [];
  let mappers = 0;
  for (const [entry, object] of state.entry.entries()) {
    if (object <= NO_OBJECT) continue;
    if (folio.includes(object)) mappers += state.isWhole(entry) ? 1 / block : 1;
    else if (state.place[object] === FIRST_FRAME + frame) mappers++;
  }
  return mappers;
}

/** The map count of a frame equals the number of its entries, and the reference count follows from it. */
function checkFrame(state: State, frame: number, profile: Profile, broken: string[]): void {
  const mappers = mappersOf(state, frame);
  if (state.mappersOf(frame) !== mappers) broken.push(`frame ${frame}: its map count`);
  const references = referencesOf(profile, state.mappersOf(frame));
  // Where counts may reach zero, a mapped frame has no idle reference in addition to those of its entries.
  const beside = references - mappers;
  if (neverCountsZero(profile) ? beside !== 1 : mappers > 0 ? beside !== 0 : beside !== profile.idleCount)
    broken.push(`frame ${frame}: its reference count`);
}

/** Every object is either charged to one known group or may be charged to either group. */
function checkCharges(state: State, broken: string[]): void {
  let charged = 0;
  let maybe = 0;
  for (let object = 1; object < state.objectEnd; object++) {
    if (state.exists(object) && (state.group[object] === EITHER_GROUP || state.mayBeUncharged(object)))
      maybe++;
  }
  for (let group = 0; group < CONTROL_GROUPS; group++) charged += state.chargedTo(group).surely;
  if (charged + maybe !== state.objectCount) broken.push('the charges do not add up');
}

/** Commands that may charge a group beyond its limit. */
const BEYOND_LIMIT: ReadonlySet<Op> = new Set<Op>(['fork', 'join']);

/** A group that a command charged beyond its limit without being exempt; −1 if there is none. */
export function chargedBeyond(before: State, after: State, op: Op): number {
  if (BEYOND_LIMIT.has(op)) return -1;
  for (let group = 0; group < CONTROL_GROUPS; group++) {
    const limit = before.limit[group] ?? 0;
    if (limit === 0) continue;
    const { surely, maybe } = before.chargedTo(group);
    if (after.chargedTo(group).surely > Math.max(limit - 1, surely + maybe)) return group;
  }
  return -1;
}

const NOTHING_THERE = -1;
const LOST = -2;
/** Any process may change common memory, so its content is not compared. */
const COMMON = -3;

/** The value that a permitted load would return, or one of the negative codes. */
function contentOf(state: State, entry: number): number {
  const mapping = state.mapping[entry] ?? 0;
  if (!isMapped(mapping)) return NOTHING_THERE;
  if (isCommon(mapping)) return COMMON;
  const object = state.entry[entry] ?? NO_OBJECT;
  if (isPoison(object)) return LOST;
  if (object !== NO_OBJECT) return state.value[object] ?? 0;
  return isFile(mapping) ? fileValue(entry % state.scope.pages) : 0;
}

/** Whether a page is the one that a command names, or with `whole` one of its block. */
const isOfExtent = (command: Command, page: number, named: number, scope: Scope): boolean =>
  page === named ||
  ('whole' in command && command.whole === true && blockStart(scope, page) === blockStart(scope, named));

/** Whether the command may have changed the content of an entry to `after`. */
function mayChange(command: Command, state: State, entry: number, after: number): boolean {
  if (command.op === 'race') {
    return mayChange(command.left, state, entry, after) || mayChange(command.right, state, entry, after);
  }
  const { content } = SPECS[command.op].effects;
  const { pages } = state.scope;
  const process = (entry / pages) | 0;
  const page = entry % pages;
  const isOfProcess = 'process' in command && process === command.process;
  const isNamed = isOfProcess && 'page' in command && isOfExtent(command, page, command.page, state.scope);
  switch (content) {
    case 'none':
      return false;
    case 'page':
      return isNamed;
    case 'loss':
      return isNamed && after === LOST;
    case 'both-pages':
      return (
        isNamed || (isOfProcess && 'to' in command && isOfExtent(command, page, command.to, state.scope))
      );
    case 'process':
      return isOfProcess;
    case 'child':
      return 'child' in command && process === command.child;
    case 'device':
      return after === LOST;
  }
}

/**
 * The first entry whose content changed although the command may not change it; −1 if there is none. A store in one process
 * therefore changes no value that another process would load, except in common memory.
 */
export function wronglyChanged(before: State, after: State, command: Command): number {
  for (let entry = 0; entry < before.entry.length; entry++) {
    const content = contentOf(after, entry);
    if (content !== contentOf(before, entry) && !mayChange(command, before, entry, content)) return entry;
  }
  return -1;
}
