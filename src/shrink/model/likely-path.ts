import { stateKey } from '../../../spec/model/canonical.ts';
import { perform } from '../../../spec/model/commands.ts';
import { isExclusive, State, WATCHED_STORES } from '../../../spec/model/state.ts';
import { Step } from '../../../spec/model/step.ts';
import { judgingOptionsFor } from '../../../spec/model/judging-options.ts';
import { PROFILES } from '../../../spec/profiles/profile.ts';
import { Admission } from '../../../spec/vocabulary/admission.ts';
import { type Capability, USUAL_CAPABILITIES } from '../../../spec/vocabulary/capability.ts';
import type { Case } from '../../../spec/vocabulary/case.ts';
import type { Command } from '../../../spec/vocabulary/command.ts';

const EVERYTHING: ReadonlySet<Capability> = new Set(USUAL_CAPABILITIES);

/**
 * The model states before each command of a case, with the most likely choices. They decide which candidates are worth
 * running: the model answers in a microsecond, a target may need a second.
 */
export class LikelyPath {
  readonly #case: Case;
  readonly #step: Step;
  /** The state before command i at index i; the final state last. */
  readonly #states: State[] = [];
  readonly #keys: string[] = [];

  constructor(testCase: Case) {
    this.#case = testCase;
    this.#step = new Step(testCase.scope, judgingOptionsFor(PROFILES[testCase.profile], EVERYTHING));
    const admission = new Admission(testCase.scope, testCase.profile);
    let state = new State(testCase.scope);
    this.#add(state);
    for (const command of testCase.commands) {
      if (admission.admit(command) === undefined) state = this.#after(state, command).clone();
      this.#add(state);
    }
  }

  #add(state: State): void {
    this.#states.push(state);
    this.#keys.push(shapeOf(state.clone()));
  }

  /** The state after a command; valid until the next call. */
  #after(state: State, command: Command): State {
    this.#step.begin(state, undefined, true);
    perform(this.#step, command);
    return this.#step.state;
  }

  /**
   * The requirements that the clauses of the last command stand for, and those of its pages. If they are equal, the
   * same bug may show in it. The requirement of a wrong value is omitted: it depends on the history of the page, which
   * shrinking changes.
   */
  get meaning(): string {
    const { commands } = this.#case;
    const before = this.#states[commands.length - 1];
    const last = commands.at(-1);
    if (before === undefined || last === undefined) return '';
    this.#after(before, last);
    const { result, faults, frees, entry, sharers, writable, references, mappings } = this.#step.attribution;
    const rules = [result, faults, frees, entry, sharers, writable, references, mappings];
    return [...rules, ...this.#step.pageAttribution].join();
  }

  /**
   * The commands that lead from the state at the beginning of the window to the state at its end, apart from values and
   * write permissions of entries.
   */
  doLike(start: number, end: number, commands: readonly Command[]): readonly Command[] {
    const from = this.#states[start];
    if (from === undefined) return [];
    const admission = new Admission(this.#case.scope, this.#case.profile);
    for (const command of this.#case.commands.slice(0, start)) admission.admit(command);
    return commands.filter(
      (command) =>
        admission.refusal(command) === undefined && shapeOf(this.#after(from, command)) === this.#keys[end],
    );
  }
}

/**
 * A key of a state without stored values, the origin of write permissions, and records of stores. Modifies the state.
 */
function shapeOf(shape: State): string {
  shape.value.fill(0);
  shape.common.fill(0);
  for (let entry = 0; entry < shape.entry.length; entry++) {
    const writable = shape.writable[entry] ?? 0;
    shape.writable[entry] = isExclusive(writable) ? writable : 0;
    shape.track[entry] = (shape.track[entry] ?? 0) & WATCHED_STORES;
  }
  return stateKey(shape, true);
}
