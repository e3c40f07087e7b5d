import type { CommandOf, RaceSide } from '../vocabulary/command.ts';
import { blockIn, blockStart, type Scope } from '../vocabulary/scope.ts';
import { commonIndex } from './access.ts';
import { areOneMemory, concernedBy, isPinnedAt, namesEntry } from './meeting.ts';
import { emptyValue } from './own-page.ts';
import { HALF_STORED, isCommon, isMapped, NO_OBJECT, OOM, SIGBUS, type State, TORN } from './state.ts';
import type { Step } from './step.ts';
import { type Answer, isBoth, isVector, type PageOutcome } from '../vocabulary/result.ts';
import { AT_REST } from './attribution/attribution.ts';
import { skipPagesOfOther } from './attachment.ts';
import { bringForDetach, objectsOn } from './eviction.ts';
import type { RacingCalls } from './racing-access.ts';
import { choice } from './choice.ts';

/** The sides that write a page cell by cell. */
type Writer = Extract<RaceSide, { op: 'store' | 'kernel-store' | 'device-store' }>;

export const isWriter = (command: RaceSide): command is Writer =>
  command.op === 'store' || command.op === 'kernel-store' || command.op === 'device-store';

/**
 * Whether the other side may preserve a half-done store to a page, mix it with its own store, or cause the rest of it to be
 * refused: from a device, the page must migrate back first, which may fail.
 */
export function mayBeLeftHalf(state: State, { op, process, page, value }: Writer, other: RaceSide): boolean {
  switch (other.op) {
    case 'fork':
      return other.process === process;
    case 'unmap':
    case 'discard':
    case 'move':
    case 'protect':
      return namesEntry(state, other, state.at(process, page));
    case 'store':
    case 'kernel-store':
    case 'device-store':
    case 'device-exchange':
      return (
        other.value !== value &&
        areOneMemory(state, state.at(process, page), state.at(other.process, other.page))
      );
    case 'migrate-to-device':
      return (
        other.process === process &&
        page >= other.page &&
        page < other.page + other.count &&
        (op === 'device-store' || state.remaining[SIGBUS] !== 0 || state.remaining[OOM] !== 0)
      );
    case 'load':
    case 'migrate-to-system':
    case 'evict':
    case 'exit':
    case 'device-load':
    case 'pin':
    case 'unpin':
    case 'detach':
    case 'kernel-load':
    case 'peek':
    case 'close':
    case 'make-exclusive':
      return false;
  }
}

/** The value that a load at an entry would return; undefined where there is no value. */
function valueAt(step: Step, entry: number): number | undefined {
  const { state } = step;
  const mapping = state.mapping[entry] ?? 0;
  if (!isMapped(mapping)) return undefined;
  if (isCommon(mapping)) return state.common[commonIndex(state, entry)];
  const object = state.entry[entry] ?? NO_OBJECT;
  if (object === NO_OBJECT) return emptyValue(step, entry);
  return object > NO_OBJECT ? state.value[object] : undefined;
}

/** Makes the page at an entry torn: it holds some cells of one store and some of another content. */
function tear({ state }: Step, entry: number): void {
  if (isCommon(state.mapping[entry] ?? 0)) {
    state.common[commonIndex(state, entry)] = TORN;
    return;
  }
  const object = state.entry[entry] ?? NO_OBJECT;
  if (object > NO_OBJECT) state.value[object] = TORN;
}

/** Makes pages that are still half stored at the end of the race torn. */
export function settleHalves({ state }: Step): void {
  for (const values of [state.value, state.common]) {
    for (let at = 0; at < values.length; at++) if (values[at] === HALF_STORED) values[at] = TORN;
  }
}

const isPageOfFolio = (state: State, entry: number): boolean => {
  const object = state.entry[entry] ?? NO_OBJECT;
  return object > NO_OBJECT && state.isInFolio(object) && state.onDevice(object);
};

/** Whether a reading side runs concurrently with a command that changes the cells of its page one by one. */
export function seesHalves(state: State, reader: RaceSide, other: RaceSide): boolean {
  switch (reader.op) {
    case 'load':
    case 'kernel-load':
    case 'peek':
    case 'device-load': {
      const here = state.at(reader.process, reader.page);
      if (isWriter(other) || other.op === 'device-exchange') {
        return areOneMemory(state, here, state.at(other.process, other.page));
      }
      const empties = other.op === 'discard' || (other.op === 'move' && other.keep);
      return empties && namesEntry(state, other, here);
    }
    case 'unpin':
      return (
        (isWriter(other) || other.op === 'device-exchange') &&
        isPinnedAt(state, reader.slot, state.at(other.process, other.page))
      );
    case 'device-exchange':
      return (
        other.op === 'device-store' &&
        state.at(reader.process, reader.page) === state.at(other.process, other.page)
      );
    case 'fork':
    case 'unmap':
    case 'discard':
    case 'store':
    case 'migrate-to-device':
    case 'migrate-to-system':
    case 'evict':
    case 'exit':
    case 'protect':
    case 'device-store':
    case 'pin':
    case 'detach':
    case 'move':
    case 'kernel-store':
    case 'close':
    case 'make-exclusive':
      return false;
  }
}

