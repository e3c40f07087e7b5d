import type { RequirementId } from '../requirements/catalogue.ts';
import type { Observation } from '../vocabulary/observation.ts';
import type { Result } from '../vocabulary/result.ts';
import { AT_REST, type Attribution } from './attribution.ts';
import type { Choice } from './choice.ts';
import { Hints } from './hints.ts';
import {
  ANY_VICTIM,
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

/** What a step has left, or blamed by page, nearly always: nothing. One array for all, never written to. */
const NOTHING: readonly number[] = [];

/** From so many ways on it pays to look where they meet. */
const MANY_OUTCOMES = 100;

/** A list of rules by page with one more; −1 where there is none. */
function withAt(rules: readonly number[], at: number, rule: number): readonly number[] {
  const more = rules.slice();
  while (more.length < at) more.push(-1);
  more[at] = rule;
  return more;
}

/** Two commands that were done at once. */
interface AtOnce {
  /** The entries for which page_fault may be called, as often as may be, but no less often than `faults` says. */
  readonly mayCall: readonly number[];
  /** The entries that one of them names, or that see the same page. */
  readonly concerned: readonly number[];
}

/**
 * One way through one command. A command of the model is written once, as a program that mutates `state`, says what
 * it expects to be seen, and calls `pick` wherever the specification leaves the implementation free. Running it again
 * with another script of picks gives another allowed outcome; all scripts give all of them.
 *
 * @example A migration of two healthy pages calls `pick(2)` twice: scripts 00, 01, 10 and 11 are its four outcomes.
 *
 * Where an observation settles a pick (the answer says which page moved), the caller passes it as `seen`, and a
 * *guided* step follows it instead of branching: any other choice would contradict the observation anyway.
 */
export class Step extends Hints {
  /** The answer that this way expects. */
  result: Result = 'ok';
  attribution: Attribution = AT_REST;
  /** For a command on a range: what each page's answer means. Empty otherwise. */
  pageAttribution: readonly number[] = NOTHING;
  /** The page that the command names, and how many from there on; −1 where it names none. */
  process = -1;
  page = -1;
  count = 0;
  /** The place of the object that page_fault is called for. */
  faultPlace = SYSTEM;
  /** Places on the device that lost their object, and how many objects were put on frames not named yet. */
  left: readonly number[] = NOTHING;
  taken = 0;
  allocatedObject = NO_OBJECT;
  /** What is told of two commands at once, beside what is told of any. */
  atOnce: AtOnce | undefined = undefined;
  /** Whether the command may take frames, in vain too. */
  mayAllocateFrames = false;
  /** Whether a WRITE entry must stay WRITE; otherwise READ is always allowed in its place. */
  keepsWritable = false;
  /** Requirements whose antecedent this way met (by catalogue index, the first `exercisedCount` of them), and the
   * SHOULDs that it broke. */
  readonly covered: number[] = [];
  coveredCount = 0;
  readonly notFollowed: RequirementId[] = [];

  /** Whether the picks of this way contradict each other: it is no outcome at all. */
  ruledOut = false;

  /** Whether a way is gone to its end though its answer is wrong by then: to say what is wrong takes all of it. */
  toTheEnd = false;
  /** In a race: what is to be done where ways may end before their time. */
  point: ((where: () => string) => void) | undefined = undefined;
  /** Whether a way that does not follow a SHOULD is no outcome, for whoever wants to know what should have been. */
  isStrict = false;
  /** Whether hints are followed. */
  guided = true;
  /** Which choice to take at each pick, and how many there were: the script of this way. */
  readonly #script: number[] = [];
  #scripted = 0;
  readonly #arity: number[] = [];
  readonly #asked: Choice[] = [];
  #choices = 0;
  #outcomes = 1;
  /** Where ways have been, with the picks by which the first of them came there. */
  readonly #visited = new Map<string, string>();

  /** Makes ready for the first way from a state. */
  begin(from: State, observed: Observation | undefined, guided: boolean, toTheEnd = false): void {
    this.observed = observed;
    this.toTheEnd = toTheEnd;
    this.guided = guided;
    this.#scripted = 0;
    this.#outcomes = 1;
    this.#visited.clear();
    this.#restart(from);
  }

  /** Makes ready for the next way from the same state; false when there is none. */
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

  /** Whether there is reason to go on from this point; `where` tells it from other points of the same way. */
  passes(where: () => string): boolean {
    // A way that is ruled out already leads nowhere from here: others that come to this point must go on.
    if (!this.ruledOut) this.point?.(where);
    return !this.ruledOut;
  }

  /**
   * Rules this way out where it comes to a point at which one with other picks has been: whatever follows, that one and
   * those after it go there. Nothing is remembered before there are many ways.
   *
   * @param rest what besides the state and the frames tells what may follow
   */
  mergeOutcomes(rest: () => string): void {
    if (this.#outcomes < MANY_OUTCOMES) return;
    const { state, taken, allocatedObject, mayAllocateFrames } = this;
    const left = this.left.toSorted((one, other) => one - other);
    const key = `${state.key()} ${left.join()} ${taken} ${allocatedObject} ${mayAllocateFrames} ${rest()}`;
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
    this.taken = 0;
    this.atOnce = undefined;
    this.point = undefined;
    this.mayAllocateFrames = false;
    this.keepsWritable = false;
    this.ruledOut = false;
    this.pageAttribution = NOTHING;
    this.left = NOTHING;
    this.coveredCount = 0;
    if (this.notFollowed.length > 0) this.notFollowed.length = 0;
  }

  /** Whether this way came by a pick at which there were others. */
  get branched(): boolean {
    return this.#choices > 0;
  }

  /** One option of a choice: that of the hint in a guided step, else the one that the script of this outcome says. */
  choose<Option extends string>(choice: Choice<Option>, hint?: NoInfer<Option>): Option {
    if (this.guided && hint !== undefined) return hint;
    const option = choice.options[this.#decide(choice.options.length, choice)];
    if (option === undefined) throw new TypeError(`A choice without options: ${choice.question}`);
    return option;
  }

  /** A number from 0 to `most`, as `choose` does. */
  chooseNumber(question: string, most: number, hint?: number): number {
    return this.guided && hint !== undefined ? hint : this.#decide(most + 1, { question, options: [] });
  }

  /** One of several results, as `choose` does; the hint is the observed result if it is among them. */
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

  /** This way does not follow a SHOULD. */
  breakShould(requirement: RequirementId): void {
    if (this.isStrict) this.ruleOut();
    else this.notFollowed.push(requirement);
  }

  ruleOut(): void {
    this.ruledOut = true;
  }

  /** Says by which rule the next page of a range was answered for. */
  attributePage(rule: number): void {
    this.pageAttribution = this.pageAttribution === NOTHING ? [rule] : [...this.pageAttribution, rule];
  }

  /** Says by which rule one page of the range that the command names is as it is. */
  attributeAt(index: number, rule: number): void {
    this.pageAttribution = withAt(this.pageAttribution, index, rule);
  }

  clearPageAttribution(): void {
    this.pageAttribution = NOTHING;
  }

  #leave(place: number): void {
    this.left = this.left === NOTHING ? [place] : [...this.left, place];
  }

  cover(rule: number): void {
    this.covered[this.coveredCount++] = rule;
  }

  hasCovered(rule: number): boolean {
    return this.covered.lastIndexOf(rule, this.coveredCount - 1) >= 0 && this.coveredCount > 0;
  }

  /** Says which page the command names. */
  names(process: number, page: number, count = 1): void {
    this.process = process;
    this.page = page;
    this.count = count;
  }

  // Objects and entries.

  /** Makes an object that nothing holds yet, charged to the group of the process that this entry belongs to. */
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

  /** Puts an object on a frame of a device that only an observation can name. */
  moveToDevice(object: number, device: number): void {
    const { state } = this;
    state.setPlace(object, someFrameOf(device));
    for (let at = 0; at < state.entry.length; at++) {
      if (state.entry[at] === object) state.track[at] = (state.track[at] ?? 0) & ~PAGED_OUT;
    }
    this.#take(object);
    if (!this.judging.profile.tracksThroughMigration) this.#forgetTrack(object);
  }

  /** Moves an object from its frame to one of another device. */
  moveAcross(object: number, device: number): void {
    this.#leave(this.state.place[object] ?? SYSTEM);
    this.moveToDevice(object, device);
  }

  #take(object: number): void {
    this.taken++;
    this.allocatedObject = object;
  }

  /** Lets an entry that sees nothing see an object. */
  link(entry: number, object: number, writable: number): void {
    this.state.link(entry, object);
    this.state.writable[entry] = writable;
  }

  /** Takes an entry away from its object; an object that nothing holds any more is gone, and its frame left. */
  unlink(entry: number): void {
    const { state } = this;
    const object = state.entry[entry] ?? NO_OBJECT;
    state.writable[entry] = 0;
    state.track[entry] = (state.track[entry] ?? 0) & ~(WATCHED_STORES | LAZY_FREE | PAGED_OUT | WITHHELD);
    if (object <= NO_OBJECT) state.entry[entry] = NO_OBJECT;
    else if (state.unlink(entry, object)) this.#vanish(object);
  }

  unpinObject(object: number): void {
    if (this.state.unpin(object)) this.#vanish(object);
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
    if (!this.judging.profile.tracksThroughMigration) this.#forgetTrack(object);
    for (let entry = 0; entry < state.entry.length; entry++) {
      if (state.entry[entry] !== object) continue;
      this.noteWatched(entry, object);
      state.writable[entry] = (state.writable[entry] ?? 0) >= LIKELY_WRITABLE ? LIKELY_WRITABLE : READ_ONLY;
    }
  }

  /** Something was done to a page that a watch should outlive. */
  noteWatched(entry: number, object: number): void {
    const { history, track } = this.state;
    if (((track[entry] ?? 0) & WATCHED_STORES) === 0) return;
    history[object] = (history[object] ?? 0) | MODIFIED_WHILE_WATCHED;
  }

  /** Before tracking survived migration, anything may have been told of a page that had moved. */
  #forgetTrack(object: number): void {
    const { entry, track } = this.state;
    for (let at = 0; at < entry.length; at++) {
      if (entry[at] === object) track[at] = ((track[at] ?? 0) & ~SOFT_DIRTY) | DIRTY_OR_CLEAN;
    }
  }

  /** Whether an object or a hole seen at `entry` is struck now by an injection of this kind. */
  strikes(kind: number, object: number, entry: number): boolean {
    const { state } = this;
    if (state.remaining[kind] === 0) return false;
    const victim = state.victim[kind] ?? ANY_VICTIM;
    if (victim === ANY_VICTIM || victim === entry) return true;
    return object > NO_OBJECT && state.entry[victim] === object;
  }

  /** Uses up one strike. */
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

  /** Whether the frame is left by an object in this step. */
  leaves(frame: number): boolean {
    return this.left.includes(FIRST_FRAME + frame);
  }
}
