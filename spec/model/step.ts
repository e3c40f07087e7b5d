import type { RequirementId } from '../requirements/catalogue.ts';
import type { RaceSide } from '../vocabulary/command.ts';
import type { Observation } from '../vocabulary/observation.ts';
import type { Result } from '../vocabulary/result.ts';
import {
  AT_REST,
  type Attribution,
  type Outcome,
  type PageRefinement,
  type Refinement,
} from './attribution/attribution.ts';
import { type Choice, Hints } from './choice.ts';
import { Meeting } from './meeting.ts';
import {
  ANY_VICTIM,
  CLEARED_SINCE_MOVE,
  DIRTY_OR_CLEAN,
  FIRST_FRAME,
  LAZY_FREE,
  LIKELY_WRITABLE,
  NO_OBJECT,
  PAGED_OUT,
  READ_ONLY,
  SOFT_DIRTY,
  someFrameOf,
  MODIFIED_WHILE_WATCHED,
  type State,
  SYSTEM,
  UNTIL_HEALED,
  WATCHED_STORES,
  WITHHELD,
} from './state.ts';

/** The released places and page attributions of most steps: none. The array is shared and never written to. */
const NOTHING: readonly number[] = [];

/** From this number of outcomes on, merging outcomes that reach the same point saves time. */
const MANY_OUTCOMES = 100;

/** Adds one rule to a list of rules by page; −1 stands for a page without a rule. */
function withAt(rules: readonly number[], at: number, rule: number): readonly number[] {
  const more = rules.slice();
  while (more.length < at) more.push(-1);
  more[at] = rule;
  return more;
}

/** The additional expectations of two concurrent commands. */
interface AtOnce {
  /** The entries for which page_fault may be called: at least `faults` times, without an upper limit. */
  readonly mayCall: readonly number[];
  /** Whether it may be called `faults` times only. */
  readonly isExact: boolean;
  /** The entries that one of the commands names, and the entries that map the same pages. */
  readonly concerned: readonly number[];
}

/**
 * One outcome of one command. A command of the model is written once, as a program that mutates `state`, records the
 * expected observation, and makes a choice wherever the specification leaves the implementation free. A run with
 * another script of choices gives another allowed outcome; all scripts together give all of them.
 *
 * @example A migration of two healthy pages makes two choices of two options: scripts 00, 01, 10 and 11 are its four
 * outcomes.
 *
 * Where an observation decides a choice (the result says which page moved), the caller passes it as a hint, and a
 * *guided* step follows the hint instead of branching, because any other option would contradict the observation.
 */
export class Step extends Hints {
  /** The result that this outcome expects. */
  result: Result = 'ok';
  attribution: Attribution = AT_REST;
  /** For a command on a range: the rule by which each page got its result. Empty otherwise. */
  pageAttribution: readonly number[] = NOTHING;
  /** The first page that the command names, and the number of pages; −1 where the command names no page. */
  process = -1;
  page = -1;
  count = 0;
  /** The place of the object for which page_fault is called, and that of the first page of its large folio. */
  faultPlace = SYSTEM;
  faultHead = SYSTEM;
  /** The device places that were released, and the number of objects that were allocated on frames not yet named. */
  left: readonly number[] = NOTHING;
  /** Those of them that belonged to a large folio, and are freed with it. */
  leftLarge: readonly number[] = NOTHING;
  /** The first places of the large folios on a device that were split. */
  splits: readonly number[] = NOTHING;
  /** Whether a fault may have tried to migrate further pages. */
  mayHaveTriedExtras = false;
  /** Whether an injection has refused the split of a large folio in this step. */
  hasRefusedSplit = false;
  taken = 0;
  allocatedObject = NO_OBJECT;
  /** The additional expectations of a race; undefined for a single command. */
  atOnce: AtOnce | undefined = undefined;
  /** Whether the command may allocate frames, including frames that it frees again without using them. */
  mayAllocateFrames = false;
  /** Whether whole entries of the named pages may be replaced by an entry for each page. */
  mayReplaceWhole = false;
  /** Whether a WRITE entry must stay WRITE; otherwise READ is allowed in its place. */
  keepsWritable = false;
  /** The requirements whose precondition this outcome met, by catalogue index (only the first `coveredCount` items are
   * valid), and the SHOULD requirements that it did not follow. */
  readonly covered: number[] = [];
  coveredCount = 0;
  readonly notFollowed: RequirementId[] = [];

  /** Whether the choices contradict each other, so that this is not an allowed outcome. */
  ruledOut = false;

