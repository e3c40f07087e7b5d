import type { RequirementId } from '../requirements/catalogue.ts';
import { type DriverEvent, isFrameEvent } from '../vocabulary/event.ts';
import { eventInWords } from '../vocabulary/words.ts';
import type { Breach } from './verdict.ts';
import { FIRST_FRAME, isSomeFrame, NO_OBJECT, type State, SYSTEM } from '../model/state.ts';
import { headOf } from '../model/folio.ts';
import type { Step } from '../model/step.ts';
import { referencesInFree } from '../profiles/profile.ts';
import { blockIn, type Scope } from '../vocabulary/scope.ts';
import type { Observation } from '../vocabulary/observation.ts';
import { PRESENT } from '../vocabulary/snapshot.ts';

/** Whether `eventsByFrame` made an event, for a further frame of a large folio. */
const isFurtherFrame = (event: DriverEvent, before: DriverEvent | undefined): boolean =>
  isFrameEvent(event) &&
  event.large === true &&
  before?.event === event.event &&
  before.large === true &&
  before.frame === event.frame - 1;

/** A mismatch between the expected callbacks of the driver and those that it received, with all of the latter. */
function breach(requirement: RequirementId, events: readonly DriverEvent[], expected: string): Breach {
  const calls = events.filter((event, at) => !isFurtherFrame(event, events[at - 1]));
  const seen = calls.length === 0 ? 'no callback' : calls.map(eventInWords).join(', ');
  return { clause: 'callbacks', requirement, expected, observed: seen };
}

/**
 * The calls of page_fault while two commands were executing: at least as many as this order of them needs (exactly as
 * many where they lock the page), each for a page that was accessed and was on a device at some time.
 *
 * @param mayCall the entries of those pages
 */
function checkRacingFaults(
  step: Step,
  mayCall: readonly number[],
  events: readonly DriverEvent[],
  before: State,
): Breach | undefined {
  let faults = 0;
  for (const event of events) {
    if (event.event !== 'fault') continue;
    faults++;
    const { device, frame, page, process } = event;
    const isAccessed = mayCall.some((entry) => entry === before.at(process, page));
    const wasHeld =
      frame === undefined ||
      isFrameOf(before, before.at(process, page), frame) ||
      wasTaken(step, events, frame);
    if (!isAccessed || !wasHeld)
      return breach('race.page-fault-calls', events, racingFaultsInWords(step, mayCall));
    if (device !== undefined && frame !== undefined && device !== before.deviceOfFrame(frame)) {
      return breach('devices.owner-called', events, racingFaultsInWords(step, mayCall));
    }
  }
  if (step.atOnce?.isExact === true && faults > step.faults) {
    return breach('race.locked-fault', events, racingFaultsInWords(step, mayCall));
  }
  return faults >= step.faults
    ? undefined
    : breach(step.attribution.faults, events, racingFaultsInWords(step, mayCall));
}

/**
 * Whether the page may have been on that frame, or in a large folio that begins there; the frame of a page may still be
 * unknown.
 */
function isFrameOf(state: State, entry: number, frame: number): boolean {
  const object = state.entry[entry] ?? NO_OBJECT;
  if (object <= NO_OBJECT) return false;
  const place = state.place[object] ?? SYSTEM;
  if (isSomeFrame(place)) return state.holderOf(frame) === NO_OBJECT;
  return place === FIRST_FRAME + frame || headOf(state, object, entry) === FIRST_FRAME + frame;
}

/** Whether the frame was allocated during the step; if allocations are not shown, it may have been. */
const wasTaken = (step: Step, events: readonly DriverEvent[], frame: number): boolean =>
  step.judging.allocations
    ? events.some((event) => event.event === 'alloc' && event.frame === frame)
    : step.mayAllocateFrames;

/** The allowed calls, in words. */
export function racingFaultsInWords(step: Step, mayCall: readonly number[]): string {
  const { pages } = step.state.scope;
  if (mayCall.length === 0) return 'no page_fault';
  const places = mayCall.map((entry) => `process ${Math.floor(entry / pages)}, page ${entry % pages}`);
  const often =
    step.atOnce?.isExact === true
      ? `exactly ${step.faults} ${step.faults === 1 ? 'time' : 'times'}`
      : howOften(step.faults);
  return `page_fault, ${often}, for ${places.join(' or ')}`;
}

function howOften(least: number): string {
  if (least === 0) return 'if at all';
  return least === 1 ? 'once or more' : `${least} times or more`;
}

/**
 * The driver's callbacks. page_fault is called as often as the outcome states, each time for the page that was
 * accessed. For every frame, allocations less frees equal the change in whether it holds an object.
 *
 * @param before the state before the step
 */
