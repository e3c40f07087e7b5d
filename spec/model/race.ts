import { ruleIndex } from '../requirements/catalogue.ts';
import type { CommandOf, Contender } from '../vocabulary/command.ts';
import type { Answer, Result } from '../vocabulary/result.ts';
import { isBoth } from '../vocabulary/result.ts';
import { AT_REST, blame } from './blame.ts';
import { areOneMemory, concernedBy, meet, touchedEntry } from './meeting.ts';
import { NO_OBJECT, OOM, SIGBUS, type State } from './state.ts';
import type { Step } from './step.ts';

const RACE_BOOKS = ruleIndex('race.books');
const RACE_CALLS = ruleIndex('race.calls');
const RACE_ENTRIES = ruleIndex('race.entries');
const RACE_ONE_ORDER = ruleIndex('race.one-order');
const RACE_VALUE = ruleIndex('race.value');

/** Whatever is wrong after a race: it is no order of the two. */
const RACED = blame({
  result: 'race.one-order',
  value: 'race.value',
  faults: 'race.calls',
  frees: 'race.books',
  entry: 'race.entries',
  sharers: 'race.entries',
  flavour: 'race.entries',
  references: 'race.books',
  mappings: 'race.books',
});

/** Runs one way through one of the two. */
export type Contend = (step: Step, command: Contender) => void;

/**
 * Two commands at once: some order of them, by the rules that each has by itself. What is seen tells of both together,
 * so that no hint is followed within.
 */
export function race(step: Step, { left, right }: CommandOf<'race'>, contend: Contend): void {
  const { guided, observed, state } = step;
  step.guided = false;
  step.observed = undefined;
  const concerned = [...new Set([...concernedBy(state, left), ...concernedBy(state, right)])];
  const doMeet = meet(state, left, right);
  const mayTear = seesHalves(state, left, right) ? left : seesHalves(state, right, left) ? right : undefined;
  const touched = [left, right].map((one) => touchedEntry(state, one)).filter((entry) => entry >= 0);
  const calls = new Set(touched.filter((entry) => isOnDevice(state, entry)));
  const onDevice = calls.size > 0;

  const leftIsFirst = step.pick(2) === 0;
  const [first, second] = leftIsFirst ? [left, right] : [right, left];
  const firstPart = part(step, first, contend);
  for (const entry of touched) if (isOnDevice(state, entry)) calls.add(entry);
  const secondPart = part(step, second, contend);
  for (const entry of touched) if (isOnDevice(state, entry)) calls.add(entry);
  if (firstPart.failed !== undefined && secondPart.faults === 0 && touched.length === 2 && doMeet) {
    strikeAgain(step, firstPart.failed);
  }

  const [leftPart, rightPart] = leftIsFirst ? [firstPart, secondPart] : [secondPart, firstPart];
  step.result = {
    left: torn(step, leftPart.answer, mayTear === left),
    right: torn(step, rightPart.answer, mayTear === right),
  };
  step.faults = firstPart.faults + secondPart.faults;
  step.atOnce = { mayCall: [...calls], concerned };
  step.keepsFlavours = firstPart.keepsFlavours && secondPart.keepsFlavours;
  step.blame = RACED;
  step.guided = guided;
  step.observed = observed;
  if (!doMeet) return;
  step.exercise(RACE_ONE_ORDER);
  step.exercise(RACE_ENTRIES);
  if (first.op === 'load' || second.op === 'load') step.exercise(RACE_VALUE);
  if (onDevice) step.exercise(RACE_CALLS);
  if (onDevice || step.taken > 0 || step.left.length > 0) step.exercise(RACE_BOOKS);
}

/** What one of the two came to. */
interface Part {
  readonly answer: Answer;
  readonly faults: number;
  /** The injection that its touch was struck by. */
  readonly failed: number | undefined;
  readonly keepsFlavours: boolean;
}

function part(step: Step, command: Contender, contend: Contend): Part {
  const { exercisedCount } = step;
  step.result = 'ok';
  step.blame = AT_REST;
  step.faults = 0;
  step.keepsFlavours = false;
  contend(step, command);
  const { faults, keepsFlavours } = step;
  const answer = answerOf(step.result);
  // By itself it exercises nothing: what it should have been is not told apart from what the other made of it.
  step.exercisedCount = exercisedCount;
  step.slighted.length = 0;
  step.names(-1, -1, 0);
  step.forgetPageBlame();
  const failed = faults === 0 ? undefined : answer === 'SIGBUS' ? SIGBUS : answer === 'oom' ? OOM : undefined;
  return { answer, faults, failed, keepsFlavours };
}

/** A contender is never a race itself. */
const answerOf = (result: Result): Answer => (isBoth(result) ? 'unsupported' : result);

const isOnDevice = (state: State, entry: number): boolean => {
  const object = state.entry[entry] ?? NO_OBJECT;
  return object > NO_OBJECT && state.onDevice(object);
};

/** Whether a load has beside it what changes the cells of its page one by one. */
function seesHalves(state: State, load: Contender, other: Contender): boolean {
  if (load.op !== 'load') return false;
  const here = state.at(load.process, load.page);
  switch (other.op) {
    case 'store':
      return areOneMemory(state, here, state.at(other.process, other.page));
    case 'discard':
      return here === state.at(other.process, other.page);
    case 'fork':
    case 'load':
    case 'unmap':
    case 'migrate-to-device':
    case 'migrate-to-system':
    case 'evict':
      return false;
  }
}

const torn = (step: Step, answer: Answer, may: boolean): Answer =>
  may && typeof answer === 'number' && step.pick(2) === 1 ? 'torn' : answer;

/** A touch that was under way when the other failed may have been struck as well. */
function strikeAgain(step: Step, kind: number): void {
  const left = step.state.remaining[kind] ?? 0;
  if (left > 0 && step.pick(2) === 1) step.consume(kind);
}
