import { stateKey } from '../../spec/model/canonical.ts';
import { applyRule } from '../../spec/model/commands.ts';
import { judgingOptionsFor } from '../../spec/model/judging-options.ts';
import {
  FIRST_FRAME,
  isCommon,
  isFile,
  isSomeFrame,
  NO_OBJECT,
  State,
  SYSTEM,
  isExclusive,
  isPoison,
  MAYBE_EXCLUSIVE,
  NOT_MAPPED,
  READ_ONLY,
  WRITABLE,
} from '../../spec/model/state.ts';
import { Step } from '../../spec/model/step.ts';
import { PROFILES } from '../../spec/profiles/profile.ts';
import { Admission } from '../../spec/vocabulary/admission.ts';
import type { Capability } from '../../spec/vocabulary/capability.ts';
import type { Case } from '../../spec/vocabulary/case.ts';
import type { Command } from '../../spec/vocabulary/command.ts';
import type { Result } from '../../spec/vocabulary/result.ts';
import {
  folioOn,
  foliosOnDevices,
  frameName,
  namedAgain,
  placementsFor,
  type Placement,
} from './frame-names.ts';
import { settledStates } from './settled-states.ts';

/** A page for which page_fault may be called in a race, and the frame that it was on before, if any. */
interface PlaceAccessed {
  readonly process: number;
  readonly page: number;
  readonly frame?: string;
  /** The first frame of the large folio that a whole entry mapped the page with: the call may be for it instead. */
  readonly head?: string;
}

/** One allowed execution of a step: from one of the states before it to one of the states after it. */
export interface ExpectedOutcome {
  readonly from: number;
  readonly to: number;
  readonly result: Result;
  /** The number of calls of page_fault and their arguments; left out if it is not called. */
  readonly faults?: {
    readonly times: number;
    readonly process: number;
    readonly page: number;
    readonly frame?: string;
    /** In a world with blocks: the first frame of its large folio, for which the call may be instead. */
    readonly head?: string;
    /** The device whose driver is called, if there are several. */
    readonly device?: number;
  };
  /**
   * For a race, instead of `faults`: the minimum number of calls of page_fault, the maximum number where there is one,
   * and the pages that it may be for.
   */
  readonly calls?: {
    readonly atLeast: number;
    readonly atMost?: number;
    readonly places: readonly PlaceAccessed[];
  };
  /** The frames that lose their object; null for one that was allocated in the same step. Left out if there are none. */
  readonly releases?: readonly (string | null)[];
  /** Those of them that are freed together, as a large folio. */
  readonly releasesLarge?: readonly string[];
  /** The number of objects that got a frame and, if it is one object, the name of its frame. */
  readonly allocates?: number;
  readonly allocatesFrame?: string;
  /** The devices on which large folios got a block of frames, which therefore was free. */
  readonly allocatesLarge?: readonly number[];
  /** The first frames of the large folios on a device that were split; null for one that was allocated in this step. */
  readonly splits?: readonly (string | null)[];
  /** For `evict-range`: the outcome is for targets on which exactly these of the frames in use are in the range. */
  readonly inRange?: readonly string[];
  /** The command may allocate further frames and free them again. */
  readonly mayAllocateInVain?: true;
}

/** The allowed outcomes of one step: a row of the table that a harness walks through with a set of possible states. */
export interface ExpectedStep {
  /** The number of the step in the case, from 1. */
  readonly step: number;
  readonly command: Command;
  /** Whether a snapshot is expected after this step. */
  readonly snapshot: boolean;
  readonly outcomes: readonly ExpectedOutcome[];
  /** The states after the step, by number. */
  readonly states: readonly AllowedState[];
}

/** The allowed outcomes of a case, or the step at which there are too many. */
export type Expectation =
  | { readonly kind: 'known'; readonly steps: readonly ExpectedStep[] }
  | { readonly kind: 'too-many'; readonly step: number };

const MAX_STATES = 256;
const MAX_OUTCOMES = 4096;

/**
 * Enumerates the outcomes that the model allows for a case, step by step. Frames are names and not numbers: the
 * implementation chooses the frame of an object, and the rule is only that the object stays there.
 *
 * @param strict leaves out outcomes that do not follow a SHOULD
 */
