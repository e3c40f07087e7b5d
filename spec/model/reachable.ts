import { Admission } from '../vocabulary/admission.ts';
import { type ProfileName, PROFILES } from '../profiles/profile.ts';
import type { Command, MappingKind, Op } from '../vocabulary/command.ts';
import { exit, map, spawn, watch } from '../vocabulary/shorthand.ts';
import { devicesIn, fileValue, type Scope } from '../vocabulary/scope.ts';
import {
  FIRST_FRAME,
  isCommon,
  isFile,
  isHost,
  isMapped,
  LAZY_FREE,
  LIKELY_WRITABLE,
  mayRead,
  NO_OBJECT,
  PAGED_OUT,
  READ_ONLY,
  SOFT_DIRTY,
  State,
  SYSTEM,
  TORN,
  WATCHED_MISSING,
  WATCHED_STORES,
  WHOLE,
  WITHHELD,
} from './state.ts';
import { applyRule } from './commands.ts';
import { Step } from './step.ts';
import { USUAL_CAPABILITIES } from '../vocabulary/capability.ts';
import { commandsOf, type Region } from './families.ts';
import { brokenInvariants, chargedBeyond, wronglyChanged } from './invariants.ts';
import { forEachShownState } from './settle-snapshot.ts';
import { judgingOptionsFor } from './judging-options.ts';

const kindOf = (mapping: number): MappingKind => {
  if (isCommon(mapping)) return isHost(mapping) ? 'host' : 'shared';
  return isFile(mapping) ? 'file' : 'private';
};

/**
 * The commands that a case admits in the state that it has reached. The state determines which processes are alive, and which
 * pages are mapped, with their kind, and watched. It does not determine whether an unmapped page was mapped before, so
 * accesses to such a page, which change nothing, are not admitted.
 */
export class AdmissionIn {
  readonly #admission: Admission;

  constructor(scope: Scope, profile: ProfileName) {
    this.#admission = new Admission(scope, profile);
  }

  /** Returns the same object on every call; it is valid until the next call. */
  at(state: State): Admission {
    const admission = this.#admission;
    const { processes, pages } = state.scope;
    admission.reset();
    for (let process = 0; process < processes; process++) {
      if (state.alive[process] !== 1) continue;
      if (process > 0) admission.admit(spawn(process));
      for (let page = 0; page < pages; page++) {
        const entry = state.at(process, page);
        const mapping = state.mapping[entry] ?? 0;
        if (!isMapped(mapping)) continue;
        admission.admit(map(process, page, 'write', kindOf(mapping)));
        const watched = (mapping & WATCHED_MISSING) | ((state.track[entry] ?? 0) & WATCHED_STORES);
        if (watched !== 0) admission.admit(watch(process, page, 'missing'));
      }
    }
    if (state.alive[0] !== 1) admission.admit(exit(0));
    return admission;
  }
}

/** File values are not renamed, because the file holds them independently of the page. */
const FIRST_FILE_VALUE = fileValue(0);
const FILE_NAME = 16;

/**
 * The key of a state: equal for states that the given commands, with a snapshot after each, cannot distinguish. Besides
 * the names of objects, frames and values, it omits the properties that none of the commands queries: soft-dirty,
 * lazy-free, paged out, and the charged group. It also omits whether an entry in system memory is likely to become
 * WRITE, because a snapshot settles that in both directions.
 */
export class ReportedKey {
  readonly #soft: boolean;
  readonly #advice: boolean;
  readonly #residency: boolean;
  readonly #groups: boolean;
  readonly #codes: number[] = [];
  readonly #objects: number[] = [];
  readonly #values: number[] = [];
  readonly #frames: number[] = [];

  constructor(ops: ReadonlySet<Op>) {
    this.#soft = ops.has('soft-dirty');
    this.#advice = ops.has('advise');
    this.#residency = ops.has('residency');
    this.#groups = ops.has('charge') || ops.has('limit');
  }

  /** The values of the last state for which a key was computed, in the order of their names. */
  get values(): readonly number[] {
    return this.#values;
  }

