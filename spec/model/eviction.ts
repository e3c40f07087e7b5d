import type { CommandOf } from '../vocabulary/command.ts';
import { EVICTION } from './attribution/device.ts';
import { MIGRATE } from './attribution/migrate.ts';
import {
  bringFolio,
  isFreedWhole,
  isSplitStruck,
  isWholeMigrationStruck,
  maySplit,
  migratesWhole,
  strikesFolio,
} from './folio.ts';
import {
  FIRST_FRAME,
  isSomeFrame,
  NO_LARGE_PAGE,
  NO_OBJECT,
  NO_SPLIT,
  OOM,
  SIGBUS,
  SYSTEM,
  UNTIL_HEALED,
  WAS_MOVED,
} from './state.ts';
import type { Step } from './step.ts';
import { choice, ifSeen } from './choice.ts';

const STRUCK_PAGE = choice('page whose migration was to fail', 'on the device', 'in system memory');
const STRUCK_IN_RANGE = choice('struck page of a folio that is not in the range', 'not tried', 'tried');
const STRUCK_FOLIO = choice('attempt at a large folio that an injection strikes', 'first', 'later');
const EVICTED_PAGE = choice('page after eviction', 'in system memory', 'on the device');

/** Migrates every page that can migrate to system memory and returns their number. The device always stays attached. */
export function evictAll(step: Step, { device = 0 }: CommandOf<'evict-all'>): void {
  const { state } = step;
  step.select(EVICTION.all);
  step.names(0, 0, state.entry.length);
  const objects = objectsOn(step, device);
  const pages = objects.length;
  if (pages > 0) {
    step.refine(EVICTION.allPages);
    if (state.closed[device] === 1) step.refine(EVICTION.whileClosed);
  }
  keepApart(step, device);
  const { brought, unexplained } = migrateSome(step, objects, struckAmong(step, objects), false);
  if (brought < pages) step.refine(EVICTION.pageStays);
  // The failure of one page does not excuse that another page stays.
  if (unexplained) step.ruleOut();
  step.result = brought;
}

/** Migrates the pages on a range of frames to system memory and returns their number. */
export function evictRange(step: Step, { frame, frames }: CommandOf<'evict-range'>): void {
  const { state } = step;
  step.select(EVICTION.range);
  step.names(0, 0, state.entry.length);
  const first = FIRST_FRAME + frame;
  const isIn = (object: number): boolean => {
    const place = state.place[object] ?? SYSTEM;
    return place >= first && place < first + frames;
  };
  // A page on a frame that no observation has named yet may be in the range.
  const mayBeIn = (object: number): boolean => isIn(object) || isSomeFrame(state.place[object] ?? SYSTEM);
  const ofIncomplete = new Set<number>();
  for (let object = 1; object < state.folio.length; object++) {
    if (!state.isInFolio(object) || !state.onDevice(object)) continue;
    const members = state.membersOf(object);
    if (members[0] !== object || !members.some(mayBeIn) || members.every(isIn)) continue;
    // A folio on frames that no observation has named may be in the range as a whole or in part.
    if (!members.every(mayBeIn)) for (const member of members) ofIncomplete.add(member);
    maySplit(step, object);
  }
  const tried = [...state.attached.keys()]
    .flatMap((device) => objectsOn(step, device))
    .filter(({ object }) => mayBeIn(object));
  const evicted = step.resultBetween(0, tried.length);
  let sure = 0;
  const found = tried.filter((one) => {
    const { object } = one;
    if (ofIncomplete.has(object) && state.isInFolio(object)) return false;
    const isStruck = struckAmong(step, [one]).length > 0 || isWholeMigrationStruck(step, object);
    const left = observedLocation(step, one);
    const hint = left ?? (sure === evicted ? 'on the device' : undefined);
    const isFound =
      (isIn(object) && !ofIncomplete.has(object)) ||
      // The driver may have tried a page that an injection strikes.
      (isStruck
        ? step.choose(STRUCK_IN_RANGE, left === 'in system memory' ? 'tried' : undefined) === 'tried'
        : step.choose(EVICTED_PAGE, hint) === 'in system memory');
    if (isFound && !isStruck && !state.isInFolio(object)) sure++;
    return isFound;
  });
  const { brought, unexplained } = migrateSome(step, found, struckAmong(step, tried), false);
  if (brought < found.length) step.refine(EVICTION.pageStays);
  if (unexplained) step.ruleOut();
  step.result = brought;
}

