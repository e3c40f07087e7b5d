import type { RaceSide } from '../vocabulary/command.ts';
import { type Answer, isBoth, isVector, type PageOutcome } from '../vocabulary/result.ts';
import { leaveForTheOther, objectsOn } from './attachment.ts';
import { AT_REST } from './attribution.ts';
import { concernedBy } from './meeting.ts';
import { isMapped } from './permission.ts';
import type { RacingCalls } from './racing-calls.ts';
import { isWriter, tear, valueAt } from './racing-store.ts';
import { HALF_STORED, OOM, SIGBUS } from './state.ts';
import type { Step } from './step.ts';
import { choice } from './choice.ts';

const DETACH = choice('detach', 'by itself', 'without the pages of the other command');

/** Runs one way through one command. */
export type PerformSide = (step: Step, command: RaceSide) => void;

/** One side of a race, in the parts between which the other may come: page by page, where it is about several pages. */
export class RacingSide {
  readonly #parts: RaceSide[];
  readonly #other: RaceSide;
  /** The entries that the other side has to do with when both begin. */
  readonly #concerned: readonly number[];
  /** Whether each part answers for its page; otherwise the last one answers. */
  readonly #isRange: boolean;
  #done = 0;
  readonly #outcomes: PageOutcome[] = [];
  #answer: Answer = 'ok';
  #isHalfStored = false;
  /** The injection that its touch was struck by. */
  failed: number | undefined;
  keepsWritable = true;

  readonly #reported: Answer | undefined;

  /** @param told what it is known to have answered: a way to another answer need not be gone to its end */
  constructor(step: Step, command: RaceSide, other: RaceSide, reported: Answer | undefined) {
    this.#isRange = command.op === 'migrate-to-device' || command.op === 'migrate-to-system';
    this.#parts = [...partsIn(step, command, other)];
    this.#other = other;
    this.#concerned = command.op === 'detach' ? concernedBy(step.state, other) : [];
    this.#reported = reported;
  }

  /** What comes next; undefined when it is through. */
  get next(): RaceSide | undefined {
    return this.#parts[this.#done];
  }

  /** All that has come of it, in a word. */
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

  /** What its next part has found by its frame is at another page from now on. */
  follow(page: number): void {
    const part = this.next;
    if (part?.op === 'evict') this.#parts[this.#done] = { ...part, page };
  }

  /** Does the next part, by the rules that it has by itself. */
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
        leaveForTheOther(step, part, [...this.#concerned, ...concernedBy(step.state, this.#other)]);
      });
      return;
    }
    const entry = isWriter(part) ? step.state.at(part.process, part.page) : -1;
    const before = this.#isHalfStored ? valueAt(step, entry) : HALF_STORED;
    apart(step, calls, () => {
      contend(step, part);
    });
    const isMixed = before !== HALF_STORED && isWriter(part) && before !== part.value;
    if (isMixed && step.result === 'ok') tear(step, entry);
  }

  /** Writes some cells of its page, and not yet the others. */
  storeHalf(step: Step, contend: PerformSide, calls: RacingCalls): void {
    const part = this.next;
    if (part === undefined || !isWriter(part) || this.#isHalfStored) {
      step.ruleOut();
      return;
    }
    this.#isHalfStored = true;
    // What holds the value already looks the same, half stored or not.
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
    // Whether it was seen whole is another matter.
    return reported !== this.#answer && !(reported === 'torn' && typeof this.#answer === 'number');
  }
}

/**
 * Runs a part by itself. It covers no rule and is blamed for none: what it should have been is not told apart from what the
 * other side made of it.
 */
function apart(step: Step, calls: RacingCalls, run: () => void): void {
  const { coveredCount, isStrict } = step;
  step.result = 'ok';
  step.attribution = AT_REST;
  step.faults = 0;
  // What is skipped for the sake of the other command is skipped for a reason.
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

/** A contender is never a race itself. */
const answerOf = ({ result }: Step): Answer => (isBoth(result) ? 'unsupported' : result);

function partsIn(step: Step, command: RaceSide, other: RaceSide): readonly RaceSide[] {
  const { state } = step;
  switch (command.op) {
    case 'migrate-to-device':
    case 'migrate-to-system': {
      const { page, count } = command;
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
      // Anything else between two of its pages is as before it, or as after it.
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
    case 'fork':
    case 'unmap':
    case 'discard':
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
