import { type ProfileName, PROFILES } from '../profiles/profile.ts';
import { type Capability, USUAL_CAPABILITIES } from '../vocabulary/capability.ts';
import type { Command } from '../vocabulary/command.ts';
import { isBoth, isVector, type Result } from '../vocabulary/result.ts';
import type { Scope } from '../vocabulary/scope.ts';
import { applyRule } from './commands.ts';
import { commonIndex } from './access.ts';
import { nameFrames, openEntries } from './settle-snapshot.ts';
import {
  CLEAN,
  FIRST_FRAME,
  isCommon,
  isExclusive,
  isFile,
  isHost,
  isMapped,
  isPoison,
  isSomeFrame,
  LIKELY_WRITABLE,
  LOCKED,
  LOST,
  MAYBE_EXCLUSIVE,
  MAYBE_WRITABLE,
  mayRead,
  mayWrite,
  NO_OBJECT,
  READ_ONLY,
  State,
  SYSTEM,
  UNTIL_HEALED,
  WATCHED_MISSING,
  WATCHED_STORES,
  WRITABLE,
} from './state.ts';
import { Step } from './step.ts';
import { type JudgingOptions, judgingOptionsFor } from './judging-options.ts';
import { softOf } from './tracking.ts';

/** The world size, profile and missing capabilities of a test; each field has a default. */
interface Setting extends Partial<Scope> {
  readonly profile?: ProfileName;
  readonly without?: readonly Capability[];
}

/** The limit on the outcomes of one command; no test is meant to reach it. */
const MAX_OUTCOMES = 100_000;

export const judgingOptionsWithout = (
  profile: ProfileName,
  without: readonly Capability[] = [],
): JudgingOptions =>
  judgingOptionsFor(PROFILES[profile], new Set(USUAL_CAPABILITIES.filter((one) => !without.includes(one))));

/**
 * The model, driven by a test: it runs commands, and lists every outcome of a further command.
 *
 * An outcome in words consists of the result, the entries of every process, and any other changes.
 *
 * @example `'7: a7@sys hole | a7@sys .; fault 1; leaves f0'`: the load gave 7 after one page_fault and left frame 0;
 * both processes see the object `a`, which holds 7, in system memory.
 */
export class Model {
  readonly judging: JudgingOptions;
  state: State;
  readonly #step: Step;

  constructor(setting: Setting = {}) {
    const { profile = 'origin', without = [], processes = 2, pages = 2, frames = 2, slots = 1 } = setting;
    const { block, devices = 1 } = setting;
    const scope: Scope = {
      processes,
      pages,
      frames,
      slots,
      devices,
      ...(block === undefined ? {} : { block }),
    };
    this.judging = judgingOptionsWithout(profile, without);
    this.state = new State(scope);
    this.#step = new Step(scope, this.judging);
  }

  /** Runs the commands in their most likely outcomes, with a snapshot after each command. */
  go(...commands: readonly Command[]): this {
    for (const command of commands) this.goWhere(command, '');
    return this;
  }

