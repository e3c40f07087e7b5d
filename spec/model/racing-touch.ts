import type { Contender } from '../vocabulary/command.ts';
import { bringExtras } from './bring-back.ts';
import { areOneMemory, touchedEntry } from './meeting.ts';
import { ownPage } from './own-page.ts';
import { isFile, mayRead, mayWrite } from './permission.ts';
import { NO_OBJECT, OOM, SIGBUS, type State, SYSTEM } from './state.ts';
import type { Step } from './step.ts';
import { reach } from './touch.ts';
import { BY_CPU } from './touch-kind.ts';

/** Whether what an entry sees is on a device. */
export const isOnDevice = (state: State, entry: number): boolean => {
  const object = state.entry[entry] ?? NO_OBJECT;
  return object > NO_OBJECT && state.onDevice(object);
};

/** Whether a command is a touch that must ask for its page. */
export const mustAsk = (state: State, command: Contender): boolean => {
  const entry = touchedEntry(state, command);
  if (entry < 0 || !isOnDevice(state, entry)) return false;
  const mapping = state.mapping[entry] ?? 0;
  return command.op === 'store' ? mayWrite(mapping) : mayRead(mapping);
};

/** Whether a command is a store to a page of a file, which is to be copied first. */
export const mustFill = (state: State, command: Contender): boolean => {
  if (command.op !== 'store') return false;
  const entry = touchedEntry(state, command);
  const mapping = state.mapping[entry] ?? 0;
  return isFile(mapping) && state.entry[entry] === NO_OBJECT && mayWrite(mapping);
};

/**
 * The page of a file has become the process's own, and is not stored to yet.
 *
 * @example `store` beside a migration: the copy moves to the device, and the store brings it back
 */
export function beginFill(step: Step, command: Contender): void {
  const { exercisedCount } = step;
  if (ownPage(step, touchedEntry(step.state, command), BY_CPU.memory) === undefined) step.ruleOut();
  step.exercisedCount = exercisedCount;
}

/** What may have come of a touch when the other command comes between. */
const BEGINNINGS = [bringOthersOnly, bringOnly, askInVain] as const;

/** How many of these there are beside another command: whatever else two touches do, one of them does after the other. */
export const waysToBegin = (state: State, other: Contender): number =>
  touchedEntry(state, other) >= 0 ? 1 : BEGINNINGS.length;

/**
 * A touch is no one thing: first page_fault is called, and again where it came to nothing, and only then the page is
 * touched. Another command may come between. Goes one such way, and answers how often page_fault was called.
 *
 * @example `load` beside `unmap`: the page comes back, is unmapped, and the load ends in SIGSEGV
 */
export function beginTouch(step: Step, command: Contender, way: number): number {
  step.faults = 0;
  const calls = BEGINNINGS[way]?.(step, command, touchedEntry(step.state, command)) ?? 0;
  // Nothing came of it: that is the other order.
  if (calls === 0) step.ruleOut();
  return calls;
}

function bringOnly(step: Step, command: Contender, entry: number): number {
  return reach(step, entry, command.op === 'store', BY_CPU) ? step.faults : 0;
}

/** Calls for which there was no memory, and after which the touch is tried again. */
function askInVain(step: Step, _: Contender, entry: number): number {
  const object = step.state.entry[entry] ?? NO_OBJECT;
  let calls = 0;
  while (step.strikes(OOM, object, entry) && !step.lasting(OOM)) {
    step.consume(OOM);
    calls++;
    if (step.pick(2) === 0) break;
  }
  return calls;
}

/**
 * The page is in somebody else's hands just then, but others of the process came back, or an injection was used up in
 * trying; and since the touch is tried again, so are they.
 */
function bringOthersOnly(step: Step, _: Contender, entry: number): number {
  const { state } = step;
  step.faultPlace = state.place[state.entry[entry] ?? NO_OBJECT] ?? SYSTEM;
  for (let calls = 1; ; calls++) {
    if (!step.passes(() => `others ${entry} ${calls}`)) return calls;
    const [came, left] = [step.left.length, attemptsThatFail(state)];
    bringExtras(step, entry, `${calls} ${came} ${left}`);
    const hasFailed = attemptsThatFail(state) < left;
    if (step.left.length === came && !hasFailed) return 0;
    if (!hasFailed || step.pick(2) === 0) return calls;
  }
}

/** How many attempts to bring a page back are still to fail. */
const attemptsThatFail = ({ remaining }: State): number => (remaining[SIGBUS] ?? 0) + (remaining[OOM] ?? 0);

/** A touch that was under way when another one failed may have been struck as well, though nothing comes of it. */
export function strikeAgain(step: Step, kind: number): void {
  const left = step.state.remaining[kind] ?? 0;
  if (left > 0 && step.pick(2) === 1) step.consume(kind);
}

/** Whether a load has beside it what changes the cells of its page one by one. */
export function seesHalves(state: State, load: Contender, other: Contender): boolean {
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
