import {
  FIRST_FRAME,
  isSomeFrame,
  LIKELY_WRITABLE,
  MAYBE_EXCLUSIVE,
  NO_OBJECT,
  READ_ONLY,
  type State,
  SYSTEM,
  WRITABLE,
} from '../model/state.ts';
import type { Step } from '../model/step.ts';
import type { DriverEvent } from '../vocabulary/event.ts';
import type { Observation } from '../vocabulary/observation.ts';
import { frameOf, isDeviceEntry, isWriteEntry, PRESENT, UNMAPPED } from '../vocabulary/snapshot.ts';
import { eventsByFrame, netAllocations } from './callbacks-clause.ts';
import { isOnBlock, maySplitWhole } from './folios-clause.ts';

/**
 * The model leaves choices open that an observation shows: the frame of an object, whether an entry is writable or
 * exclusive to a device, and the split of a whole entry. The state adopts them here, after the callbacks and before the
 * snapshot is compared, so that the clauses only compare. A part of an observation that shows no allowed choice leaves
 * the state as it is, and its clause reports the mismatch.
 */
export function adoptChoices(step: Step, { events, state }: Observation): void {
  if (events.length > 0) adoptAllocation(step, events);
  if (state?.entries === undefined) return;
  adoptEntries(step, state.entries);
  if (state.whole === undefined || state.large === undefined) return;
  adoptFolioFrames(step.state);
  adoptSplits(step, state.whole);
}

/** If exactly one frame was allocated for exactly one object, it is the frame of that object. */
function adoptAllocation(step: Step, events: readonly DriverEvent[]): void {
  const { state, taken, allocatedObject, judging } = step;
  const place = state.place[allocatedObject] ?? SYSTEM;
  if (taken !== 1 || !judging.allocations || !isSomeFrame(place)) return;
  const all = eventsByFrame(events, state.scope);
  let shown = -1;
  for (const event of all) {
    if (event.event !== 'alloc' || !isFreeOn(state, event.frame, place)) continue;
    const held = step.leaves(event.frame) ? 1 : 0;
    if (held + netAllocations(all, event.frame) !== 1 || event.frame === shown) continue;
    if (shown >= 0) return;
    shown = event.frame;
  }
  if (shown >= 0) state.setPlace(allocatedObject, FIRST_FRAME + shown);
}

/** Whether a frame holds no object and is of the device of a place whose frame is unknown. */
const isFreeOn = (state: State, frame: number, place: number): boolean =>
  state.deviceOfFrame(frame) === state.deviceOf(place) && state.holderOf(frame) === NO_OBJECT;

/** The frame and the writability of each device entry, and exclusive access to pages in system memory. */
function adoptEntries(step: Step, codes: readonly number[]): void {
  const { state } = step;
  const { entry: objects, place: places, writable } = state;
  for (let entry = 0; entry < objects.length; entry++) {
    const object = objects[entry] ?? NO_OBJECT;
    if (object <= NO_OBJECT) continue;
    const code = codes[entry] ?? UNMAPPED;
    const place = places[object] ?? SYSTEM;
    if (place === SYSTEM) {
      if (code === PRESENT && writable[entry] === MAYBE_EXCLUSIVE) writable[entry] = READ_ONLY;
      continue;
    }
    if (!isDeviceEntry(code)) continue;
    const frame = frameOf(code);
    if (isSomeFrame(place)) {
      if (!isFreeOn(state, frame, place)) continue;
      state.setPlace(object, FIRST_FRAME + frame);
    } else if (place !== FIRST_FRAME + frame) continue;
    adoptWritable(step, entry, isWriteEntry(code));
  }
}

function adoptWritable(step: Step, entry: number, isWrite: boolean): void {
  const { writable } = step.state;
  const before = writable[entry] ?? READ_ONLY;
  if (before === READ_ONLY) return;
  if (isWrite) {
    writable[entry] = WRITABLE;
    return;
  }
  if (step.keepsWritable && before === WRITABLE) return;
  if (before >= LIKELY_WRITABLE) {
    if (step.isStrict) return;
    step.breakShould('migrate.keeps-write');
  }
  writable[entry] = READ_ONLY;
}

/** The frames of each large folio of which one frame is known. */
function adoptFolioFrames(state: State): void {
  for (let object = 1; object < state.folio.length; object++) {
    const place = state.place[object] ?? SYSTEM;
    if (!state.isInFolio(object) || place < FIRST_FRAME) continue;
    const head = place - FIRST_FRAME - state.partOf(object);
    if (!isOnBlock(state, object, head)) continue;
    for (const [part, member] of state.membersOf(object).entries()) {
      if (isSomeFrame(state.place[member] ?? SYSTEM)) state.setPlace(member, FIRST_FRAME + head + part);
    }
  }
}

/** The split of whole entries, where the command may split them. */
function adoptSplits(step: Step, whole: readonly boolean[]): void {
  const { state } = step;
  for (let entry = 0; entry < state.entry.length; entry++) {
    if (whole[entry] === true || !state.isWhole(entry) || !maySplitWhole(step, entry)) continue;
    if (state.blockOf(entry).every((part) => whole[part] !== true)) state.splitEntry(entry);
  }
}