export function expectationOf(
  testCase: Case,
  capabilities: ReadonlySet<Capability>,
  strict = false,
): Expectation {
  const { profile, scope, observe, commands } = testCase;
  const admission = new Admission(scope, profile, capabilities);
  const step = new Step(scope, judgingOptionsFor(PROFILES[profile], capabilities));
  step.isStrict = strict;
  const steps: ExpectedStep[] = [];
  let before: readonly State[] = [new State(scope)];
  for (const [index, command] of commands.entries()) {
    if (admission.admit(command) !== undefined) continue;
    const snapshot = observe === 'every-step' || (observe === 'inspect' && command.op === 'inspect');
    const row = stepFrom(before, step, command, snapshot && capabilities.has('entries'));
    if (row === undefined) return { kind: 'too-many', step: index + 1 };
    before = row.after;
    const states = before.map((state) => shownIn(state, snapshot));
    steps.push({ step: index + 1, command, snapshot, outcomes: row.outcomes, states });
  }
  return { kind: 'known', steps };
}

/** The outcomes of one command from all states; undefined if there are too many. */
function stepFrom(
  before: readonly State[],
  step: Step,
  command: Command,
  showsEntries: boolean,
): { readonly outcomes: readonly ExpectedOutcome[]; readonly after: readonly State[] } | undefined {
  const outcomes = new Map<string, ExpectedOutcome>();
  const numbers = new Map<string, number>();
  const after: State[] = [];
  for (const [from, state] of before.entries()) {
    const placements = placementsFor(state, command);
    if (placements === undefined) return undefined;
    let tried = 0;
    for (const placement of placements) {
      const { placed } = placement;
      step.begin(placed, undefined, false);
      do {
        if (++tried > MAX_OUTCOMES) return undefined;
        applyRule(step, command);
        if (step.ruledOut) continue;
        const named = namedAgain(step.state, placement);
        if (named === undefined) continue;
        for (const settled of showsEntries ? settledStates(step, named) : [named]) {
          const key = stateKey(settled);
          const to = numbers.get(key) ?? after.push(settled.clone()) - 1;
          numbers.set(key, to);
          const outcome = outcomeOfAll(step, state, placement, named, from, to);
          outcomes.set(JSON.stringify(outcome), outcome);
          if (outcomes.size > MAX_OUTCOMES || after.length > MAX_STATES) return undefined;
        }
      } while (step.next(placed));
    }
  }
  return { outcomes: [...outcomes.values()], after };
}

/**
 * @param before the state before the step, with the names of its frames
 * @param placement where the frames were during the step
 * @param named the state after the step, with the names of its frames
 */
function outcomeOfAll(
  step: Step,
  before: State,
  { nameOf, inRange }: Placement,
  named: State,
  from: number,
  to: number,
): ExpectedOutcome {
  const { result, faults, faultPlace, faultHead, left, leftLarge, splits, taken, allocatedObject } = step;
  const allocatedPlace = taken === 1 ? (named.place[allocatedObject] ?? 0) : 0;
  const nameAt = (place: number): string => frameName(nameOf[place - FIRST_FRAME] ?? 0);
  const nameOrNew = (place: number): string | null => (isSomeFrame(place) ? null : nameAt(place));
  const releasesLarge = leftLarge.filter((place) => place >= FIRST_FRAME);
  const filled = [...step.state.folio.keys()].filter(
    (object) => step.state.isInFolio(object) && isSomeFrame(step.state.place[object] ?? SYSTEM),
  );
  const devices = new Set(filled.map((object) => step.state.deviceOf(step.state.place[object] ?? SYSTEM)));
  return {
    from,
    to,
    result,
    ...(step.atOnce !== undefined && {
      calls: {
        atLeast: faults,
        ...(step.atOnce.isExact && { atMost: faults }),
        places: step.atOnce.mayCall.map((entry) => placeOf(before, entry)),
      },
    }),
    ...(step.atOnce === undefined &&
      faults > 0 && {
        faults: {
          times: faults,
          process: step.process,
          page: step.page,
          ...(named.attached.length > 1 && { device: named.deviceOf(faultPlace) }),
          ...(faultPlace >= FIRST_FRAME && { frame: nameAt(faultPlace) }),
          ...(faultPlace >= FIRST_FRAME &&
            faultHead >= FIRST_FRAME &&
            faultHead !== faultPlace && { head: nameAt(faultHead) }),
        },
      }),
    ...(left.length > 0 && { releases: left.map(nameOrNew) }),
    ...(releasesLarge.length > 0 && { releasesLarge: releasesLarge.map(nameAt) }),
    ...(taken > 0 && { allocates: taken }),
    ...(allocatedPlace >= FIRST_FRAME && { allocatesFrame: frameName(allocatedPlace - FIRST_FRAME) }),
    ...(devices.size > 0 && { allocatesLarge: [...devices] }),
    ...(splits.length > 0 && { splits: splits.map(nameOrNew) }),
    ...(step.mayAllocateFrames && { mayAllocateInVain: true }),
    ...(inRange !== undefined && { inRange }),
  };
}