export function checkCallbacks(step: Step, observation: Observation, before: State): Breach | undefined {
  const events = eventsByFrame(observation.events, before.scope);
  const isSilent = events.length === 0 && step.splits.length === 0;
  if (isSilent && step.faults === 0 && step.left.length === 0 && step.taken === 0) return undefined;
  return (
    (step.atOnce === undefined
      ? checkFaults(step, events)
      : checkRacingFaults(step, step.atOnce.mayCall, events, before)) ??
    checkFreeState(step, events) ??
    checkFrames(step, events, observation, before) ??
    checkSplits(step, observation.events)
  );
}

/** The events of large folios as one event for each of their frames, which says so. */
export const eventsByFrame = (events: readonly DriverEvent[], scope: Scope): readonly DriverEvent[] =>
  scope.block === undefined
    ? events
    : events.flatMap((event) =>
        !isFrameEvent(event) || event.large !== true
          ? [event]
          : Array.from({ length: blockIn(scope) }, (_, part) => ({ ...event, frame: event.frame + part })),
      );

function checkFaults(step: Step, events: readonly DriverEvent[]): Breach | undefined {
  let faults = 0;
  for (const event of events) {
    if (event.event !== 'fault') continue;
    faults++;
    const frame = step.faultPlace - FIRST_FRAME;
    const right =
      event.process === step.process &&
      event.page === step.page &&
      (event.frame === undefined ||
        frame < 0 ||
        event.frame === frame ||
        event.frame === step.faultHead - FIRST_FRAME);
    if (step.faults > 0 && !right) return breach('fault.calls-once', events, faultsInWords(step));
    if (step.faults > 0 && event.device !== undefined && event.device !== ownerOf(step)) {
      return breach('devices.owner-called', events, faultsInWords(step));
    }
  }
  return faults === step.faults ? undefined : breach(step.attribution.faults, events, faultsInWords(step));
}

/** The device whose driver must be called. */
const ownerOf = (step: Step): number => step.state.deviceOf(step.faultPlace);

function faultsInWords(step: Step): string {
  if (step.faults === 0) return 'no page_fault';
  const frame = step.faultPlace >= FIRST_FRAME ? `, frame ${step.faultPlace - FIRST_FRAME}` : '';
  const several = step.state.attached.length > 1 && step.faultPlace !== SYSTEM;
  const device = several ? `, device ${ownerOf(step)}` : '';
  const times = step.faults === 1 ? 'once' : `${step.faults} times`;
  return `page_fault(process ${step.process}, page ${step.page}${frame}${device}) ${times}`;
}

/** Inside page_free the counts of the frame are already those of an idle frame. */
function checkFreeState(step: Step, events: readonly DriverEvent[]): Breach | undefined {
  const idle = referencesInFree(step.judging.profile);
  for (const event of events) {
    if (event.event !== 'free') continue;
    if ((event.maps ?? 0) !== 0 || (event.refs ?? idle) !== idle) {
      return breach(
        'count.free-unmapped',
        events,
        `page_free(frame ${event.frame}: references ${idle}, mappings 0)`,
      );
    }
  }
  return undefined;
}

/** The number of times that a frame was allocated, less the number of times that it was freed. */
export const netAllocations = (events: readonly DriverEvent[], frame: number): number =>
  count(events, 'alloc', frame) - count(events, 'free', frame);

function count(events: readonly DriverEvent[], kind: 'free' | 'alloc', frame: number): number {
  let found = 0;
  for (const event of events) if (event.event === kind && event.frame === frame) found++;
  return found;
}

/**
 * The accounting of the frames. If allocations are shown, they balance frame by frame. Otherwise only frees are
 * visible, and a command that allocates frames may free one that it did not use.
 */
function checkFrames(
  step: Step,
  events: readonly DriverEvent[],
  { state }: Observation,
  before: State,
): Breach | undefined {
  const { left, taken, judging } = step;
  let freed = 0;
  let allocated = 0;
  for (const event of events) {
    if (event.event === 'free') freed++;
    else if (event.event === 'alloc') allocated++;
  }
  const expected = (): string => framesInWords(step);
  for (const event of events) {
    if (!isFrameEvent(event)) continue;
    const { frame } = event;
    const leaves = step.leaves(frame);
    const held = before.holderOf(frame) !== NO_OBJECT;
    const frees = count(events, 'free', frame);
    if (held && !leaves) {
      const requirement =
        event.event === 'alloc'
          ? 'count.one-object'
          : isNeighbourBack(step, before, frame, state?.entries)
            ? freedRule(step, events, before, 'fault.extras-optional')
            : freedRule(step, events, before, step.attribution.frees);
      return breach(requirement, events, expected());
    }
    if (judging.allocations) {
      // A frame that held an object ends free or allocated again; one that held none ends as it was, or allocated.
      const net = netAllocations(events, frame);
      const mayHaveHeld = leaves || left.some(isSomeFrame);
      if (net > (leaves ? 0 : 1) || net < (mayHaveHeld ? -1 : 0)) {
        return breach(step.attribution.frees, events, expected());
      }
    } else if (frees > 1 && !step.mayAllocateFrames) {
      return breach(step.attribution.frees, events, expected());
    }
  }
  for (const event of events) {
    if (event.event !== 'free' || !step.leaves(event.frame)) continue;
    const isLarge = step.leftLarge.includes(FIRST_FRAME + event.frame);
    if (isLarge !== (event.large === true) && count(events, 'alloc', event.frame) === 0)
      return breach('folio.free-once', events, expected());
  }
  for (const place of left) {
    if (!isSomeFrame(place) && count(events, 'free', place - FIRST_FRAME) === 0) {
      return breach(step.attribution.frees, events, expected());
    }
  }
  const balanced = judging.allocations
    ? allocated - freed === taken - left.length
    : step.mayAllocateFrames
      ? freed >= left.length
      : freed === left.length;
  return balanced ? undefined : breach(step.attribution.frees, events, expected());
}

