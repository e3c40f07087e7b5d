import { stateKey } from '../../spec/model/canonical.ts';
import { perform } from '../../spec/model/commands.ts';
import { isExclusive, State, WATCHED_STORES } from '../../spec/model/state.ts';
import { Step } from '../../spec/model/step.ts';
import { termsFor } from '../../spec/model/terms.ts';
import { PROFILES } from '../../spec/profiles/profile.ts';
import { Admission } from '../../spec/vocabulary/admission.ts';
import { type Capability, USUAL_CAPABILITIES } from '../../spec/vocabulary/capability.ts';
import type { Case } from '../../spec/vocabulary/case.ts';
import type { Command } from '../../spec/vocabulary/command.ts';

const EVERYTHING: ReadonlySet<Capability> = new Set(USUAL_CAPABILITIES);

/**
 * Where the likeliest implementation would be before each command of a case, by the reference model. The reducer asks it
 * which changes are worth a question to the target: the model answers in a microsecond, a target perhaps in a second.
 */
export class LikelyPath {
  readonly #case: Case;
  readonly #step: Step;
  /** Before command i, at place i; after the last one at the end. */
  readonly #states: State[] = [];
  readonly #keys: string[] = [];

  constructor(testCase: Case) {
    this.#case = testCase;
    this.#step = new Step(testCase.scope, termsFor(PROFILES[testCase.profile], EVERYTHING));
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

  /** The state after a command; good until the next one. */
  #after(state: State, command: Command): State {
    this.#step.begin(state, undefined, true);
    perform(this.#step, command);
    return this.#step.state;
  }

  /**
   * What the last command means where it stands: which rules its clauses speak for, and those of its pages. Where it is the
   * same, the same bug may show in it. What a wrong value would mean is left out: that depends on what the page has been
   * through, which is just what changes.
   */
  get meaning(): string {
    const { commands } = this.#case;
    const before = this.#states[commands.length - 1];
    const last = commands.at(-1);
    if (before === undefined || last === undefined) return '';
    this.#after(before, last);
    const { result, faults, frees, entry, sharers, flavour, references, mappings } = this.#step.blame;
    const rules = [result, faults, frees, entry, sharers, flavour, references, mappings];
    return [...rules, ...this.#step.pageBlame].join();
  }

  /** Those of the commands that lead from where the window begins to where it ends, but for values and flavours. */
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
 * What a state looks like, whatever is stored in it, however its entries came by their flavour, and whether stores to it
 * were noticed. Spoils the state.
 */
function shapeOf(shape: State): string {
  shape.value.fill(0);
  shape.common.fill(0);
  for (let entry = 0; entry < shape.entry.length; entry++) {
    const flavour = shape.flavour[entry] ?? 0;
    shape.flavour[entry] = isExclusive(flavour) ? flavour : 0;
    shape.track[entry] = (shape.track[entry] ?? 0) & WATCHED_STORES;
  }
  return stateKey(shape, true);
}
