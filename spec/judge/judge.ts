import { stateKey } from '../model/canonical.ts';
import { applyRule } from '../model/commands.ts';
import { State } from '../model/state.ts';
import { Step } from '../model/step.ts';
import { type JudgingOptions, judgingOptionsFor } from '../model/judging-options.ts';
import { neverCountsZero, PROFILES } from '../profiles/profile.ts';
import { findRequirement, type RequirementId, ruleIndex } from '../requirements/catalogue.ts';
import type { Command } from '../vocabulary/command.ts';
import type { DriverEvent } from '../vocabulary/event.ts';
import type { Observation } from '../vocabulary/observation.ts';
import { resultInWords } from '../vocabulary/words.ts';
import type { Scope } from '../vocabulary/scope.ts';
import { checkAccounting, checkCounts } from './counts-clause.ts';
import { adoptChoices } from './adoption.ts';
import { checkCallbacks } from './callbacks-clause.ts';
import { type Breach, clauseOrder, CONFORMS, type Verdict } from './verdict.ts';
import { checkEntries } from './entries-clause.ts';
import { checkFolios } from './folios-clause.ts';
import { checkResult } from './result-clause.ts';
import {
  SHOWN_CHARGED,
  SHOWN_COUNTS,
  SHOWN_ENTRIES,
  SHOWN_FAULT_DEVICE,
  SHOWN_FREE_COUNTS,
  SHOWN_LEAST_COUNTS,
  SHOWN_RSS,
  Tally,
} from './tally.ts';
import type { Trace } from '../vocabulary/trace.ts';

/** Maximum number of possible states; with more, the verdict is inconclusive. */
const MAX_STATES = 512;
/**
 * Number of states from which searching for those that differ only in the numbers of their objects is worth its cost.
 */
const MANY = 32;
/** Maximum number of outcomes tried for one step; with more, the verdict is inconclusive. */
const MAX_OUTCOMES = 20_000;

/**
 * Compares the observations of a target with the reference model, step by step. It carries every state in which the
 * target may be: nearly always one if the target shows much, several if it shows little. An observation must be among
 * the allowed ones.
 *
 * One judge is used for many cases of the same scope: call `begin`, then `judge` for each step.
 */
export class Judge {
  readonly #judging: JudgingOptions;
  readonly #tally: Tally;
  readonly #guided: boolean;
  readonly #strict: boolean;
  readonly #initial: State;
  readonly #step: Step;
  /** The possible states are the first `#open` of these. The rest are kept for reuse. */
  #states: State[];
  #open = 1;
  /** Collects the states after a step with several outcomes. */
  #after: State[] = [];

  /**
   * @param guided whether outcomes that the observation contradicts are skipped in advance; otherwise every outcome is
   * tried, which takes longer and gives the same verdict
   * @param strict whether a SHOULD that is not followed is a violation as well
   */
  constructor(scope: Scope, judging: JudgingOptions, tally: Tally, { guided = true, strict = false } = {}) {
    this.#judging = judging;
    this.#tally = tally;
    this.#guided = guided;
    this.#strict = strict;
    this.#initial = new State(scope);
    this.#step = new Step(scope, judging);
    this.#states = [new State(scope)];
  }

  begin(): void {
    this.#tally.beginCase();
    this.#open = 1;
    this.#first.copyFrom(this.#initial);
  }

  /** The states in which the target may be. */
  get states(): readonly State[] {
    return this.#states.slice(0, this.#open);
  }

  /** The state in which the target is, if only one is possible. It is valid until the next step. */
  get onlyState(): State | undefined {
    return this.#open === 1 ? this.#states[0] : undefined;
  }

  /** Continues from these states as if their case had been judged so far, for searches that branch. */
  resume(states: readonly State[]): void {
    for (const [index, state] of states.entries()) this.#placeIn(this.#states, index).copyFrom(state);
    this.#open = states.length;
  }