/** Pages on other devices must stay there. */
export function keepApart(step: Step, device: number): void {
  for (let other = 0; other < step.state.attached.length; other++) {
    if (other === device) continue;
    for (const { object, entry } of objectsOn(step, other)) {
      step.refine(EVICTION.besideOtherDevice);
      if (step.hasLeft(object, entry) === true) step.select(EVICTION.otherDevice);
    }
  }
}

/** An object on a device, with the first entry that maps it. */
interface Resident {
  readonly object: number;
  readonly entry: number;
}

export function objectsOn({ state }: Step, device: number): readonly Resident[] {
  const found: Resident[] = [];
  for (let entry = 0; entry < state.entry.length; entry++) {
    const object = state.entry[entry] ?? NO_OBJECT;
    if (object <= NO_OBJECT || !state.isOn(object, device)) continue;
    if (!found.some((one) => one.object === object)) found.push({ object, entry });
  }
  return found;
}

/** The kinds of injection that strike one of these objects. */
export const struckAmong = (step: Step, objects: readonly Resident[]): readonly number[] =>
  [SIGBUS, OOM].filter((kind) =>
    objects.some(({ object, entry }) => step.injectionFails(kind, object, entry)),
  );

/**
 * Migrates some of the objects to system memory. The driver chooses the order and the number of attempts, so any number of
 * the remaining strikes may be used up. An object that an injection still strikes afterwards has not migrated.
 *
 * @param mayStay whether an object that nothing strikes may stay, because the driver ends at the first failure
 */
export function migrateSome(
  step: Step,
  found: readonly Resident[],
  struck: readonly number[],
  mayStay: boolean,
): { readonly brought: number; readonly excused: boolean; readonly unexplained: boolean } {
  const { units: objects, refused, late } = inUnits(step, found);
  const strikes = (kind: number, { object, entry }: Resident): boolean =>
    step.state.isInFolio(object)
      ? strikesFolio(step, kind, step.state.membersOf(object))
      : step.injectionFails(kind, object, entry);
  const struckForGood = (one: Resident): boolean =>
    [SIGBUS, OOM].some((kind) => step.lasting(kind) && strikes(kind, one));
  const isStruck = (one: Resident): boolean => struck.some((kind) => strikes(kind, one));
  const kept = objects.map((one) => {
    if (struckForGood(one)) return true;
    if (isStruck(one)) return step.choose(STRUCK_PAGE, observedLocation(step, one)) === 'on the device';
    if (!mayStay && !late.has(one.object)) return false;
    return step.choose(EVICTED_PAGE, observedLocation(step, one)) === 'on the device';
  });
  const lasting = objects.map(struckForGood);
  const struckBy = (kind: number): readonly boolean[] => objects.map((one) => strikes(kind, one));
  const struckBefore = struck.map(struckBy);
  const used = struck.map((kind) => useUpInjection(step, kind));
  // A page may also stay because the split of its large folio was refused, at last or before.
  const isLate = objects.map(({ object }) => late.has(object));
  const excused =
    refused.size > 0 ||
    kept.some((is, index) => is && isLate[index] === true) ||
    struckBefore.some((byObject, at) =>
      byObject.some((wasStruck, index) => wasStruck && kept[index] === true && used[at] !== 0),
    );
  const spent = used.reduce((sum, count) => sum + count, 0);
  const keptForNow = kept.filter((is, index) => is && lasting[index] !== true && isLate[index] !== true);
  const unexplained =
    keptForNow.length > spent ||
    kept.some(
      (is, index) =>
        is &&
        lasting[index] !== true &&
        isLate[index] !== true &&
        !struckBefore.some((byObject) => byObject[index] === true),
    );
  const escaped = struck.some((kind) => struckBy(kind).some((is, index) => is && kept[index] !== true));
  if (escaped) step.ruleOut();
  let brought = 0;
  for (const [index, { object }] of objects.entries()) {
    if (kept[index] === true) continue;
    brought += bring(step, object);
  }
  return { brought, excused, unexplained };
}

