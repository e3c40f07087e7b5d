import { PROFILES } from '../profiles/profile.ts';
import { USUAL_CAPABILITIES } from '../vocabulary/capability.ts';
import type { Command } from '../vocabulary/command.ts';
import { AdmissionIn } from './admission-in.ts';
import { perform } from './commands.ts';
import { commandsOf, type Region } from './families.ts';
import { brokenInvariants, chargedBeyond } from './invariants.ts';
import { wronglyChanged } from './isolation.ts';
import { eachLook } from './settle-snapshot.ts';
import { State } from './state.ts';
import { Step } from './step.ts';
import { judgingOptionsFor } from './judging-options.ts';
import { ReportedKey } from './reported-key.ts';
import { ReturnPath } from './return-path.ts';

/** What was found in a region. */
export interface ReachedStates {
  /** How many states were reached, each counted once but for what nobody can tell. */
  readonly states: number;
  /** Whether these are all. */
  readonly finished: boolean;
  /** The first thing that is not as it must be, in words; then no more was looked at. */
  readonly broken: string | undefined;
}

/**
 * Goes to every state that the commands of a region reach, looked at after each command, and checks it: what must be
 * so in every state, what a command must leave alone, and that everything comes back from a device that is healed.
 *
 * @param most where to give up
 */
export function searchRegion(region: Region, most = Infinity): ReachedStates {
  const search = new Search(region, most);
  const broken = search.run();
  return { states: search.size, finished: broken === undefined && search.finished, broken };
}

class Search {
  readonly #commands: readonly Command[];
  readonly #most: number;
  readonly #step: Step;
  readonly #wayBack: ReturnPath;
  readonly #admission: AdmissionIn;
  readonly #key: ReportedKey;
  readonly #from: State;
  readonly #known = new Set<string>();
  readonly #pending: Pending;
  readonly #visit = (looked: State): void => {
    const key = this.#key.of(looked);
    if (this.#known.has(key)) return;
    this.#known.add(key);
    this.#pending.push(looked);
  };

  constructor(region: Region, most: number) {
    const { scope, profile } = region;
    const judging = judgingOptionsFor(PROFILES[profile], new Set(USUAL_CAPABILITIES));
    this.#commands = commandsOf(region);
    this.#most = most;
    this.#step = new Step(scope, judging);
    this.#wayBack = new ReturnPath(new Step(scope, judging));
    this.#admission = new AdmissionIn(scope, profile);
    this.#key = new ReportedKey(new Set(this.#commands.map(({ op }) => op)));
    this.#from = new State(scope);
    this.#pending = new Pending(this.#from.cells.length);
  }

  get size(): number {
    return this.#known.size;
  }

  get finished(): boolean {
    return this.#known.size <= this.#most;
  }

  run(): string | undefined {
    const from = this.#from;
    this.#visit(from);
    while (this.#pending.popTo(from)) {
      if (!this.finished) return undefined;
      const broken = this.#wrongIn(from) ?? this.#goOn();
      if (broken !== undefined) return broken;
    }
    return undefined;
  }

  #wrongIn(state: State): string | undefined {
    return brokenInvariants(state, this.#step.judging.profile)[0] ?? this.#wayBack.missing(state);
  }

  /** Goes every way of every command that is admitted here. */
  #goOn(): string | undefined {
    const from = this.#from;
    const step = this.#step;
    const admission = this.#admission.at(from);
    for (const command of this.#commands) {
      if (admission.refusal(command) !== undefined) continue;
      step.begin(from, undefined, false);
      do {
        perform(step, command);
        if (step.ruledOut || step.state.equals(from)) continue;
        const entry = wronglyChanged(from, step.state, command);
        if (entry >= 0) return `entry ${entry}: changed by ${JSON.stringify(command)}`;
        const group = chargedBeyond(from, step.state, command.op);
        if (group >= 0) return `group ${group}: beyond its limit by ${JSON.stringify(command)}`;
        eachLook(step.state, this.#visit);
      } while (step.next(from));
    }
    return undefined;
  }
}

/** The states that are still to be gone on from, as their cells: a million of them fit in memory. */
class Pending {
  readonly #length: number;
  #cells: Int16Array;
  #count = 0;

  constructor(length: number) {
    this.#length = length;
    this.#cells = new Int16Array(1024 * length);
  }

  push(state: State): void {
    const at = this.#count * this.#length;
    if (at === this.#cells.length) {
      const larger = new Int16Array(2 * at);
      larger.set(this.#cells);
      this.#cells = larger;
    }
    this.#cells.set(state.cells, at);
    this.#count++;
  }

  /** Takes the last one; false where there is none. */
  popTo(state: State): boolean {
    if (this.#count === 0) return false;
    this.#count--;
    const at = this.#count * this.#length;
    state.cells.set(this.#cells.subarray(at, at + this.#length));
    return true;
  }
}
