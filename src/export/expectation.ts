import { perform } from '../../spec/model/commands.ts';
import { stateKey } from '../../spec/model/canonical.ts';
import { FIRST_FRAME, isSomeFrame, NO_OBJECT, State, SYSTEM } from '../../spec/model/state.ts';
import { Step } from '../../spec/model/step.ts';
import { judgingOptionsFor } from '../../spec/model/judging-options.ts';
import { PROFILES } from '../../spec/profiles/profile.ts';
import { Admission } from '../../spec/vocabulary/admission.ts';
import type { Capability } from '../../spec/vocabulary/capability.ts';
import type { Case } from '../../spec/vocabulary/case.ts';
import type { Command } from '../../spec/vocabulary/command.ts';
import type { Result } from '../../spec/vocabulary/result.ts';
import { frameName, assignFrameNames, settledWritable, shownIn, type StateShown } from './state-shown.ts';

/** For which page page_fault may be called in a race, and for which frame, where it was on one before. */
interface PlaceAccessed {
  readonly process: number;
  readonly page: number;
  readonly frame?: string;
}

/** One allowed way through a step: from one of the states before it to one of the states after it. */
interface AllowedOutcome {
  readonly from: number;
  readonly to: number;
  readonly result: Result;
  /** How often page_fault is called, and for what; left out where it is not called. */
  readonly faults?: {
    readonly times: number;
    readonly process: number;
    readonly page: number;
    readonly frame?: string;
    /** Whose driver is called, where there are several devices. */
    readonly device?: number;
  };
  /** Of a race, instead of `faults`: how often page_fault is called at least, and for which pages alone. */
  readonly calls?: {
    readonly atLeast: number;
    readonly places: readonly PlaceAccessed[];
  };
  /** The frames that lose their object; null for one that was taken in the same step. Left out where there are none. */
  readonly leaves?: readonly (string | null)[];
  /** How many objects were put on frames, and where it is one, the name of its frame. */
  readonly takes?: number;
  readonly takesFrame?: string;
  /** The command may take more frames and free them again. */
  readonly mayTakeInVain?: true;
}

/** What is allowed at one step: a row of a table that a harness walks through with the set of states still possible. */
export interface ExpectedStep {
  /** The number of the step in the case, from 1. */
  readonly step: number;
  readonly command: Command;
  /** Whether a state is due here. */
  readonly due: boolean;
  readonly ways: readonly AllowedOutcome[];
  /** The states after the step, by number. */
  readonly states: readonly StateShown[];
}

/** All that is allowed in a case, or the step at which there is too much of it to be written down. */
export type Expectation =
  | { readonly kind: 'known'; readonly steps: readonly ExpectedStep[] }
  | { readonly kind: 'too-many'; readonly step: number };

const MAX_STATES = 256;
const MAX_OUTCOMES = 4096;

/**
 * Everything that the model allows in a case, step by step. Frames are names here, not numbers: which frame an object is
 * put on is the implementation's choice, and only that it stays there is a rule.
 *
 * @param strict leaves out what does not follow a SHOULD
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
    const due = observe === 'every-step' || (observe === 'inspect' && command.op === 'inspect');
    const row = stepFrom(before, step, command, due && capabilities.has('entries'));
    if (row === undefined) return { kind: 'too-many', step: index + 1 };
    before = row.after;
    const states = before.map((state) => shownIn(state, due));
    steps.push({ step: index + 1, command, due, ways: row.ways, states });
  }
  return { kind: 'known', steps };
}

/** The ways from all states through one command; undefined when there are too many. */
function stepFrom(
  before: readonly State[],
  step: Step,
  command: Command,
  looks: boolean,
): { readonly ways: readonly AllowedOutcome[]; readonly after: readonly State[] } | undefined {
  const ways = new Map<string, AllowedOutcome>();
  const numbers = new Map<string, number>();
  const after: State[] = [];
  for (const [from, state] of before.entries()) {
    let tried = 0;
    step.begin(state, undefined, false);
    do {
      if (++tried > MAX_OUTCOMES) return undefined;
      perform(step, command);
      if (step.ruledOut) continue;
      assignFrameNames(step.state);
      // What a look will show is settled now; what nobody looks at stays open.
      for (const settled of looks ? settledWritable(step.state, step.isStrict) : [step.state]) {
        const key = stateKey(settled);
        const to = numbers.get(key) ?? after.push(settled.clone()) - 1;
        numbers.set(key, to);
        const outcome = outcomeOfAll(step, state, from, to);
        ways.set(JSON.stringify(outcome), outcome);
      }
      if (ways.size > MAX_OUTCOMES || after.length > MAX_STATES) return undefined;
    } while (step.next(state));
  }
  return { ways: [...ways.values()], after };
}

function outcomeOfAll(step: Step, before: State, from: number, to: number): AllowedOutcome {
  const { result, faults, faultPlace, left, taken, allocatedObject, state } = step;
  const allocatedPlace = taken === 1 ? (state.place[allocatedObject] ?? 0) : 0;
  return {
    from,
    to,
    result,
    ...(step.atOnce !== undefined && {
      calls: { atLeast: faults, places: step.atOnce.mayCall.map((entry) => placeOf(before, entry)) },
    }),
    ...(step.atOnce === undefined &&
      faults > 0 && {
        faults: {
          times: faults,
          process: step.process,
          page: step.page,
          ...(state.attached.length > 1 && { device: state.deviceOf(faultPlace) }),
          ...(faultPlace >= FIRST_FRAME && { frame: frameName(faultPlace - FIRST_FRAME) }),
        },
      }),
    ...(left.length > 0 && {
      leaves: left.map((place) => (isSomeFrame(place) ? null : frameName(place - FIRST_FRAME))),
    }),
    ...(taken > 0 && { takes: taken }),
    ...(allocatedPlace >= FIRST_FRAME && { takesFrame: frameName(allocatedPlace - FIRST_FRAME) }),
    ...(step.mayAllocateFrames && { mayTakeInVain: true }),
  };
}

/** A place that is touched in a race, and the frame that its page was on before. */
function placeOf(before: State, entry: number): PlaceAccessed {
  const { pages } = before.scope;
  const object = before.entry[entry] ?? NO_OBJECT;
  const frame = (object > NO_OBJECT ? (before.place[object] ?? SYSTEM) : SYSTEM) - FIRST_FRAME;
  return {
    process: Math.floor(entry / pages),
    page: entry % pages,
    ...(frame >= 0 && { frame: frameName(frame) }),
  };
}