const DETACH = choice('detach', 'by itself', 'without the pages of the other command');

/** Runs one outcome of one command. */
export type PerformSide = (step: Step, command: RaceSide) => void;

/** One side of a race, split into the parts between which the other side may run; a range is split by page. */
export class RacingSide {
  readonly #parts: RaceSide[];
  readonly #other: RaceSide;
  readonly #otherEntries: readonly number[];
  /** Whether each part gives the result of its page; otherwise the last part gives the result. */
  readonly #isRange: boolean;
  #done = 0;
  readonly #outcomes: PageOutcome[] = [];
  #answer: Answer = 'ok';
  #isHalfStored = false;
  /** The injection that made its access fail. */
  failed: number | undefined;
  keepsWritable = true;

  readonly #reported: Answer | undefined;

  /**
   * @param otherEntries the entries that concern the other side at the beginning of the race
   * @param reported the observed result, if known: an outcome with another result is ruled out early
   */
  constructor(
    step: Step,
    command: RaceSide,
    other: RaceSide,
    otherEntries: readonly number[],
    reported: Answer | undefined,
  ) {
    this.#isRange = command.op === 'migrate-to-device' || command.op === 'migrate-to-system';
    this.#parts = partsIn(step, command, other);
    this.#other = other;
    this.#otherEntries = otherEntries;
    this.#reported = reported;
  }

  /** The next part; undefined when the side has finished. */
  get next(): RaceSide | undefined {
    return this.#parts[this.#done];
  }