  /** Whether an outcome with a wrong result is completed nevertheless: the attribution needs all of it. */
  toTheEnd = false;
  /** In a race: the callback at each point where an outcome may be ruled out early. */
  point: ((where: () => string) => void) | undefined = undefined;
  /** Whether outcomes that do not follow a SHOULD are ruled out, to list only the recommended outcomes. */
  isStrict = false;
  /** Whether hints are followed. */
  guided = true;
  #meeting: Meeting | undefined = undefined;
  /** The script of this outcome: the index of the option at each choice. */
  readonly #script: number[] = [];
  #scripted = 0;
  readonly #arity: number[] = [];
  readonly #asked: Choice[] = [];
  #choices = 0;
  #outcomes = 1;
  /** The points that outcomes have reached, with the script by which the first of them arrived there. */
  readonly #visited = new Map<string, string>();

  /** Prepares the first outcome from a state. */
  begin(from: State, observed: Observation | undefined, guided: boolean, toTheEnd = false): void {
    this.observed = observed;
    this.toTheEnd = toTheEnd;
    this.guided = guided;
    this.#scripted = 0;
    this.#outcomes = 1;
    if (this.#visited.size > 0) this.#visited.clear();
    this.#meeting = undefined;
    this.#restart(from);
  }

  /** Prepares the next outcome from the same state. Returns false when there is none. */
  next(from: State): boolean {
    let last = this.#choices - 1;
    while (last >= 0 && (this.#script[last] ?? 0) + 1 >= (this.#arity[last] ?? 1)) last--;
    if (last < 0) return false;
    this.#script[last] = (this.#script[last] ?? 0) + 1;
    this.#scripted = last + 1;
    this.#outcomes++;
    this.#restart(from);
    return true;
  }

  /** How the commands of a race meet. Call it before the race changes the state. */
  meetingOf(left: RaceSide, right: RaceSide): Meeting {
    return (this.#meeting ??= new Meeting(this.state, left, right));
  }

  /** Whether this outcome continues after this point; `where` identifies the point within the outcome. */
  passes(where: () => string): boolean {
    // A ruled-out outcome must not be recorded here: other outcomes that reach this point have to continue.
    if (!this.ruledOut) this.point?.(where);
    return !this.ruledOut;
  }

  /**
   * Rules this outcome out where it reaches a point that an outcome with another script has reached: both have the same
   * continuations, and the first one covers them. Points are recorded only once there are `MANY_OUTCOMES` outcomes.
   *
   * @param rest everything besides the state and the frames on which the continuations depend
   */
  mergeOutcomes(rest: () => string): void {
    if (this.#outcomes < MANY_OUTCOMES) return;
    const { state, taken, allocatedObject, mayAllocateFrames } = this;
    const callbacks = [this.left, this.leftLarge, this.splits].map(inOrder).join(' ');
    const folio = `${this.mayReplaceWhole} ${this.hasRefusedSplit}`;
    const key = `${state.key()} ${callbacks} ${taken} ${allocatedObject} ${mayAllocateFrames} ${folio} ${rest()}`;
    const choices = this.#script.slice(0, this.#choices).join();
    const first = this.#visited.get(key);
    if (first === undefined) this.#visited.set(key, choices);
    else if (first !== choices) this.ruleOut();
  }

  #restart(from: State): void {
    this.state.copyFrom(from);
    this.#choices = 0;
    this.result = 'ok';
    this.attribution = AT_REST;
    this.process = -1;
    this.page = -1;
    this.count = 0;
    this.faults = 0;
    this.faultPlace = SYSTEM;
    this.faultHead = SYSTEM;
    this.taken = 0;
    this.atOnce = undefined;
    this.point = undefined;
    this.mayAllocateFrames = false;
    this.keepsWritable = false;
    this.mayReplaceWhole = false;
    this.ruledOut = false;
    this.pageAttribution = NOTHING;
    this.left = NOTHING;
    this.leftLarge = NOTHING;
    this.splits = NOTHING;
    this.mayHaveTriedExtras = false;
    this.hasRefusedSplit = false;
    this.coveredCount = 0;
    if (this.notFollowed.length > 0) this.notFollowed.length = 0;
  }

  /** Whether this outcome depends on a choice. */
  get branched(): boolean {
    return this.#choices > 0;
  }

  /** Chooses one option: the hinted one in a guided step, otherwise the one in the script of this outcome. */
  choose<Option extends string>(choice: Choice<Option>, hint?: NoInfer<Option>): Option {
    if (this.guided && hint !== undefined) return hint;
    const option = choice.options[this.#decide(choice.options.length, choice)];
    if (option === undefined) throw new TypeError(`A choice without options: ${choice.question}`);
    return option;
  }

  /** Chooses a number from 0 to `most`, as `choose` does. */
  chooseNumber(question: string, most: number, hint?: number): number {
    return this.guided && hint !== undefined ? hint : this.#decide(most + 1, { question, options: [] });
  }

  /** Chooses one of several results, as `choose` does; the hint is the observed result if it is among them. */
  chooseResult<R extends Extract<Result, string>>(results: readonly R[]): R | undefined {
    const hint = this.resultAmong(results);
    if (this.guided && hint !== undefined) return hint;
    return results[this.#decide(results.length, { question: 'result', options: results })];
  }

  #decide(options: number, choice: Choice): number {
    const at = this.#choices++;
    if (at === this.#scripted) this.#script[this.#scripted++] = 0;
    this.#arity[at] = options;
    this.#asked[at] = choice;
    return this.#script[at] ?? 0;
  }

  /** The choices that this outcome decided. A guided step decides none that a hint shows. */
  get choices(): readonly Choice[] {
    return this.#asked.slice(0, this.#choices);
  }

  /** Records that this outcome does not follow a SHOULD. */
  breakShould(requirement: RequirementId): void {
    if (this.isStrict) this.ruleOut();
    else this.notFollowed.push(requirement);
  }

  ruleOut(): void {
    this.ruledOut = true;
  }

  /** Selects an entry of a table: its attribution applies, and its requirements are covered. */
  select({ attribution, covers }: Outcome): void {
    this.attribution = attribution;
    this.#cover(covers);
  }

  /** Adds a further condition to the selected entry: changes clauses of its attribution, and covers requirements. */
  refine({ attribution, covers }: Refinement): void {
    if (attribution !== undefined) this.attribution = { ...this.attribution, ...attribution };
    this.#cover(covers);
  }

  /** Records the rule by which the next page of a range got its result. */
  attributePage({ rule }: PageRefinement): void {
    this.pageAttribution = this.pageAttribution === NOTHING ? [rule] : [...this.pageAttribution, rule];
  }

  /** Records the rule that determines one page of the range that the command names. */
  attributeAt(index: number, { rule }: PageRefinement): void {
    this.pageAttribution = withAt(this.pageAttribution, index, rule);
  }

  clearPageAttribution(): void {
    this.pageAttribution = NOTHING;
  }

  #leave(place: number): void {
    this.left = this.left === NOTHING ? [place] : [...this.left, place];
  }

  #cover(rules: readonly number[]): void {
    for (const rule of rules) this.covered[this.coveredCount++] = rule;
  }

  /** Records the pages that the command names. */
  names(process: number, page: number, count = 1): void {
    this.process = process;
    this.page = page;
    this.count = count;
  }

  // Objects and entries.

  /** Creates an object without entries or pins, charged to the control group of the process that owns the entry. */
  newObject(value: number, place: number, entry: number): number {
    const { state } = this;
    let object = 1;
    while (state.exists(object)) object++;
    state.value[object] = value;
    state.setPlace(object, place);
    state.group[object] = state.member[(entry / state.scope.pages) | 0] ?? 0;
    state.history[object] = 0;
    if (place !== SYSTEM) this.#take(object);
    return object;
  }

  /** Moves an object to a device frame that only an observation can name. */
  moveToDevice(object: number, device: number): void {
    const { state } = this;
    state.setPlace(object, someFrameOf(device));
    state.history[object] = (state.history[object] ?? 0) & ~CLEARED_SINCE_MOVE;
    for (let at = 0; at < state.entry.length; at++) {
      if (state.entry[at] === object) state.track[at] = (state.track[at] ?? 0) & ~PAGED_OUT;
    }
    this.#take(object);
    if (!this.judging.profile.tracksThroughMigration) this.#forgetTrack(object);
  }

  /** Moves an object from its frame to a frame of another device. */
  moveAcross(object: number, device: number): void {
    this.#leave(this.state.place[object] ?? SYSTEM);
    this.moveToDevice(object, device);
  }

  #take(object: number): void {
    this.taken++;
    this.allocatedObject = object;
  }

  /** Makes an empty entry map an object. */
  link(entry: number, object: number, writable: number): void {
    this.state.link(entry, object);
    this.state.writable[entry] = writable;
  }

  /** Removes an entry from its object. An object without entries and pins is deleted, and its frame is released. */
  unlink(entry: number): void {
    const { state } = this;
    const object = state.entry[entry] ?? NO_OBJECT;
    state.writable[entry] = 0;
    state.splitEntry(entry);
    state.track[entry] = (state.track[entry] ?? 0) & ~(WATCHED_STORES | LAZY_FREE | PAGED_OUT | WITHHELD);
    if (object <= NO_OBJECT) state.entry[entry] = NO_OBJECT;
    else if (state.unlink(entry, object)) this.#vanish(object);
    else this.#freeUnusedFolio(object);
  }

  unpinObject(object: number): void {
    if (this.state.unpin(object)) this.#vanish(object);
    else this.#freeUnusedFolio(object);
  }

  /** Frees the large folio of an object if nothing holds any of its objects. */
  #freeUnusedFolio(object: number): void {
    const { state } = this;
    if (!state.isInFolio(object)) return;
    const members = state.membersOf(object);
    if (members.some((member) => state.isHeld(member))) return;
    if (state.onDevice(object)) this.#leaveLarge(members);
    for (const member of members) {
      state.leaveFolio(member);
      this.#vanish(member);
    }
  }

  /** Splits the large folio of an object into base pages. One that nothing holds ceases to exist. */
  splitFolio(object: number): void {
    const { state } = this;
    const members = state.membersOf(object);
    if (state.onDevice(object)) this.splits = [...this.splits, state.place[members[0] ?? object] ?? SYSTEM];
    for (let entry = 0; entry < state.entry.length; entry++) {
      if (state.isWhole(entry) && members.includes(state.entry[entry] ?? NO_OBJECT)) state.splitEntry(entry);
    }
    for (const member of members) if (state.leaveFolio(member)) this.#vanish(member);
  }

  /** Moves a large folio on the device to system memory, with all entries of its objects. */
  moveFolioToSystem(object: number): void {
    const members = this.state.membersOf(object);
    this.#leaveLarge(members);
    for (const member of members) this.moveToSystem(member);
  }

  #leaveLarge(members: readonly number[]): void {
    this.leftLarge = [...this.leftLarge, ...members.map((member) => this.state.place[member] ?? SYSTEM)];
  }

  #vanish(object: number): void {
    const { state } = this;
    const place = state.place[object] ?? SYSTEM;
    if (place !== SYSTEM) this.#leave(place);
    state.value[object] = 0;
    state.setPlace(object, SYSTEM);
    state.group[object] = 0;
    state.history[object] = 0;
  }

