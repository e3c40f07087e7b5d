import { Judge } from '../../spec/judge/judge.ts';
import { racingFaultsInWords } from '../../spec/judge/callbacks-clause.ts';
import { Tally } from '../../spec/judge/tally.ts';
import { choiceInWords } from '../../spec/model/choice.ts';
import { applyRule } from '../../spec/model/commands.ts';
import {
  FIRST_FRAME,
  isCommon,
  isExclusive,
  isFile,
  isPoison,
  isSomeFrame,
  MAYBE_EXCLUSIVE,
  NO_OBJECT,
  NOT_MAPPED,
  READ_ONLY,
  type State,
  SYSTEM,
  WRITABLE,
} from '../../spec/model/state.ts';
import { Step } from '../../spec/model/step.ts';
import { type JudgingOptions, judgingOptionsFor } from '../../spec/model/judging-options.ts';
import { PROFILES } from '../../spec/profiles/profile.ts';
import type { RequirementId } from '../../spec/requirements/catalogue.ts';
import type { Result } from '../../spec/vocabulary/result.ts';
import { isFrameBlock, type Scope } from '../../spec/vocabulary/scope.ts';
import type { Trace } from '../../spec/vocabulary/trace.ts';
import {
  EXCLUSIVE_ENTRY,
  frameOf,
  UNPOPULATED,
  isDeviceEntry,
  isWriteEntry,
  POISON,
  PRESENT,
  UNMAPPED,
} from '../../spec/vocabulary/snapshot.ts';
import { entryInWords, resultInWords } from '../../spec/vocabulary/words.ts';

/** One outcome of a step that the specification allows. */
export interface AllowedOutcome {
  readonly result: Result;
  /** The driver's callbacks, in words. */
  readonly callbacks: readonly string[];
  /** Row by process, as in a snapshot. */
  readonly entries: readonly AllowedEntry[];
  /** The entries that this outcome changes, by their index in `entries`. */
  readonly changed: readonly number[];
  readonly resident: readonly number[];
  readonly charged: number;
  /** The SHOULDs that it does not follow: it is allowed, but not recommended. */
  readonly notFollowedShoulds: readonly RequirementId[];
}

/** Maximum number of outcomes searched; more are not useful to a reader. */
const MAX_OUTCOMES = 5000;

/** The allowed outcomes of one step of a trace, and the choices that lead to them, in words. */
export interface AllowedStep {
  /** The most likely outcome first; outcomes that do not follow a SHOULD last. */
  readonly outcomes: readonly AllowedOutcome[];
  /** Each choice that the specification leaves to the implementation at this step, with its options. */
  readonly choices: readonly string[];
}

export const NOTHING_KNOWN: AllowedStep = { outcomes: [], choices: [] };

/** The outcomes that the specification allows at one step of a trace, after the steps before it. */
export function allowedStep(trace: Trace, at: number): AllowedStep {
  const { scope, profile, commands } = trace.case;
  const command = commands[at];
  if (command === undefined) return NOTHING_KNOWN;
  const judging = judgingOptionsFor(PROFILES[profile], trace.capabilities);
  const outcomes = new Map<string, AllowedOutcome>();
  const choices = new Set<string>();
  const step = new Step(scope, judging);
  let tried = 0;
  for (const before of statesBefore(trace, at, judging)) {
    step.begin(before, undefined, false);
    do {
      applyRule(step, command);
      if (step.ruledOut) continue;
      for (const one of step.choices) choices.add(choiceInWords(one));
      const outcome = outcomeOf(step, before, judging);
      const key = JSON.stringify([
        outcome.result,
        outcome.callbacks,
        outcome.entries.map(({ words, block }) => [words, block?.words]),
      ]);
      const known = outcomes.get(key);
      if (known === undefined || known.notFollowedShoulds.length > outcome.notFollowedShoulds.length)
        outcomes.set(key, outcome);
    } while (++tried < MAX_OUTCOMES && step.next(before));
  }
  return {
    outcomes: [...outcomes.values()].toSorted(
      (one, other) => one.notFollowedShoulds.length - other.notFollowedShoulds.length,
    ),
    choices: [...choices],
  };
}

/** The states of the model in which the target may have been before a step. */
function statesBefore(trace: Trace, at: number, judging: JudgingOptions): readonly State[] {
  const judge = new Judge(trace.case.scope, judging, new Tally());
  judge.begin();
  for (const [index, command] of trace.case.commands.slice(0, at).entries()) {
    if (judge.judge(index, command, trace.observations[index]).kind !== 'conforms') return [];
  }
  return judge.states.map((state) => state.clone());
}

function outcomeOf(step: Step, before: State, judging: JudgingOptions): AllowedOutcome {
  // The step reuses its state for the next outcome.
  const state = step.state.clone();
  const entries = Array.from(state.entry, (_, entry) => allowedEntry(state, entry));
  return {
    result: step.result,
    callbacks: judging.callbacks ? callbacksOf(step, judging) : [],
    entries,
    changed: entries.flatMap(({ words, block }, entry) => {
      const earlier = allowedEntry(before, entry);
      return words === earlier.words && block?.words === earlier.block?.words ? [] : [entry];
    }),
    resident: Array.from({ length: state.scope.processes }, (_, process) => state.residentOf(process)),
    charged: state.objectCount,
    notFollowedShoulds: [...step.notFollowed],
  };
}

