import {
  FIRST_FRAME,
  isSomeFrame,
  NO_OBJECT,
  type State,
  someFrameOf,
  SYSTEM,
} from '../../spec/model/state.ts';
import type { Command } from '../../spec/vocabulary/command.ts';
import { blockIn, framesIn, isFrameBlock } from '../../spec/vocabulary/scope.ts';

/**
 * The states of an exported case contain names of frames, because the implementation chooses the frame of an object. A name
 * is stored as the place of its object; it is not the number of a frame.
 *
 * In a world with blocks some rules depend on the frames themselves: whether a block of frames is free, and whether a frame
 * is in a range. Therefore each step is executed with the objects on possible frames, and the state that results gets the
 * names back.
 */
export interface Placement {
  /** The state with objects on frames. */
  readonly placed: State;
  /** By frame: the name that stands for it. */
  readonly nameOf: readonly number[];
  /** For `evict-range`: the names of the frames in the range that hold an object. */
  readonly inRange?: readonly string[];
}

const LETTERS = 26;

/** A, B, … Z, A1, B1, … */
export const frameName = (frame: number): string =>
  `${String.fromCharCode(65 + (frame % LETTERS))}${frame < LETTERS ? '' : Math.floor(frame / LETTERS)}`;

/** The names of the largest number of frames. */
const NAMES_IN_ORDER: readonly string[] = Array.from({ length: 256 }, (_, frame) => frameName(frame));

/** The number of a frame's name; -1 for no name. */
export const frameNumber = (name: string | undefined): number =>
  name === undefined ? -1 : NAMES_IN_ORDER.indexOf(name);

/** Maximum number of placements of one state. */
const MAX_PLACEMENTS = 256;

/** The placements with which a command is executed in a state; undefined if there are too many. */
export function placementsFor(state: State, command: Command): readonly Placement[] | undefined {
  const { scope } = state;
  const all = Array.from({ length: framesIn(scope) }, (_, frame) => frame);
  if (scope.block === undefined) return [{ placed: state, nameOf: all }];
  const isIn = (frame: number): boolean =>
    command.op === 'evict-range' && frame >= command.frame && frame < command.frame + command.frames;
  // In a race, a command may need a block of frames that the other one has freed.
  const kindOf = (frame: number): string =>
    command.op === 'race' ? String(Math.floor((frame % scope.frames) / blockIn(scope))) : String(isIn(frame));
  const placements: Placement[] = [];
  const isComplete = place(state, kindOf, (frameOf) => {
    if (placements.length === MAX_PLACEMENTS) return false;
    const placed = renamed(state, frameOf);
    const nameOf = [...all];
    for (const [name, frame] of frameOf) nameOf[frame] = name;
    const names = [...frameOf].filter(([, frame]) => isIn(frame)).map(([name]) => frameName(name));
    placements.push({ placed, nameOf, ...(command.op === 'evict-range' && { inRange: names }) });
    return true;
  });
  return isComplete ? placements : undefined;
}

/** Objects that lie together, by their names: those of a large folio, or a base page. */
type Unit = readonly number[];

/**
 * Puts the objects on devices on frames in all ways that differ in the kinds of their frames, as compactly as these allow:
 * large folios on the first blocks, base pages on the last frames. Returns false as soon as `visit` does.
 */
function place(
  state: State,
  kindOf: (frame: number) => string,
  visit: (frameOf: ReadonlyMap<number, number>) => boolean,
): boolean {
  const { scope } = state;
  const folios: readonly Unit[] = foliosOnDevices(state);
  const inFolios = new Set(folios.flat());
  const names = Array.from({ length: framesIn(scope) }, (_, name) => name);
  const single: readonly Unit[] = names
    .filter((name) => state.holderOf(name) !== NO_OBJECT && !inFolios.has(name))
    .map((name) => [name]);
  const units = [...folios, ...single];
  const frameOf = new Map<number, number>();
  const used = new Set<number>();
  const step = (at: number): boolean => {
    const unit = units[at];
    if (unit === undefined) return visit(frameOf);
    const [first = 0] = unit;
    const device = state.deviceOfFrame(first);
    const onDevice = names.filter((frame) => state.deviceOfFrame(frame) === device);
    const heads =
      unit.length > 1 ? onDevice.filter((frame) => isFrameBlock(scope, frame)) : onDevice.toReversed();
    const kinds = new Set<string>();
    return heads.every((head) => {
      const frames = unit.map((_, part) => head + part);
      const kind = frames.map(kindOf).join();
      if (kinds.has(kind) || frames.some((frame) => used.has(frame))) return true;
      kinds.add(kind);
      for (const [part, name] of unit.entries()) frameOf.set(name, head + part);
      for (const frame of frames) used.add(frame);
      const goesOn = step(at + 1);
      for (const frame of frames) used.delete(frame);
      return goesOn;
    });
  };
  return step(0);
}

/** The frames, or names of frames, of each large folio on a device, in order. */
export function foliosOnDevices(state: State): readonly (readonly number[])[] {
  const heads = [...state.folio.keys()].filter(
    (object) =>
      state.isInFolio(object) && state.partOf(object) === 0 && (state.place[object] ?? SYSTEM) >= FIRST_FRAME,
  );
  return heads.map((head) =>
    state.membersOf(head).map((member) => (state.place[member] ?? SYSTEM) - FIRST_FRAME),
  );
}

/** The frames, or names of frames, of the large folio that has one of them; empty if none has. */
export const folioOn = (state: State, frame: number): readonly number[] =>
  foliosOnDevices(state).find((frames) => frames.includes(frame)) ?? [];

/** The state with its objects on other frames of their devices. */
function renamed(state: State, frameOf: ReadonlyMap<number, number>): State {
  const copy = state.clone();
  const onFrames = [...state.place.entries()].filter(([, at]) => at >= FIRST_FRAME);
  // First away from all frames, so that no two objects are on one.
  for (const [object, at] of onFrames) copy.setPlace(object, someFrameOf(state.deviceOf(at)));
  for (const [object, at] of onFrames) {
    copy.setPlace(object, FIRST_FRAME + (frameOf.get(at - FIRST_FRAME) ?? at - FIRST_FRAME));
  }
  return copy;
}

/**
 * The state after a step, with the names of the frames before it and the first free names for new frames. Undefined if
 * there are not enough blocks of frames for its large folios: such an outcome cannot happen.
 */
export function namedAgain(state: State, { nameOf }: Placement): State | undefined {
  const { scope } = state;
  if (scope.block === undefined) {
    assignFrameNames(state);
    return state;
  }
  const named = renamed(state, new Map(nameOf.entries()));
  assignFrameNames(named);
  return place(
    named,
    () => '',
    () => false,
  )
    ? undefined
    : named;
}

/** Gives every object on a frame without a name the first free name. No rule depends on names. */
function assignFrameNames(state: State): void {
  for (let object = 1; object < state.objectEnd; object++) {
    const at = state.place[object] ?? SYSTEM;
    if (!state.exists(object) || !isSomeFrame(at)) continue;
    let frame = state.deviceOf(at) * state.scope.frames;
    while (state.holderOf(frame) !== NO_OBJECT) frame++;
    state.setPlace(object, FIRST_FRAME + frame);
  }
}
