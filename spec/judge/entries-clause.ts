import {
  FIRST_FRAME,
  isCommon,
  isExclusive,
  isFile,
  isPoison,
  isSomeFrame,
  LOST,
  MAYBE_EXCLUSIVE,
  NO_OBJECT,
  NOT_MAPPED,
  POISONED,
  READ_ONLY,
  type State,
  SYSTEM,
  WITHHELD,
  WRITABLE,
} from '../model/state.ts';
import type { Step } from '../model/step.ts';
import { type RequirementId, ruleAt } from '../requirements/catalogue.ts';
import {
  deviceEntry,
  EXCLUSIVE_ENTRY,
  frameOf,
  UNPOPULATED,
  isDeviceEntry,
  isWriteEntry,
  POISON,
  PRESENT,
  UNMAPPED,
} from '../vocabulary/snapshot.ts';
import { entryInWords } from '../vocabulary/words.ts';
import type { Breach } from './verdict.ts';
import { isVector } from '../vocabulary/result.ts';

/**
 * Every entry of every process.
 *
 * @param before the state before the step
 */
export function checkEntries(step: Step, codes: readonly number[], before: State): Breach | undefined {
  const { state } = step;
  const { entry: objects, place: places, mapping: mappings } = state;
  const { length } = objects;
  for (let entry = 0; entry < length; entry++) {
    const code = codes[entry] ?? UNMAPPED;
    const object = objects[entry] ?? NO_OBJECT;
    if (object <= NO_OBJECT) {
      const mapping = mappings[entry] ?? NOT_MAPPED;
      const expected = isPoison(object) ? POISON : emptyCode(mapping);
      // The target decides when a page of a file is populated.
      const orPresent = code === PRESENT && expected === UNPOPULATED && isFile(mapping);
      if (code !== expected && !orPresent) return misplaced(step, before, entry, code);
      continue;
    }
    const place = places[object] ?? SYSTEM;
    if (place === SYSTEM) {
      if (!isInSystem(state, entry, code)) return misplaced(step, before, entry, code);
      continue;
    }
    if (!isDeviceEntry(code)) return misplaced(step, before, entry, code);
    const frame = frameOf(code);
    if (isSomeFrame(place)) {
      if (state.deviceOfFrame(frame) !== state.deviceOf(place)) return misplaced(step, before, entry, code);
      // The frame would have been adopted if it held no other object.
      return crowded(entry, code, state);
    }
    if (place !== FIRST_FRAME + frame) return misplaced(step, before, entry, code);
    const writable = state.writable[entry] ?? READ_ONLY;
    if (isWriteEntry(code)) {
      if (writable === READ_ONLY) return upgraded(step, before, entry, code);
    } else if (writable !== READ_ONLY) {
      const isKept = step.keepsWritable && writable === WRITABLE;
      return downgraded(step, entry, code, isKept ? step.attribution.writable : 'migrate.keeps-write');
    }
  }
  return undefined;
}

/** Whether the entry of an object in system memory has an allowed code. */
function isInSystem(state: State, entry: number, code: number): boolean {
  const writable = state.writable[entry] ?? READ_ONLY;
  if (writable === MAYBE_EXCLUSIVE) return code === PRESENT || code === EXCLUSIVE_ENTRY;
  return code === (isExclusive(writable) ? EXCLUSIVE_ENTRY : PRESENT);
}

/** The code of an entry without an object. */
const emptyCode = (mapping: number): number =>
  mapping === NOT_MAPPED ? UNMAPPED : isCommon(mapping) ? PRESENT : UNPOPULATED;

/** The code that an entry must have if its page is not on the device. */
function expectedCode(state: State, entry: number, object: number): number {
  if (isPoison(object)) return POISON;
  if (object === NO_OBJECT) return emptyCode(state.mapping[entry] ?? NOT_MAPPED);
  return isExclusive(state.writable[entry] ?? READ_ONLY) ? EXCLUSIVE_ENTRY : PRESENT;
}

const where = (state: State, entry: number): string => {
  const { pages } = state.scope;
  return `process ${Math.floor(entry / pages)} page ${entry % pages}`;
};

function inWords(state: State, entry: number): string {
  const object = state.entry[entry] ?? NO_OBJECT;
  const place = object > NO_OBJECT ? (state.place[object] ?? SYSTEM) : SYSTEM;
  if (place === SYSTEM) return entryInWords(expectedCode(state, entry, object));
  const writable = state.writable[entry] === READ_ONLY ? 'READ' : 'READ or WRITE';
  const whose = state.attached.length > 1 ? ` of device ${state.deviceOf(place)}` : '';
  return isSomeFrame(place)
    ? `${writable} entry for a free frame${whose}`
    : `${writable} entry for frame ${place - FIRST_FRAME}`;
}

