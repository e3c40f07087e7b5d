import type { CommandOf, RaceSide } from '../vocabulary/command.ts';
import type { DriverEvent } from '../vocabulary/event.ts';
import { type Answer, isBoth } from '../vocabulary/result.ts';
import { RACE } from './attribution/attribution.ts';
import { accessedEntry, namesEntry } from './meeting.ts';
import {
  askLate,
  beginAccess,
  beginFill,
  beginnings,
  mayAskLate,
  mustAsk,
  mustFill,
  RacingCalls,
  useInjectionAgain,
} from './racing-access.ts';
import { FIRST_FRAME, isSomeFrame, mayWrite, NO_OBJECT, type State } from './state.ts';
import {
  isWriter,
  mayBeLeftHalf,
  type PerformSide,
  RacingSide,
  seesHalves,
  settleHalves,
} from './racing-side.ts';
import type { Step } from './step.ts';
import { becomeDirtyOrClean } from './tracking.ts';
import { choice, covers } from './choice.ts';

const TURN = choice('next part', 'left', 'right');
const STORE = choice('store', 'not begun', 'half done');
const EVICTED_PAGE = choice('page of the evict', 'at its old address', 'at its new address');
const FILL = choice('page of its own', 'after the other command', 'before');
const KERNEL_PIN = choice('kernel store pins the page', 'not during the fork', 'during the fork');
const VALUE = choice('value', 'whole', 'torn');

/**
 * Two concurrent commands: they take effect in some sequential order of their parts, by the rules of the single
 * commands. No hint is followed within a race, because the observation describes the effect of both commands together.
 */
export function race(step: Step, { left, right }: CommandOf<'race'>, contend: PerformSide): void {
  const { guided, observed, state } = step;
  step.guided = false;
  step.observed = undefined;
  const meeting = step.meetingOf(left, right);
  const mayTear = { left: seesHalves(state, left, right), right: seesHalves(state, right, left) };
  const calls = new RacingCalls(step, left, right);
  const onDevice = calls.entries.size > 0;

  const reported =
    step.toTheEnd || observed === undefined || !isBoth(observed.result) ? undefined : observed.result;
  const sides = {
    left: new RacingSide(step, left, right, meeting.right, reported?.left),
    right: new RacingSide(step, right, left, meeting.left, reported?.right),
  };
  const events = step.toTheEnd || !step.judging.callbacks ? undefined : observed?.events;
  const turn = new Turn();
  step.point = (where) => {
    if (events !== undefined && contradict(events, step, calls)) step.ruleOut();
    else {
      step.mergeOutcomes(
        () => `${where()} ${turn.now} ${sides.left.soFar} ${sides.right.soFar} ${calls.soFar}`,
      );
    }
  };
  goInSomeOrder(step, sides.left, sides.right, contend, calls, turn);
  step.point = undefined;
  settleHalves(step);

  step.result = {
    left: torn(step, sides.left.answer, mayTear.left),
    right: torn(step, sides.right.answer, mayTear.right),
  };
  step.faults = calls.least;
  step.atOnce = { mayCall: [...calls.entries], isExact: calls.isExact, concerned: meeting.either };
  step.keepsWritable = sides.left.keepsWritable && sides.right.keepsWritable;
  step.select(RACE.raced);
  mayReplaceWhole(step, left, right);
  step.guided = guided;
  step.observed = observed;
  if (!meeting.isMet) return;
  step.refine(RACE.met);
  if (isReader(left) || isReader(right)) step.refine(RACE.metReader);
  if (onDevice) step.refine(RACE.metOnDevice);
  if (calls.isExact) step.refine(RACE.metLockedFault);
  if (onDevice || step.taken > 0 || step.left.length > 0) step.refine(RACE.metFrames);
}

/**
 * A protect of a page changes its mapping before its entry. In between, a migration may map the block by a whole entry,
 * which the protect then replaces.
 */
function mayReplaceWhole(step: Step, left: RaceSide, right: RaceSide): void {
  for (const side of [left, right]) {
    if (side.op !== 'protect' || side.whole === true) continue;
    step.mayReplaceWhole = true;
    step.names(side.process, side.page);
  }
}

/** Whether the observed callbacks contradict every continuation: too few faults, or no free for a released frame. */
function contradict(events: readonly DriverEvent[], { left, state }: Step, calls: RacingCalls): boolean {
  let faults = 0;
  for (const { event } of events) if (event === 'fault') faults++;
  if (calls.least > faults) return true;
  return left.some(
    (place) =>
      !isSomeFrame(place) &&
      !events.some((one) => one.event === 'free' && covers(one, place - FIRST_FRAME, state.scope)),
  );
}