/**
 * The calls of folio_split: for each large folio on a device that was split, one for each further frame in order, and one
 * at the end.
 */
function checkSplits(step: Step, events: readonly DriverEvent[]): Breach | undefined {
  if (!step.judging.splits) return undefined;
  const heads = completeSplits(events, step.state.scope);
  const named = step.splits.filter((place) => !isSomeFrame(place)).map((place) => place - FIRST_FRAME);
  const isRight = heads?.length === step.splits.length && named.every((frame) => heads.includes(frame));
  if (isRight) return undefined;
  const rule =
    heads !== undefined && heads.length > step.splits.length
      ? step.attribution.folio
      : 'folio.split-callbacks';
  const places = step.splits.map((place) =>
    isSomeFrame(place) ? 'its frame' : `frame ${place - FIRST_FRAME}`,
  );
  const expected =
    places.length === 0
      ? 'no folio_split'
      : `folio_split for each further frame and at the end, for the large folio at ${places.join(', ')}`;
  return breach(rule, events, expected);
}

/** The first frames of the large folios whose split was reported completely; undefined if one was not. */
function completeSplits(events: readonly DriverEvent[], scope: Scope): readonly number[] | undefined {
  const heads: number[] = [];
  let tails = 0;
  let head = -1;
  for (const event of events) {
    if (event.event !== 'split') continue;
    if (tails > 0 && event.frame !== head) return undefined;
    head = event.frame;
    if (event.tail !== undefined) {
      tails++;
      if (event.tail !== head + tails || tails >= blockIn(scope)) return undefined;
    } else if (tails === blockIn(scope) - 1) {
      heads.push(head);
      tails = 0;
    } else return undefined;
  }
  return tails === 0 ? heads : undefined;
}

/**
 * The rule that is broken by freeing a frame in use. If the frame of the accessed page was freed as well, a page of
 * other processes was migrated along with it, which is forbidden; further pages of the same process may migrate.
 */
function freedRule(
  step: Step,
  events: readonly DriverEvent[],
  before: State,
  otherwise: RequirementId,
): RequirementId {
  const { faults, left, process } = step;
  if (faults === 0 || process < 0 || left.length === 0) return otherwise;
  const first = process * before.scope.pages;
  const isForeign = (event: DriverEvent): boolean => {
    if (event.event !== 'free') return false;
    const object = before.holderOf(event.frame);
    return object !== NO_OBJECT && !before.isSeenBetween(object, first, first + before.scope.pages);
  };
  const isBeside = left.every(
    (place) => isSomeFrame(place) || count(events, 'free', place - FIRST_FRAME) === 1,
  );
  return isBeside && events.some(isForeign) ? 'fault.extras-own' : otherwise;
}

/**
 * Whether a fault migrated the page of another frame to system memory, completely and in order, although it must stay.
 */
function isNeighbourBack(
  step: Step,
  before: State,
  frame: number,
  entries: readonly number[] | undefined,
): boolean {
  if (step.faults === 0 || entries === undefined) return false;
  const page = before.holderOf(frame);
  return before.entry.every((object, at) => object !== page || entries[at] === PRESENT);
}

function framesInWords(step: Step): string {
  const parts: string[] = [];
  for (const place of step.left) {
    const large = step.leftLarge.includes(place) ? ' with its large folio' : '';
    parts.push(
      isSomeFrame(place)
        ? `page_free of its frame once${large}`
        : `page_free(frame ${place - FIRST_FRAME}) once${large}`,
    );
  }
  if (step.taken > 0) parts.push(`${step.taken} ${step.taken === 1 ? 'frame' : 'frames'} taken`);
  return parts.length === 0 ? 'no page_free' : parts.join(', ');
}