  /** The progress and results so far, as part of the key of a point. */
  get soFar(): string {
    const { failed, keepsWritable } = this;
    const answer = JSON.stringify(this.#answer);
    const next = this.next;
    const at = next?.op === 'evict' ? next.page : -1;
    return `${this.#done} ${at} ${this.#isHalfStored} ${this.#outcomes.join()} ${answer} ${failed} ${keepsWritable}`;
  }

  get answer(): Answer {
    return this.#outcomes.length > 0 ? this.#outcomes : this.#answer;
  }

  /** Redirects the next part, an evict of a frame, to the page to which the entry of that frame was moved. */
  follow(page: number): void {
    const part = this.next;
    if (part?.op === 'evict') this.#parts[this.#done] = { ...part, page };
  }

  /** Runs the next part by the rules of the single command. */
  advance(step: Step, contend: PerformSide, calls: RacingCalls): void {
    const part = this.next;
    if (part === undefined) return;
    this.#done++;
    const isLast = this.next === undefined;
    step.keepsWritable = false;
    this.#contend(step, part, contend, calls);
    this.keepsWritable &&= step.keepsWritable;
    if (!this.#isRange && !isLast) return;
    this.#answer = answerOf(step);
    if (isVector(this.#answer)) this.#outcomes.push(...this.#answer);
    if (step.faults > 0) this.failed = STRUCK_BY.get(this.#answer);
    if (this.#isContradicted()) step.ruleOut();
  }

  #contend(step: Step, part: RaceSide, contend: PerformSide, calls: RacingCalls): void {
    if (part.op === 'detach' && step.choose(DETACH) === 'without the pages of the other command') {
      apart(step, calls, () => {
        skipPagesOfOther(step, part, [...this.#otherEntries, ...concernedBy(step.state, this.#other)]);
      });
      return;
    }
    if (part.op === 'evict' && this.#parts.at(-1)?.op === 'detach') {
      const at = step.state.at(part.process, part.page);
      if (isPageOfFolio(step.state, at)) {
        apart(step, calls, () => bringForDetach(step, at));
        return;
      }
    }
    const entry = isWriter(part) ? step.state.at(part.process, part.page) : -1;
    const before = this.#isHalfStored ? valueAt(step, entry) : HALF_STORED;
    apart(step, calls, () => {
      contend(step, part);
    });
    const isMixed = before !== HALF_STORED && isWriter(part) && before !== part.value;
    if (isMixed && step.result === 'ok') tear(step, entry);
  }

  /** Writes some cells of the page; the remaining cells are written later. */
  storeHalf(step: Step, contend: PerformSide, calls: RacingCalls): void {
    const part = this.next;
    if (part === undefined || !isWriter(part) || this.#isHalfStored) {
      step.ruleOut();
      return;
    }
    this.#isHalfStored = true;
    // A page that already holds the value is the same, half stored or not.
    if (valueAt(step, step.state.at(part.process, part.page)) === part.value) step.ruleOut();
    apart(step, calls, () => {
      contend(step, { ...part, value: HALF_STORED });
    });
    if (step.result !== 'ok') step.ruleOut();
  }

  #isContradicted(): boolean {
    const reported = this.#reported;
    if (reported === undefined) return false;
    if (isVector(reported)) return this.#outcomes.some((outcome, at) => outcome !== reported[at]);
    // The race decides afterwards whether a value is torn.
    return reported !== this.#answer && !(reported === 'torn' && typeof this.#answer === 'number');
  }
}

/**
 * Runs a part in isolation. It covers no rule and gets no attribution, because its own effect cannot be distinguished
 * from the effect of the other side.
 */
function apart(step: Step, calls: RacingCalls, run: () => void): void {
  const { coveredCount, isStrict } = step;
  step.result = 'ok';
  step.attribution = AT_REST;
  step.faults = 0;
  // A page that is skipped because of the concurrent command does not violate a SHOULD.
  step.isStrict = false;
  run();
  step.isStrict = isStrict;
  step.coveredCount = coveredCount;
  step.notFollowed.length = 0;
  step.names(-1, -1, 0);
  step.clearPageAttribution();
  calls.note(step.faults);
}

const STRUCK_BY: ReadonlyMap<Answer, number> = new Map<Answer, number>([
  ['SIGBUS', SIGBUS],
  ['EFAULT', SIGBUS],
  ['oom', OOM],
  ['ENOMEM', OOM],
]);

/** Narrows the result: a side of a race is never a race itself. */
const answerOf = ({ result }: Step): Answer => (isBoth(result) ? 'unsupported' : result);

function partsIn(step: Step, command: RaceSide, other: RaceSide): RaceSide[] {
  const { state } = step;
  switch (command.op) {
    case 'migrate-to-device':
    case 'migrate-to-system': {
      const { page, count } = command;
      if (count === 1) return [command];
      if (command.compound === true) return rangesOfBlocks(state, command, other);
      return Array.from({ length: count }, (_, index) => ({ ...command, page: page + index, count: 1 }));
    }
    case 'exit': {
      const { process } = command;
      const unmaps: RaceSide[] = [];
      for (let page = 0; page < state.scope.pages; page++) {
        if (isMapped(state.mapping[state.at(process, page)] ?? 0))
          unmaps.push({ op: 'unmap', process, page });
      }
      return [...unmaps, command];
    }
    case 'detach': {
      // Any other command between two evictions has the same result as before or after the whole detach.
      const isSeenBetween =
        other.op === 'migrate-to-device' || other.op === 'make-exclusive' || other.op === 'device-store';
      if (!isSeenBetween) return [command];
      const { pages } = state.scope;
      const evictions = objectsOn(step, command.device ?? 0).map(({ entry }): RaceSide => ({
        op: 'evict',
        process: (entry / pages) | 0,
        page: entry % pages,
      }));
      return [...evictions, command];
    }
    case 'discard': {
      // Between two pages of a discard, only a migration of several pages is observable.
      const isSeenBetween = 'count' in other && other.count > 1;
      if (command.whole !== true || !isSeenBetween) return [command];
      if (state.isWhole(state.at(command.process, command.page))) return [command];
      return pagesOf(state.scope, command);
    }
    case 'fork':
    case 'unmap':
    case 'load':
    case 'store':
    case 'evict':
    case 'protect':
    case 'device-load':
    case 'device-store':
    case 'pin':
    case 'unpin':
    case 'move':
    case 'kernel-load':
    case 'kernel-store':
    case 'peek':
    case 'close':
    case 'make-exclusive':
    case 'device-exchange':
      return [command];
  }
}

/** The parts of a discard of a whole block. */
function pagesOf(scope: Scope, command: CommandOf<'discard'>): RaceSide[] {
  const { process } = command;
  const first = blockStart(scope, command.page) ?? command.page;
  return Array.from({ length: blockIn(scope) }, (_, part) => ({
    op: 'discard',
    process,
    page: first + part,
  }));
}

/**
 * The parts of a migration with large folios: each block that the range covers and whose pages are mapped alike, or may
 * be after the other command, and each other page.
 */
function rangesOfBlocks(
  state: State,
  command: CommandOf<'migrate-to-device' | 'migrate-to-system'>,
  other: RaceSide,
): RaceSide[] {
  const mayMapAlike = other.op === 'protect' || other.op === 'move';
  const { scope, mapping } = state;
  const block = blockIn(scope);
  const end = command.page + command.count;
  const parts: RaceSide[] = [];
  for (let page = command.page; page < end;) {
    const isCovered = blockStart(scope, page) === page && page + block <= end;
    const first = state.at(command.process, page);
    const isOneMapping =
      isCovered && (mayMapAlike || state.blockOf(first).every((entry) => mapping[entry] === mapping[first]));
    const count = isOneMapping ? block : 1;
    parts.push({ ...command, page, count });
    page += count;
  }
  return parts;
}
