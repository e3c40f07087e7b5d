import type { Contender } from '../vocabulary/command.ts';
import { type Answer, isBoth, isVector, type PageOutcome } from '../vocabulary/result.ts';
import { AT_REST } from './blame.ts';
import type { RacingCalls } from './racing-calls.ts';
import { OOM, SIGBUS } from './state.ts';
import type { Step } from './step.ts';

/** Runs one way through one command. */
export type Contend = (step: Step, command: Contender) => void;

/** One side of a race, in the parts between which the other may come: a range page by page, all else whole. */
export class RacingSide {
  readonly #parts: readonly Contender[];
  #done = 0;
  readonly #outcomes: PageOutcome[] = [];
  #answer: Answer = 'ok';
  /** The injection that its touch was struck by. */
  failed: number | undefined;
  keepsFlavours = true;

  readonly #told: Answer | undefined;

  /** @param told what it is known to have answered: a way to another answer need not be gone to its end */
  constructor(command: Contender, told: Answer | undefined) {
    this.#parts = partsOfRange(command);
    this.#told = told;
  }

  /** What comes next; undefined when it is through. */
  get next(): Contender | undefined {
    return this.#parts[this.#done];
  }

  /** All that has come of it, in a word. */
  get soFar(): string {
    const { failed, keepsFlavours } = this;
    return `${this.#done} ${this.#outcomes.join()} ${JSON.stringify(this.#answer)} ${failed} ${keepsFlavours}`;
  }

  get answer(): Answer {
    return this.#outcomes.length > 0 ? this.#outcomes : this.#answer;
  }

  /** Does the next part, by the rules that it has by itself. */
  advance(step: Step, contend: Contend, calls: RacingCalls): void {
    const part = this.next;
    if (part === undefined) return;
    this.#done++;
    const { exercisedCount } = step;
    step.result = 'ok';
    step.blame = AT_REST;
    step.faults = 0;
    step.keepsFlavours = false;
    // What is skipped for the sake of the other command is skipped for a reason.
    const { forbidsSlights } = step;
    step.forbidsSlights = false;
    contend(step, part);
    step.forbidsSlights = forbidsSlights;
    // By itself it exercises nothing: what it should have been is not told apart from what the other made of it.
    step.exercisedCount = exercisedCount;
    step.slighted.length = 0;
    step.names(-1, -1, 0);
    step.forgetPageBlame();
    calls.note(step.faults);
    this.keepsFlavours &&= step.keepsFlavours;
    this.#answer = answerOf(step);
    if (isVector(this.#answer)) this.#outcomes.push(...this.#answer);
    if (step.faults > 0) this.failed = STRUCK_BY.get(this.#answer);
    if (this.#isContradicted()) step.ruleOut();
  }

  #isContradicted(): boolean {
    const told = this.#told;
    if (told === undefined) return false;
    if (isVector(told)) return this.#outcomes.some((outcome, at) => outcome !== told[at]);
    // Whether it was seen whole is another matter.
    return told !== this.#answer && !(told === 'torn' && typeof this.#answer === 'number');
  }
}

const STRUCK_BY: ReadonlyMap<Answer, number> = new Map<Answer, number>([
  ['SIGBUS', SIGBUS],
  ['oom', OOM],
]);

/** A contender is never a race itself. */
const answerOf = ({ result }: Step): Answer => (isBoth(result) ? 'unsupported' : result);

function partsOfRange(command: Contender): readonly Contender[] {
  if (command.op !== 'migrate-to-device' && command.op !== 'migrate-to-system') return [command];
  const { page, count } = command;
  return Array.from({ length: count }, (_, index) => ({ ...command, page: page + index, count: 1 }));
}
