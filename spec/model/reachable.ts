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

/** The result of the search of a region. */
export interface ReachedStates {
  /** The number of reached states; states that no command can distinguish count once. */
  readonly states: number;
  /** Whether all reachable states were visited. */
  readonly finished: boolean;
  /** The first violation, in words; the search ends there. */
  readonly broken: string | undefined;
}

/**
 * Visits every state that the commands of a region reach, with a snapshot after each command, and checks the invariants
 * of each state, the isolation of each command, and that every page can return from a healed device.
 *
 * @param most the number of states after which the search gives up
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

  /** Runs every outcome of every command that is admitted in the current state. */
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

/** The states that are not expanded yet, stored as their cells, so that a million of them fit in memory. */
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

  /** Removes the last state and copies it to `state`. Returns false where there is none. */
  popTo(state: State): boolean {
    if (this.#count === 0) return false;
    this.#count--;
    const at = this.#count * this.#length;
    state.cells.set(this.#cells.subarray(at, at + this.#length));
    return true;
  }
}