function misplaced(step: Step, before: State, entry: number, code: number): Breach {
  const { state } = step;
  return {
    clause: 'entries',
    requirement: entryRule(step, before, entry, code),
    expected: `${where(state, entry)}: ${inWords(state, entry)}`,
    observed: `${where(state, entry)}: ${entryInWords(code)}`,
  };
}

function upgraded(step: Step, before: State, entry: number, code: number): Breach {
  const { state } = step;
  const concerned =
    step.atOnce?.concerned.includes(entry) === true || isNamed(step, entry) || isSharer(step, before, entry);
  return {
    clause: 'entries',
    requirement: concerned ? step.attribution.writable : 'protect.never-upgrades',
    expected: `${where(state, entry)}: ${inWords(state, entry)}`,
    observed: `${where(state, entry)}: ${entryInWords(code)}`,
  };
}

function downgraded(step: Step, entry: number, code: number, requirement: RequirementId): Breach {
  const expected = deviceEntry(frameOf(code), true);
  return {
    clause: 'entries',
    requirement,
    expected: `${where(step.state, entry)}: ${entryInWords(expected)}`,
    observed: `${where(step.state, entry)}: ${entryInWords(code)}`,
  };
}

function crowded(entry: number, code: number, state: State): Breach {
  return {
    clause: 'entries',
    requirement: 'count.one-object',
    expected: `${where(state, entry)}: a frame of its own`,
    observed: `${where(state, entry)}: ${entryInWords(code)}, which holds another page`,
  };
}

/** The rules by which a page is skipped and which do not define its state afterwards; `migrate.skip-restores` does. */
const LEFT_ALONE: ReadonlySet<RequirementId> = new Set<RequirementId>([
  'migrate.must-skip',
  'pin.blocks-migration',
  'fork.pin-stays',
  'device.detached',
]);

/** The rule that a wrong entry breaks, which depends on the relation between the command and the page. */
function entryRule(step: Step, before: State, entry: number, code: number): RequirementId {
  if (step.atOnce?.concerned.includes(entry) === true) return step.attribution.entry;
  if (isNamed(step, entry)) {
    return pageRule(step, entry - before.at(step.process, step.page)) ?? step.attribution.entry;
  }
  if (isSharer(step, before, entry)) return step.attribution.sharers;
  const { pages } = before.scope;
  if (step.faults > 0 && Math.floor(entry / pages) === step.process) return 'fault.extras-optional';
  const object = before.entry[entry] ?? NO_OBJECT;
  const cameBack = code === PRESENT && object > NO_OBJECT && before.onDevice(object);
  if (step.faults > 0 && cameBack) return 'fault.extras-own';
  const now = step.state.entry[entry] ?? NO_OBJECT;
  if (now === NO_OBJECT && ((step.state.track[entry] ?? 0) & WITHHELD) !== 0) {
    return step.state.mapping[entry] === NOT_MAPPED ? 'fork.not-inherited' : 'fork.inherited-empty';
  }
  if (isOfNamedFolio(step, before, entry)) return step.attribution.folio;
  if (now === LOST) return 'removal.inert';
  if (now === POISONED && before.entry[entry] !== POISONED) return 'failure.poison-inert';
  return 'robust.at-rest';
}

/** The rule for one page of a range whose result is right and whose place is wrong. */
function pageRule(step: Step, index: number): RequirementId | undefined {
  const because = ruleAt(step.pageAttribution[index]);
  if (because === 'migrate.result-per-page') {
    const othersSkipped = isVector(step.result) && step.result.includes('skipped');
    return othersSkipped ? 'migrate.independent' : because;
  }
  // The page had no reason to be skipped: it moved, and the result reports that it did not.
  if (because === 'migrate.progress') return 'migrate.result-per-page';
  return because !== undefined && LEFT_ALONE.has(because) ? 'migrate.skip-restores' : because;
}

function isNamed(step: Step, entry: number): boolean {
  if (step.process < 0) return false;
  const first = step.state.at(step.process, step.page);
  return entry >= first && entry < first + step.count;
}

/** Whether the entry mapped a page of a large folio of which the command names another page. */
function isOfNamedFolio(step: Step, before: State, entry: number): boolean {
  if (before.folio.length === 0 || step.process < 0) return false;
  const first = before.at(step.process, step.page);
  const object = before.entry[entry] ?? NO_OBJECT;
  return before.entry.some(
    (other, at) =>
      at >= first && at < first + step.count && other > NO_OBJECT && before.isOfFolio(other, object),
  );
}

/** Whether the entry maps, or mapped, an object that an entry named by the command maps or mapped. */
function isSharer(step: Step, before: State, entry: number): boolean {
  if (step.process < 0) return false;
  const { state } = step;
  const first = state.at(step.process, step.page);
  for (let named = first; named < first + step.count; named++) {
    for (const at of [before, state]) {
      const object = at.entry[named] ?? NO_OBJECT;
      if (object > NO_OBJECT && at.entry[entry] === object) return true;
    }
  }
  return false;
}