  /** Moves an object on the device to system memory, with all its entries. */
  moveToSystem(object: number): void {
    const { state } = this;
    this.#leave(state.place[object] ?? SYSTEM);
    state.setPlace(object, SYSTEM);
    state.history[object] = (state.history[object] ?? 0) & ~CLEARED_SINCE_MOVE;
    if (!this.judging.profile.tracksThroughMigration) this.#forgetTrack(object);
    for (let entry = 0; entry < state.entry.length; entry++) {
      if (state.entry[entry] !== object) continue;
      this.noteWatched(entry, object);
      state.writable[entry] = (state.writable[entry] ?? 0) >= LIKELY_WRITABLE ? LIKELY_WRITABLE : READ_ONLY;
    }
  }

  /** Records that the page of a watched entry was modified: the watch must survive this. */
  noteWatched(entry: number, object: number): void {
    const { history, track } = this.state;
    if (((track[entry] ?? 0) & WATCHED_STORES) === 0) return;
    history[object] = (history[object] ?? 0) | MODIFIED_WHILE_WATCHED;
  }

  /** In profiles where soft-dirty tracking does not survive migration, a moved page may be reported dirty or clean. */
  #forgetTrack(object: number): void {
    const { entry, track } = this.state;
    for (let at = 0; at < entry.length; at++) {
      if (entry[at] === object) track[at] = ((track[at] ?? 0) & ~SOFT_DIRTY) | DIRTY_OR_CLEAN;
    }
  }

  /** Whether an injection of this kind now applies to the object, or the unpopulated page, at `entry`. */
  injectionFails(kind: number, object: number, entry: number): boolean {
    const { state } = this;
    if (state.remaining[kind] === 0) return false;
    const victim = state.victim[kind] ?? ANY_VICTIM;
    if (victim === ANY_VICTIM || victim === entry) return true;
    return object > NO_OBJECT && state.entry[victim] === object;
  }

  /** Uses an injection once. */
  consume(kind: number): void {
    const { state } = this;
    const left = state.remaining[kind] ?? 0;
    if (left !== UNTIL_HEALED) {
      state.remaining[kind] = left - 1;
      if (left === 1) state.victim[kind] = 0;
    }
  }

  lasting(kind: number): boolean {
    return this.state.remaining[kind] === UNTIL_HEALED;
  }

  /** Whether this step releases the frame. */
  leaves(frame: number): boolean {
    return this.left.includes(FIRST_FRAME + frame);
  }
}

const inOrder = (places: readonly number[]): string => places.toSorted((one, other) => one - other).join();
