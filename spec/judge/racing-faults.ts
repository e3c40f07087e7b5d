import { FIRST_FRAME, isSomeFrame, NO_OBJECT, type State, SYSTEM } from '../model/state.ts';
import type { Step } from '../model/step.ts';
import type { DriverEvent } from '../vocabulary/event.ts';
import { breach } from './callbacks-breach.ts';
import type { Breach } from './clause.ts';

/**
 * The calls of page_fault while two commands were executing: at least as many as this order of them needs, each for a
 * page that was accessed and was on a device at some time.
 *
 * @param mayCall the entries of those pages
 */
export function checkRacingFaults(
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
  return faults >= step.faults
    ? undefined
    : breach(step.attribution.faults, events, racingFaultsInWords(step, mayCall));
}

/** Whether the page may have been on that frame; the frame of a page may still be unknown. */
function isFrameOf(state: State, entry: number, frame: number): boolean {
  const object = state.entry[entry] ?? NO_OBJECT;
  if (object <= NO_OBJECT) return false;
  const place = state.place[object] ?? SYSTEM;
  return isSomeFrame(place) ? state.holderOf(frame) === NO_OBJECT : place === FIRST_FRAME + frame;
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
  return `page_fault, ${howOften(step.faults)}, for ${places.join(' or ')}`;
}

function howOften(least: number): string {
  if (least === 0) return 'if at all';
  return least === 1 ? 'once or more' : `${least} times or more`;
}