/** The side that runs next, as part of the key of a point. */
class Turn {
  now = '';
}

/** Runs the parts of both sides in one of the allowed orders. */
function goInSomeOrder(
  step: Step,
  left: RacingSide,
  right: RacingSide,
  contend: PerformSide,
  calls: RacingCalls,
  turn: Turn,
): void {
  while (left.next !== undefined && right.next !== undefined) {
    turn.now = '';
    if (!step.passes(() => 'turn')) return;
    const [goes, waits] = step.choose(TURN) === 'left' ? [left, right] : [right, left];
    turn.now = goes === left ? 'left' : 'right';
    const late = interrupt(step, waits, goes.next, contend, calls);
    if (late !== undefined) turn.now += ' late';
    const held = heldForStore(step, waits.next, goes.next);
    if (held !== NO_OBJECT) turn.now += ' held';
    if (!step.passes(() => 'go')) return;
    hold(step.state, held, 1);
    goes.advance(step, contend, calls);
    hold(step.state, held, -1);
    if (late !== undefined) calls.note(askLate(step, late));
  }
  const [through, last] = left.next === undefined ? [left, right] : [right, left];
  const before = calls.least;
  turn.now = `last ${before}`;
  while (last.next !== undefined) {
    if (!step.passes(() => 'go')) return;
    const isAccess = accessedEntry(step.state, last.next) >= 0;
    last.advance(step, contend, calls);
    const mayFailAgain = isAccess && !calls.isExact && calls.least === before;
    if (mayFailAgain && through.failed !== undefined) useInjectionAgain(step, through.failed);
  }
}

/** Lets a waiting access begin before the other side continues. Returns it if it calls page_fault afterwards. */
function interrupt(
  step: Step,
  waits: RacingSide,
  other: RaceSide | undefined,
  contend: PerformSide,
  calls: RacingCalls,
): RaceSide | undefined {
  const access = waits.next;
  if (access === undefined || other === undefined) return undefined;
  if (isWriter(access) && mayBeLeftHalf(step.state, access, other) && step.choose(STORE) === 'half done') {
    waits.storeHalf(step, contend, calls);
    return undefined;
  }
  if (access.op === 'evict' && other.op === 'move') {
    const isItsPage = namesEntry(step.state, other, step.state.at(access.process, access.page));
    const to = other.whole === true ? access.page + other.to - other.page : other.to;
    if (isItsPage && step.choose(EVICTED_PAGE) === 'at its new address') waits.follow(to);
    return undefined;
  }
  if (mustAsk(step.state, access)) {
    const count = beginnings(step.state, access, other, calls.isExact);
    const outcome = step.chooseNumber(
      'beginning of the access',
      count + (mayAskLate(step.state, access, other) ? 1 : 0),
    );
    if (outcome === 0) return undefined;
    if (outcome > count) return access;
    calls.note(beginAccess(step, access, outcome - 1, calls.isExact));
  }
  if (mustFill(step.state, access, other) && step.choose(FILL) === 'before') beginFill(step, access);
  return undefined;
}

/**
 * The object that a kernel store pins while a fork copies it. In most cases the results equal those of the fork before
 * the store; but a fork may charge a group beyond its limit, and the copy is dirty if the entry became dirty before.
 */
function heldForStore(step: Step, store: RaceSide | undefined, fork: RaceSide | undefined): number {
  const { state, judging } = step;
  if (store?.op !== 'kernel-store' || fork?.op !== 'fork' || !judging.profile.forkCopiesPinned)
    return NO_OBJECT;
  const entry = state.at(store.process, store.page);
  const object = state.entry[entry] ?? NO_OBJECT;
  const mayBeHeld =
    store.process === fork.process &&
    object > NO_OBJECT &&
    !state.onDevice(object) &&
    state.maps[object] === 1 &&
    mayWrite(state.mapping[entry] ?? 0);
  if (!mayBeHeld || step.choose(KERNEL_PIN) === 'not during the fork') return NO_OBJECT;
  becomeDirtyOrClean(state, entry);
  return object;
}

function hold({ pins }: State, object: number, by: number): void {
  if (object !== NO_OBJECT) pins[object] = (pins[object] ?? 0) + by;
}

const READERS: ReadonlySet<RaceSide['op']> = new Set([
  'load',
  'kernel-load',
  'peek',
  'device-load',
  'unpin',
  'device-exchange',
] as const);

const isReader = ({ op }: RaceSide): boolean => READERS.has(op);

const torn = (step: Step, answer: Answer, may: boolean): Answer =>
  may && typeof answer === 'number' && step.choose(VALUE) === 'torn' ? 'torn' : answer;