  /** Runs the command in the most likely outcome that contains the given words. */
  goWhere(command: Command, words: string): this {
    for (const step of eachOutcome(this.#step, this.state, command)) {
      if (!outcomeInWords(step).includes(words)) continue;
      this.state = step.state.clone();
      settleModel(this.state);
      return this;
    }
    throw new Error(`no way through ${command.op} has "${words}"`);
  }

  /** Makes every entry READ, the alternative to the most likely snapshot. */
  allRead(): this {
    this.state.writable.fill(READ_ONLY);
    return this;
  }

  /** Every outcome of the command, in words, sorted, each once. */
  outcomes(command: Command): readonly string[] {
    const found = new Set<string>();
    for (const step of eachOutcome(this.#step, this.state, command)) found.add(outcomeInWords(step));
    return [...found].toSorted();
  }

  /** The part of each outcome that matches a pattern, sorted, each once. */
  outcomesIn(command: Command, part: RegExp): readonly string[] {
    return [...new Set(this.outcomes(command).map((outcome) => part.exec(outcome)?.[0] ?? ''))].toSorted();
  }

  /** The indices of the requirements that some outcome of the command covers. */
  coveredBy(command: Command): ReadonlySet<number> {
    const found = new Set<number>();
    for (const step of eachOutcome(this.#step, this.state, command)) {
      for (const rule of step.covered.slice(0, step.coveredCount)) found.add(rule);
    }
    return found;
  }

  get words(): string {
    return stateInWords(this.state).join('; ');
  }
}

/** Every outcome of a command from a state; a yielded step is valid until the next one is requested. */
export function* eachOutcome(step: Step, from: State, command: Command): Generator<Step> {
  step.begin(from, undefined, false);
  let outcomes = 0;
  do {
    if (++outcomes > MAX_OUTCOMES) throw new Error(`too many ways through ${command.op}`);
    applyRule(step, command);
    if (!step.ruledOut) yield step;
  } while (step.next(from));
}

/** Settles a state as a snapshot does: frames are named, and open entries become READ or WRITE. */
export function settleModel(
  state: State,
  writableOf: (writable: number, entry: number) => number = likely,
): void {
  nameFrames(state);
  for (const entry of openEntries(state)) {
    const writable = state.writable[entry] ?? READ_ONLY;
    state.writable[entry] = writable === MAYBE_EXCLUSIVE ? READ_ONLY : writableOf(writable, entry);
  }
}

const likely = (writable: number): number => (writable === LIKELY_WRITABLE ? WRITABLE : READ_ONLY);

const WRITABILITIES: Readonly<Record<number, string>> = {
  [READ_ONLY]: 'R',
  [WRITABLE]: 'W',
  [LIKELY_WRITABLE]: 'L',
  [MAYBE_WRITABLE]: 'E',
};
const INJECTIONS = ['sigbus', 'oom', 'no-frame', 'no-copy'] as const;

const resultInWords = (result: Result): string =>
  isBoth(result)
    ? `${resultInWords(result.left)} & ${resultInWords(result.right)}`
    : isVector(result)
      ? result.join(' ')
      : String(result);

function placeInWords(place: number): string {
  if (place === SYSTEM) return 'sys';
  return isSomeFrame(place) ? 'new' : `f${place - FIRST_FRAME}`;
}

function outcomeInWords(step: Step): string {
  const [entries, ...rest] = stateInWords(step.state);
  const left = step.left.map(placeInWords).toSorted();
  return [
    `${resultInWords(step.result)}: ${entries}`,
    ...(step.faults > 0 ? [`fault ${step.faults}`] : []),
    ...(left.length > 0 ? [`leaves ${left.join(' ')}`] : []),
    ...(step.taken > 0 ? [`takes ${step.taken}`] : []),
    ...rest,
  ].join('; ');
}

/** The marks of an entry: locked, watched for missing pages, watched for stores, clean. */
function marksOf(mapping: number, track: number): string {
  const soft = softOf(track);
  return [
    (mapping & LOCKED) !== 0 ? '+l' : '',
    (mapping & WATCHED_MISSING) !== 0 ? '+m' : '',
    (track & WATCHED_STORES) !== 0 ? '+w' : '',
    soft === CLEAN ? '+c' : '',
  ].join('');
}

const exclusiveInWords = (writable: number): string =>
  isExclusive(writable) ? 'X' : writable === MAYBE_EXCLUSIVE ? 'x' : '';

function stateInWords(state: State): readonly string[] {
  const { processes, pages, slots } = state.scope;
  const names = new Map<number, string>();
  const named = (object: number): string => {
    const name = names.get(object) ?? String.fromCharCode(97 + names.size);
    names.set(object, name);
    return `${name}${state.value[object]}@${placeInWords(state.place[object] ?? SYSTEM)}`;
  };
  const entryInWords = (entry: number): string => {
    const mapping = state.mapping[entry] ?? 0;
    if (!isMapped(mapping)) return '.';
    const protection = `${mayWrite(mapping) ? '' : mayRead(mapping) ? ':r' : ':n'}${marksOf(mapping, state.track[entry] ?? 0)}`;
    if (isCommon(mapping)) {
      const value = state.common[commonIndex(state, entry)];
      return `${isHost(mapping) ? 'host' : 'shared'}${value}${protection}`;
    }
    const object = state.entry[entry] ?? NO_OBJECT;
    if (isPoison(object)) return `${object === LOST ? 'lost' : 'poison'}${protection}`;
    if (object === NO_OBJECT) return `${isFile(mapping) ? 'file' : 'hole'}${protection}`;
    const code = state.writable[entry] ?? READ_ONLY;
    const writable = state.onDevice(object) ? WRITABILITIES[code] : exclusiveInWords(code);
    return `${named(object)}${writable}${protection}`;
  };
  const rows: string[] = [];
  for (let process = 0; process < processes; process++) {
    if (state.alive[process] !== 1) continue;
    const row = Array.from({ length: pages }, (_, page) => entryInWords(state.at(process, page)));
    rows.push(row.join(' '));
  }
  const pins: string[] = [];
  for (let slot = 0; slot < slots; slot++) {
    const held = state.slot[slot] ?? 0;
    if (held !== 0) pins.push(held < 0 ? `host page ${-1 - held}` : named(held));
  }
  const injections = INJECTIONS.flatMap((kind, index) => {
    const remaining = state.remaining[index] ?? 0;
    return remaining === 0 ? [] : [`${kind} ${remaining === UNTIL_HEALED ? 'lasts' : remaining}`];
  });
  const areas = state.swap[0] ?? 0;
  const devices = [...state.attached.keys()];
  const whichDevice = (device: number): string => (devices.length > 1 ? ` ${device}` : '');
  return [
    rows.join(' | '),
    ...(pins.length > 0 ? [`pins ${pins.join(' ')}`] : []),
    ...injections,
    ...devices.flatMap((device) => (state.attached[device] === 1 ? [] : [`detached${whichDevice(device)}`])),
    ...devices.flatMap((device) => (state.closed[device] === 1 ? [`closed${whichDevice(device)}`] : [])),
    ...(areas > 0 ? [`swap ${areas}`] : []),
  ];
}