/** Migrates the large folio of a page as a detach does, which may also split it, or leave pages that an injection strikes. */
export function bringForDetach(step: Step, entry: number): void {
  const { state } = step;
  const object = state.entry[entry] ?? NO_OBJECT;
  const pages = objectsOn(step, state.deviceOf(state.place[object] ?? SYSTEM)).filter((one) =>
    state.isOfFolio(one.object, object),
  );
  migrateSome(step, pages, struckAmong(step, pages), true);
}

/** Migrates an object or its large folio to system memory. Returns the number of pages that moved. */
export function bring(step: Step, object: number): number {
  const { state } = step;
  if (state.isInFolio(object)) {
    const members = state.membersOf(object);
    for (const member of members) state.history[member] = (state.history[member] ?? 0) | WAS_MOVED;
    bringFolio(step, object);
    return members.length;
  }
  step.refine(MIGRATE.leftFrame);
  if ((state.maps[object] ?? 0) > 1) step.refine(MIGRATE.movedShared);
  state.history[object] = (state.history[object] ?? 0) | WAS_MOVED;
  step.moveToSystem(object);
  return 1;
}

/** The objects to migrate, one for each large folio that migrates whole. */
interface Units {
  readonly units: readonly Resident[];
  /** The objects of large folios whose split was refused. */
  readonly refused: ReadonlySet<number>;
  /** The objects of large folios that were split after an attempt that was refused, in which some may have been left. */
  readonly late: ReadonlySet<number>;
}

/** Decides which large folios migrate whole, as the first of their objects, and splits the others. */
export function inUnits(step: Step, objects: readonly Resident[]): Units {
  const { state } = step;
  const whole = new Set<number>();
  const refused = new Set<number>();
  const late = new Set<number>();
  const units = inOrderOfAttempts(step, objects).filter(({ object, entry }) => {
    if (whole.has(object) || refused.has(object)) return false;
    if (!state.isInFolio(object)) return state.isHeld(object);
    const members = state.membersOf(object);
    const isStruck = isSplitStruck(step, object);
    const outcome = migratesWhole(step, object, entry, true);
    if (outcome === 'refused') for (const member of members) refused.add(member);
    else if (outcome !== 'base page') for (const member of outcome) whole.add(member);
    else if (isStruck) for (const member of members) late.add(member);
    return outcome !== 'refused';
  });
  return { units, refused, late };
}

/**
 * The driver chooses the order of the large folios, and one that it tries later may find that the others have used up an
 * injection.
 */
function inOrderOfAttempts(step: Step, objects: readonly Resident[]): readonly Resident[] {
  const { state } = step;
  const isFirstOfFolio = ({ object }: Resident): boolean =>
    state.isInFolio(object) &&
    objects.find((other) => state.isOfFolio(other.object, object))?.object === object;
  const folios = objects.filter(isFirstOfFolio);
  const forNow = [NO_LARGE_PAGE, NO_SPLIT].filter((kind) => !step.lasting(kind));
  const struck = folios.filter(({ object }) => isWholeMigrationStruck(step, object, forNow));
  if (folios.length < 2 || struck.length === 0) return objects;
  const later = struck.filter(
    ({ object }) =>
      step.choose(STRUCK_FOLIO, isFreedWhole(step, object) === true ? 'later' : undefined) === 'later',
  );
  const isLater = ({ object }: Resident): boolean =>
    later.some((folio) => state.isOfFolio(folio.object, object));
  return [...objects.filter((one) => !isLater(one)), ...objects.filter(isLater)];
}

const observedLocation = (
  step: Step,
  { object, entry }: Resident,
): 'on the device' | 'in system memory' | undefined =>
  ifSeen(step.hasLeft(object, entry), 'in system memory', 'on the device');

/** Uses up any number of an injection's strikes and returns that number, which is infinite until the injection is healed. */
function useUpInjection(step: Step, kind: number): number {
  const remaining = step.state.remaining[kind] ?? 0;
  if (remaining === UNTIL_HEALED) return Infinity;
  const spent = (1 + step.chooseNumber('strikes of the injection', remaining)) % (remaining + 1);
  for (let strike = 0; strike < spent; strike++) step.consume(kind);
  return spent;
}