/** An allowed outcome as a line. */
export function outcomeInWords(outcome: AllowedOutcome, { pages }: Scope): string {
  const entries = outcome.changed.flatMap((entry) => {
    const { words, block } = outcome.entries[entry] ?? { words: '' };
    const process = Math.floor(entry / pages);
    if (block === undefined) return [`page ${entry % pages} of process ${process}: ${words}`];
    // One line for the block, at its first page.
    if (entry !== block.first) return [];
    const first = entry % pages;
    return [`pages ${first} to ${first + block.pages - 1} of process ${process}: ${block.words}`];
  });
  return [
    `returns ${resultInWords(outcome.result)}`,
    ...outcome.callbacks,
    ...(entries.length === 0 ? ['no entry changes'] : entries),
    ...(outcome.notFollowedShoulds.length === 0
      ? []
      : [`allowed, although ${outcome.notFollowedShoulds.join(' and ')} is not followed`]),
  ].join(' · ');
}

function callbacksOf(step: Step, { allocations, splits }: JudgingOptions): readonly string[] {
  const calls: string[] = [];
  if (step.atOnce !== undefined) {
    const { mayCall } = step.atOnce;
    if (mayCall.length > 0) calls.push(racingFaultsInWords(step, mayCall));
  } else if (step.faults > 0) {
    const frame = step.faultPlace >= FIRST_FRAME ? `, frame ${step.faultPlace - FIRST_FRAME}` : '';
    const owner = step.state.attached.length > 1 ? `, device ${step.state.deviceOf(step.faultPlace)}` : '';
    const times = step.faults === 1 ? '' : `, ${step.faults} times`;
    calls.push(`page_fault(process ${step.process}, page ${step.page}${frame}${owner})${times}`);
  }
  if (splits) {
    for (const place of step.splits) {
      const folio = isSomeFrame(place)
        ? 'its large folio'
        : `the large folio at frame ${place - FIRST_FRAME}`;
      calls.push(`folio_split(${folio})`);
    }
  }
  const { scope } = step.state;
  if (step.leftLarge.some(isSomeFrame)) calls.push('page_free(its large folio)');
  for (const place of step.leftLarge) {
    if (!isSomeFrame(place) && isFrameBlock(scope, place - FIRST_FRAME))
      calls.push(`page_free(the large folio at frame ${place - FIRST_FRAME})`);
  }
  for (const place of step.left) {
    if (step.leftLarge.includes(place)) continue;
    calls.push(`page_free(${isSomeFrame(place) ? 'its frame' : `frame ${place - FIRST_FRAME}`})`);
  }
  if (allocations && step.taken > 0) {
    calls.push(`allocates ${step.taken === 1 ? 'a frame' : `${step.taken} frames`}`);
  }
  return calls;
}

/** The codes that the reference model allows for one page-table entry. */
interface AllowedEntry {
  readonly words: string;
  /** The pages of its whole entry, and that entry in words. */
  readonly block?: { readonly first: number; readonly pages: number; readonly words: string };
  readonly admits: (code: number) => boolean;
}

/** The codes that an entry may have in a state of the model. */
function allowedEntry(state: State, entry: number): AllowedEntry {
  const single = allowedPage(state, entry);
  if (!state.isWhole(entry)) return single;
  const [first = entry, ...others] = state.blockOf(entry);
  const { words } = allowedPage(state, first, others.length);
  return { ...single, block: { first, pages: others.length + 1, words: `one whole entry, ${words}` } };
}

/**
 * The codes that an entry may have, for its page alone.
 *
 * @param further with whole entries: the number of pages after this one, for the words
 */
function allowedPage(state: State, entry: number, further = 0): AllowedEntry {
  const object = state.entry[entry] ?? NO_OBJECT;
  const place = object > NO_OBJECT ? (state.place[object] ?? SYSTEM) : SYSTEM;
  if (place === SYSTEM) {
    const wanted = codesOffTheDevice(state, entry, object);
    return { words: wanted.map(entryInWords).join(' or '), admits: (code) => wanted.includes(code) };
  }
  const writable = state.writable[entry] ?? READ_ONLY;
  const writables = writable === READ_ONLY ? 'READ' : writable === WRITABLE ? 'WRITE' : 'READ or WRITE';
  return {
    words: `${writables} entry for ${frameInWords(state, place, further)}`,
    admits: (code) =>
      isDeviceEntry(code) &&
      isPlace(state, place, frameOf(code)) &&
      !(isWriteEntry(code) && writable === READ_ONLY),
  };
}

function frameInWords(state: State, place: number, further: number): string {
  if (!isSomeFrame(place)) {
    const first = place - FIRST_FRAME;
    return further === 0 ? `frame ${first}` : `frames ${first} to ${first + further}`;
  }
  const free = further === 0 ? 'a free frame' : 'a free block of frames';
  return state.attached.length > 1 ? `${free} of device ${state.deviceOf(place)}` : free;
}

/** Whether an object that is at a place of the model may be on this frame. */
const isPlace = (state: State, place: number, frame: number): boolean =>
  isSomeFrame(place)
    ? state.holderOf(frame) === NO_OBJECT && state.deviceOfFrame(frame) === state.deviceOf(place)
    : place === FIRST_FRAME + frame;

function codesOffTheDevice(state: State, entry: number, object: number): readonly number[] {
  if (object > NO_OBJECT) {
    const writable = state.writable[entry] ?? READ_ONLY;
    if (writable === MAYBE_EXCLUSIVE) return [PRESENT, EXCLUSIVE_ENTRY];
    return [isExclusive(writable) ? EXCLUSIVE_ENTRY : PRESENT];
  }
  if (isPoison(object)) return [POISON];
  const mapping = state.mapping[entry] ?? NOT_MAPPED;
  if (mapping === NOT_MAPPED) return [UNMAPPED];
  if (isCommon(mapping)) return [PRESENT];
  // The target decides when a page of a file is populated.
  return isFile(mapping) ? [UNPOPULATED, PRESENT] : [UNPOPULATED];
}
