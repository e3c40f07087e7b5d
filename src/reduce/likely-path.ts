import { stateKey } from '../../spec/model/canonical.ts';
import { perform } from '../../spec/model/commands.ts';
import { State } from '../../spec/model/state.ts';
import { Step } from '../../spec/model/step.ts';
import { termsFor } from '../../spec/model/terms.ts';
import { PROFILES } from '../../spec/profiles/profiles.ts';
import { Admission } from '../../spec/vocabulary/admission.ts';
import { Capability } from '../../spec/vocabulary/capability.ts';
import type { Case } from '../../spec/vocabulary/case.ts';
import type { Command } from '../../spec/vocabulary/command.ts';

const EVERYTHING: ReadonlySet<Capability> = new Set(Capability.options);

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
    const admission = new Admission(testCase.scope);
    let state = new State(testCase.scope);
    this.#add(state);
    for (const command of testCase.commands) {
      if (admission.admit(command) === undefined) state = this.#after(state, command);
      this.#add(state);
    }
  }

  #add(state: State): void {
    this.#states.push(state);
    this.#keys.push(stateKey(state));
  }

  #after(state: State, command: Command): State {
    this.#step.begin(state, undefined, true);
    perform(this.#step, command);
    return this.#step.state.clone();
  }

  /** The same for all cases that come to the same place, but for the values stored there, before their last command. */
  get lastPlace(): string {
    const last = this.#states.at(-2);
    return last === undefined ? '' : stateKey(last, true, 'left out');
  }

  /** Those of the commands that come, from where the window begins, to where it ends: each does what the window does. */
  doLike(start: number, end: number, commands: readonly Command[]): readonly Command[] {
    const from = this.#states[start];
    if (from === undefined) return [];
    const admission = new Admission(this.#case.scope);
    for (const command of this.#case.commands.slice(0, start)) admission.admit(command);
    return commands.filter(
      (command) =>
        admission.refusal(command) === undefined && stateKey(this.#after(from, command)) === this.#keys[end],
    );
  }
}