/** A page that is accessed in a race, and the frame that it was on before. */
function placeOf(before: State, entry: number): PlaceAccessed {
  const { pages } = before.scope;
  const object = before.entry[entry] ?? NO_OBJECT;
  const frame = (object > NO_OBJECT ? (before.place[object] ?? SYSTEM) : SYSTEM) - FIRST_FRAME;
  const [head = frame] = before.isWhole(entry) ? folioOn(before, frame) : [];
  return {
    process: Math.floor(entry / pages),
    page: entry % pages,
    ...(frame >= 0 && { frame: frameName(frame) }),
    ...(head !== frame && { head: frameName(head) }),
  };
}

type Word = 'unmapped' | 'hole' | 'present' | 'poison' | 'exclusive';

/** A device entry. Its frame is a name, which stands for the frame that the object is first observed on. */
interface FrameShown {
  readonly frame: string;
  readonly write: boolean;
  /** The device of the frame, if there are several. */
  readonly device?: number;
}

/** An entry of a snapshot; a list of words if it may be any of them. */
export type EntryShown = Word | readonly Word[] | FrameShown;

export const isFrame = (entry: EntryShown): entry is FrameShown =>
  typeof entry === 'object' && 'frame' in entry;

/** A state as a snapshot shows it. */
export interface AllowedState {
  /** A row for each process, an item for each page. Left out if no snapshot is expected. */
  readonly entries?: readonly (readonly EntryShown[])[];
  readonly rss?: readonly number[];
  readonly charged?: number;
  /** In a world with blocks: for each entry, whether it is part of a whole entry. */
  readonly whole?: readonly (readonly boolean[])[];
  /** The frames of each large folio on a device, in order: those of one block. */
  readonly folios?: readonly (readonly string[])[];
  /** The number of charged pages by which the target may report fewer than `charged`; left out if there are none. */
  readonly uncharged?: number;
}

/** The state as a snapshot shows it, if one is expected. */
function shownIn(state: State, snapshot: boolean): AllowedState {
  if (!snapshot) return {};
  const { processes, pages, block } = state.scope;
  const rows = <Item>(item: (entry: number) => Item): readonly (readonly Item[])[] =>
    Array.from({ length: processes }, (_, process) =>
      Array.from({ length: pages }, (__, page) => item(state.at(process, page))),
    );
  const uncharged = [...state.folio.keys()].filter((object) => state.mayBeUncharged(object)).length;
  return {
    entries: rows((entry) => entryShown(state, entry)),
    rss: Array.from({ length: processes }, (_, process) => state.residentOf(process)),
    charged: state.objectCount,
    ...(block !== undefined && {
      whole: rows((entry) => state.isWhole(entry)),
      folios: foliosOnDevices(state).map((frames) => frames.map(frameName)),
    }),
    ...(uncharged > 0 && { uncharged }),
  };
}

function entryShown(state: State, entry: number): EntryShown {
  const object = state.entry[entry] ?? NO_OBJECT;
  if (isPoison(object)) return 'poison';
  if (object === NO_OBJECT) {
    const mapping = state.mapping[entry] ?? NOT_MAPPED;
    if (mapping === NOT_MAPPED) return 'unmapped';
    if (isCommon(mapping)) return 'present';
    return isFile(mapping) ? ['hole', 'present'] : 'hole';
  }
  const place = state.place[object] ?? SYSTEM;
  const writable = state.writable[entry] ?? READ_ONLY;
  if (place === SYSTEM)
    return isExclusive(writable) || writable === MAYBE_EXCLUSIVE ? 'exclusive' : 'present';
  return {
    frame: frameName(place - FIRST_FRAME),
    write: writable === WRITABLE,
    ...(state.attached.length > 1 && { device: state.deviceOf(place) }),
  };
}