  get #first(): State {
    return this.#states[0] ?? this.#initial;
  }

  /** Judges one step; `observation` is undefined for a command that was not sent. */
  judge(index: number, command: Command, observation: Observation | undefined): Verdict {
    if (observation === undefined) return CONFORMS;
    if (this.#open === 1) {
      const step = this.#step;
      const before = this.#first;
      step.begin(before, observation, this.#guided);
      applyRule(step, command);
      if (!step.branched && !step.ruledOut && this.#breach(step, observation, before) === undefined) {
        const [notFollowed] = step.notFollowed;
        if (this.#strict && notFollowed !== undefined) {
          return this.#violation(index, command, observation, notFollowed);
        }
        this.#count(step.covered, step.coveredCount, step.notFollowed, observation);
        this.#states[0] = step.state;
        step.state = before;
        return CONFORMS;
      }
    }
    return (
      (this.#guided ? this.#branch(index, command, observation, true) : undefined) ??
      this.#branch(index, command, observation, false) ??
      this.#violation(index, command, observation)
    );
  }

  /** The first clause that one outcome breaks. */
  #breach(step: Step, observation: Observation, before: State): Breach | undefined {
    const { state } = observation;
    const breach =
      checkResult(step, observation) ??
      (this.#judging.callbacks ? checkCallbacks(step, observation, before) : undefined);
    if (breach !== undefined) return breach;
    adoptChoices(step, observation);
    if (state === undefined) return undefined;
    return (
      (state.entries === undefined ? undefined : checkEntries(step, state.entries, before)) ??
      checkFolios(step, state) ??
      checkCounts(step, state, before) ??
      checkAccounting(step, state, before)
    );
  }

  /** The parts of an observation that were compared with the allowed ones, as bits. */
  #shownBy({ state, events }: Observation): number {
    let shown = this.#judging.callbacks && events.length > 0 ? shownByEvents(events) : 0;
    if (state === undefined) return shown;
    const { entries, refs, maps, least, rss, charged } = state;
    if (entries !== undefined) {
      shown |= SHOWN_ENTRIES;
      if (refs !== undefined && maps !== undefined) {
        shown |= SHOWN_COUNTS;
        if (least !== undefined && neverCountsZero(this.#judging.profile)) shown |= SHOWN_LEAST_COUNTS;
      }
    }
    if (rss !== undefined) shown |= SHOWN_RSS;
    if (charged !== undefined) shown |= SHOWN_CHARGED;
    return shown;
  }

  #count(
    covered: readonly number[],
    count: number,
    notFollowed: readonly RequirementId[],
    observation: Observation,
  ): void {
    const tally = this.#tally;
    const shown = this.#shownBy(observation);
    tally.step(shown);
    for (let at = 0; at < count; at++) tally.meet(covered[at] ?? 0, shown);
    for (const requirement of notFollowed) tally.breakShould(requirement);
    if (observation.state !== undefined) tally.snapshot(shown);
  }

  /**
   * Follows every outcome from every possible state. Undefined if none of them fits. Guided outcomes follow the
   * observation, so only an unguided search proves that none fits.
   */
  #branch(index: number, command: Command, observation: Observation, guided: boolean): Verdict | undefined {
    const after = this.#after;
    let found = 0;
    let outcomes = 0;
    // The counts are those of the fitting outcome that follows the most SHOULDs: one is not followed only if none
    // follows it.
    let kindest:
      { readonly covered: readonly number[]; readonly notFollowed: readonly RequirementId[] } | undefined;
    for (let at = 0; at < this.#open; at++) {
      const before = this.#placeIn(this.#states, at);
      const step = this.#step;
      step.begin(before, observation, guided);
      do {
        if (++outcomes > MAX_OUTCOMES) {
          return {
            kind: 'inconclusive',
            step: index,
            reason: 'too many outcomes are possible at this step',
            isAtCap: true,
          };
        }
        applyRule(step, command);
        if (step.ruledOut || this.#breach(step, observation, before) !== undefined) continue;
        if (kindest === undefined || step.notFollowed.length < kindest.notFollowed.length) {
          kindest = {
            covered: step.covered.slice(0, step.coveredCount),
            notFollowed: [...step.notFollowed],
          };
        }
        if (this.#isAmong(after, found, step.state)) continue;
        this.#placeIn(after, found++).copyFrom(step.state);
        if (found === MANY) found = distinct(after, found);
        if (found > MAX_STATES) {
          return {
            kind: 'inconclusive',
            step: index,
            reason: 'the target shows too little to determine its state',
            isAtCap: true,
          };
        }
      } while (step.next(before));
    }
    if (kindest === undefined) return undefined;
    const [notFollowed] = kindest.notFollowed;
    if (this.#strict && notFollowed !== undefined) {
      return this.#violation(index, command, observation, notFollowed);
    }
    if (found > 1) found = distinct(after, found);
    this.#count(kindest.covered, kindest.covered.length, kindest.notFollowed, observation);
    this.#after = this.#states;
    this.#states = after;
    this.#open = found;
    return CONFORMS;
  }

  /**
   * Two outcomes may lead to the same state. They nearly always number its objects alike, so comparing cells suffices.
   */
  #isAmong(states: readonly State[], count: number, state: State): boolean {
    for (let at = 0; at < count; at++) if (states[at]?.equals(state) === true) return true;
    return false;
  }

  /** The state at an index of a list that grows on demand. */
  #placeIn(states: State[], at: number): State {
    return (states[at] ??= new State(this.#initial.scope));
  }

  /**
   * No outcome fits: names the requirement by the outcome that fits the most clauses.
   *
   * @param should the SHOULD that no fitting outcome follows: the expected texts then come from the outcomes that
   * follow every SHOULD
   */
  #violation(index: number, command: Command, observation: Observation, should?: RequirementId): Verdict {
    let named: Breach | undefined;
    let breaches: readonly Breach[] = [];
    let namedShoulds = 0;
    const expected = new Set<string>();
    for (const before of this.states) {
      const step = this.#step;
      step.begin(before, observation, false, true);
      step.isStrict = should !== undefined;
      let outcomes = 0;
      do {
        applyRule(step, command);
        if (step.ruledOut) continue;
        const breach = this.#breach(step, observation, before);
        if (breach === undefined || (should !== undefined && breach.requirement !== should)) continue;
        const order = named === undefined ? 1 : clauseOrder(breach.clause) - clauseOrder(named.clause);
        if (order < 0) continue;
        if (order > 0) expected.clear();
        expected.add(breach.expected);
        // Among equally fitting outcomes, one that follows every SHOULD describes the expected behaviour best.
        const notFollowedShoulds = step.notFollowed.length;
        const nearer =
          named === undefined ||
          order > 0 ||
          notFollowedShoulds < namedShoulds ||
          (notFollowedShoulds === namedShoulds &&
            ruleIndex(breach.requirement) < ruleIndex(named.requirement));
        if (!nearer) continue;
        named = breach;
        namedShoulds = notFollowedShoulds;
        breaches = this.#allBreaches(step, observation, before);
      } while (step.next(before) && ++outcomes < MAX_OUTCOMES);
      step.isStrict = false;
    }
    if (named === undefined && should !== undefined) {
      named = {
        clause: 'result',
        requirement: should,
        expected: findRequirement(should)?.title ?? should,
        observed: resultInWords(observation.result),
      };
      expected.add(named.expected);
    }
    if (named === undefined) {
      return { kind: 'inconclusive', step: index, reason: 'no outcome of this step is known' };
    }
    return {
      kind: 'violates',
      violation: {
        step: index,
        op: command.op,
        requirement: named.requirement,
        clause: named.clause,
        expected: [...expected].slice(0, 8),
        observed: named.observed,
        breaches,
      },
    };
  }

  /** Every clause that an outcome breaks, each judged independently. */
  #allBreaches(step: Step, observation: Observation, before: State): readonly Breach[] {
    const { state } = observation;
    adoptChoices(step, observation);
    return [
      checkResult(step, observation),
      this.#judging.callbacks ? checkCallbacks(step, observation, before) : undefined,
      state?.entries === undefined ? undefined : checkEntries(step, state.entries, before),
      state === undefined ? undefined : checkFolios(step, state),
      state === undefined ? undefined : checkCounts(step, state, before),
      state === undefined ? undefined : checkAccounting(step, state, before),
    ].filter((breach) => breach !== undefined);
  }
}