  of(state: State): string {
    const codes = this.#codes;
    codes.length = 0;
    this.#objects.length = 0;
    this.#values.length = 0;
    this.#frames.length = 0;
    let bits = 0;
    for (const cell of state.alive) bits = bits * 2 + cell;
    codes.push(bits);
    for (let entry = 0; entry < state.entry.length; entry++) this.#addEntry(state, entry);
    for (const held of state.slot) codes.push(held > 0 ? nameOf(this.#objects, held) : held & 0xffff);
    // All objects that an entry or a pin holds are named by now; others belong to the large folio of one of them.
    if (state.folio.length > 0) this.#addFolios(state);
    for (const object of this.#objects) this.#addObject(state, object);
    for (const cell of state.common) codes.push(this.#valueName(cell));
    for (let kind = 0; kind < state.remaining.length; kind++) {
      const left = state.remaining[kind] ?? 0;
      codes.push(left === 0 ? 0 : (left + 2) * 256 + (state.victim[kind] ?? 0) + 2);
    }
    bits = 0;
    for (let device = 0; device < state.attached.length; device++) {
      const attached = state.attached[device] ?? 0;
      bits = bits * 8 + attached * 4 + (state.closed[device] ?? 0) * 2 + (state.rangeTaken[device] ?? 0);
    }
    codes.push(bits, state.swap[0] ?? 0);
    if (this.#groups) {
      for (const cell of state.member) codes.push(cell);
      for (const cell of state.limit) codes.push(cell);
    }
    return String.fromCharCode(...codes);
  }

  #addEntry(state: State, entry: number): void {
    const object = state.entry[entry] ?? NO_OBJECT;
    const mapping = state.mapping[entry] ?? 0;
    let writable = state.writable[entry] ?? READ_ONLY;
    if (writable === LIKELY_WRITABLE && !state.onDevice(object)) writable = READ_ONLY;
    let track = (state.track[entry] ?? 0) & ~(WITHHELD | WHOLE);
    // The soft-dirty bit of a file mapping is not reported.
    if (!this.#soft || isFile(mapping)) track &= ~SOFT_DIRTY;
    if (!this.#advice) track &= ~LAZY_FREE;
    if (!this.#residency) track &= ~PAGED_OUT;
    const seen = object <= NO_OBJECT ? object & 0xff : nameOf(this.#objects, object);
    // The mapping has more bits than fit beside the object.
    this.#codes.push(((mapping & 0xff) << 8) | seen, ((mapping >> 8) << 9) | (writable << 5) | track);
  }

  /** The whole entries, and the large folio of each object with its position there. Names the other objects of each. */
  #addFolios(state: State): void {
    let bits = 0;
    for (let entry = 0; entry < state.entry.length; entry++) bits = bits * 2 + (state.isWhole(entry) ? 1 : 0);
    this.#codes.push(bits);
    // Members are appended while the objects are visited.
    for (const object of this.#objects) {
      if (!state.isInFolio(object)) {
        this.#codes.push(0);
        continue;
      }
      const members = state.membersOf(object);
      const [first = object] = members;
      for (const member of members) nameOf(this.#objects, member);
      this.#codes.push(nameOf(this.#objects, first) * 16 + state.partOf(object) + 1);
    }
  }

  #addObject(state: State, object: number): void {
    const place = state.place[object] ?? SYSTEM;
    const where =
      place === SYSTEM
        ? 0
        : place < FIRST_FRAME
          ? 0x80 | place
          : nameOf(this.#frames, place) * 2 + state.deviceOf(place);
    const charge = this.#groups ? (state.group[object] ?? 0) : 0;
    // No access reaches an object of a large folio that nothing holds, so its value does not matter.
    const value = state.isHeld(object) ? (state.value[object] ?? 0) : 0;
    this.#codes.push((this.#valueName(value) << 8) | where, charge);
  }

  #valueName(value: number): number {
    if (value === 0) return 0;
    return value >= FIRST_FILE_VALUE ? FILE_NAME + value - FIRST_FILE_VALUE : nameOf(this.#values, value);
  }
}

/** The number of an item, in the order of first occurrence, starting from 1. */
function nameOf(names: number[], item: number): number {
  const at = names.indexOf(item);
  return at >= 0 ? at + 1 : names.push(item);
}

/**
 * Checks that every page on a device can migrate to system once the device is healed: by a permitted load, in each of its
 * outcomes, with its value and one page_fault; by evict-all, in its most likely outcome, from a closed device as well;
 * and by detach, in every outcome.
 */
export class ReturnPath {
  readonly #step: Step;
  readonly #healed: State;

  constructor(step: Step) {
    this.#step = step;
    this.#healed = new State(step.state.scope);
  }

  /** The first page or device with pages that do not return, in words; undefined where all pages return. */
  missing(state: State): string | undefined {
    if (state.onDeviceCount === 0) return undefined;
    const healed = this.#healed;
    healed.copyFrom(state);
    healed.remaining.fill(0);
    healed.victim.fill(0);
    for (let entry = 0; entry < healed.entry.length; entry++) {
      const object = healed.entry[entry] ?? NO_OBJECT;
      if (object <= NO_OBJECT || !healed.onDevice(object)) continue;
      if (!mayRead(healed.mapping[entry] ?? 0)) continue;
      if (!this.#returnsByLoad(entry, object)) return `entry ${entry}: a load does not bring it back`;
    }
    for (let device = 0; device < devicesIn(healed.scope); device++) {
      const there = this.#countOn(healed, device);
      if (there === 0) continue;
      // The most likely outcome comes first; in it, no page stays without a reason.
      const evicted = this.#first({ op: 'evict-all', device });
      if (evicted.result !== there || this.#countOn(evicted.state, device) !== 0) {
        return `device ${device}: something stays after evict-all`;
      }
      if (!this.#everyDetachEmpties(device)) return `device ${device}: something stays after detach`;
    }
    return undefined;
  }

  #returnsByLoad(entry: number, object: number): boolean {
    const healed = this.#healed;
    const { pages } = healed.scope;
    const load: Command = { op: 'load', process: (entry / pages) | 0, page: entry % pages };
    const step = this.#step;
    step.begin(healed, undefined, false);
    do {
      applyRule(step, load);
      const value = healed.value[object];
      const right = step.result === (value === TORN ? 'torn' : value) && step.faults === 1;
      if (!right || step.state.place[object] !== SYSTEM) return false;
    } while (step.next(healed));
    return true;
  }

  #everyDetachEmpties(device: number): boolean {
    const step = this.#step;
    step.begin(this.#healed, undefined, false);
    do {
      applyRule(step, { op: 'detach', device });
      if (step.result !== 'ok' || this.#countOn(step.state, device) !== 0) return false;
    } while (step.next(this.#healed));
    return true;
  }

  #first(command: Command): Step {
    this.#step.begin(this.#healed, undefined, false);
    applyRule(this.#step, command);
    return this.#step;
  }

  #countOn(state: State, device: number): number {
    let count = 0;
    for (let object = 1; object < state.objectEnd; object++) if (state.isOn(object, device)) count++;
    return count;
  }
}

/** The result of the search of a region. */
export interface ReachedStates {
  /** The number of reached states; states that no command can distinguish count once. */
  readonly states: number;
  /** Whether all reachable states were visited. */
  readonly finished: boolean;
  /** The first violation, in words; the search ends there. */
  readonly broken: string | undefined;
}

/**
 * Visits every state that the commands of a region reach, with a snapshot after each command, and checks the invariants
 * of each state, the isolation of each command, and that every page can return from a healed device.
 *
 * @param most the number of states after which the search gives up
 */
export function searchRegion(region: Region, most = Infinity): ReachedStates {
  const search = new Search(region, most);
  const broken = search.run();
  return { states: search.size, finished: broken === undefined && search.finished, broken };
}

class Search {
  readonly #commands: readonly Command[];
  readonly #most: number;
  readonly #step: Step;
  readonly #wayBack: ReturnPath;
  readonly #admission: AdmissionIn;
  readonly #key: ReportedKey;
  readonly #from: State;
  readonly #known = new Set<string>();
  readonly #pending: Pending;
  readonly #visit = (looked: State): void => {
    const key = this.#key.of(looked);
    if (this.#known.has(key)) return;
    this.#known.add(key);
    this.#pending.push(looked);
  };

  constructor(region: Region, most: number) {
    const { scope, profile } = region;
    const judging = judgingOptionsFor(PROFILES[profile], new Set(USUAL_CAPABILITIES));
    this.#commands = commandsOf(region);
    this.#most = most;
    this.#step = new Step(scope, judging);
    this.#wayBack = new ReturnPath(new Step(scope, judging));
    this.#admission = new AdmissionIn(scope, profile);
    this.#key = new ReportedKey(new Set(this.#commands.map(({ op }) => op)));
    this.#from = new State(scope);
    this.#pending = new Pending(this.#from.cells.length);
  }

  get size(): number {
    return this.#known.size;
  }

  get finished(): boolean {
    return this.#known.size <= this.#most;
  }

  run(): string | undefined {
    const from = this.#from;
    this.#visit(from);
    while (this.#pending.popTo(from)) {
      if (!this.finished) return undefined;
      const broken = this.#wrongIn(from) ?? this.#goOn();
      if (broken !== undefined) return broken;
    }
    return undefined;
  }

  #wrongIn(state: State): string | undefined {
    return brokenInvariants(state, this.#step.judging.profile)[0] ?? this.#wayBack.missing(state);
  }

  /** Runs every outcome of every command that is admitted in the current state. */
  #goOn(): string | undefined {
    const from = this.#from;
    const step = this.#step;
    const admission = this.#admission.at(from);
    for (const command of this.#commands) {
      if (admission.refusal(command) !== undefined) continue;
      step.begin(from, undefined, false);
      do {
        applyRule(step, command);
        if (step.ruledOut || step.state.equals(from)) continue;
        const entry = wronglyChanged(from, step.state, command);
        if (entry >= 0) return `entry ${entry}: changed by ${JSON.stringify(command)}`;
        const group = chargedBeyond(from, step.state, command.op);
        if (group >= 0) return `group ${group}: beyond its limit by ${JSON.stringify(command)}`;
        forEachShownState(step.state, this.#visit);
      } while (step.next(from));
    }
    return undefined;
  }
}

/** The states that are not expanded yet, stored as their cells, so that a million of them fit in memory. */
class Pending {
  readonly #length: number;
  #cells: Int16Array;
  #count = 0;

  constructor(length: number) {
    this.#length = length;
    this.#cells = new Int16Array(1024 * length);
  }

  push(state: State): void {
    const at = this.#count * this.#length;
    if (at === this.#cells.length) {
      const larger = new Int16Array(2 * at);
      larger.set(this.#cells);
      this.#cells = larger;
    }
    this.#cells.set(state.cells, at);
    this.#count++;
  }

  /** Removes the last state and copies it to `state`. Returns false where there is none. */
  popTo(state: State): boolean {
    if (this.#count === 0) return false;
    this.#count--;
    const at = this.#count * this.#length;
    state.cells.set(this.#cells.subarray(at, at + this.#length));
    return true;
  }
}