/** The parts that callbacks show in addition to the calls themselves. */
function shownByEvents(events: readonly DriverEvent[]): number {
  let shown = 0;
  for (const event of events) {
    if (event.event === 'free') {
      if (event.refs !== undefined && event.maps !== undefined) shown |= SHOWN_FREE_COUNTS;
    } else if (event.event === 'fault' && event.device !== undefined) {
      shown |= SHOWN_FAULT_DEVICE;
    }
  }
  return shown;
}

/** Moves the distinct states among the first ones of a list to its front, and returns their number. */
function distinct(states: State[], count: number): number {
  const keys = new Set<string>();
  let kept = 0;
  for (let at = 0; at < count; at++) {
    const state = states[at];
    if (state === undefined) break;
    const key = stateKey(state);
    if (keys.has(key)) continue;
    keys.add(key);
    const displaced = states[kept];
    states[kept++] = state;
    if (displaced !== undefined) states[at] = displaced;
  }
  return kept;
}

/** Judges a whole trace. Stops at the first step that is not allowed. */
export function judgeTrace(trace: Trace, tally: Tally = new Tally()): Verdict {
  const { scope, profile, commands } = trace.case;
  const judge = new Judge(scope, judgingOptionsFor(PROFILES[profile], trace.capabilities), tally);
  for (const [index, command] of commands.entries()) {
    const verdict = judge.judge(index, command, trace.observations[index]);
    if (verdict.kind !== 'conforms') return verdict;
  }
  return CONFORMS;
}
