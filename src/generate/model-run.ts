import { applyRule } from '../../spec/model/commands.ts';
import { State } from '../../spec/model/state.ts';
import { Step } from '../../spec/model/step.ts';
import { judgingOptionsFor } from '../../spec/model/judging-options.ts';
import { type Profile, type ProfileName, PROFILES } from '../../spec/profiles/profile.ts';
import { Admission } from '../../spec/vocabulary/admission.ts';
import type { Capability } from '../../spec/vocabulary/capability.ts';
import type { Command } from '../../spec/vocabulary/command.ts';
import type { Scope } from '../../spec/vocabulary/scope.ts';

/** Executes a case under construction in the model, with the most likely choices. */
export class ModelRun {
  readonly scope: Scope;
  readonly profile: Profile;
  readonly capabilities: ReadonlySet<Capability>;
  state: State;
  readonly #admission: Admission;
  readonly #step: Step;

  constructor(scope: Scope, profile: ProfileName, capabilities: ReadonlySet<Capability>) {
    this.scope = scope;
    this.profile = PROFILES[profile];
    this.capabilities = capabilities;
    this.state = new State(scope);
    this.#admission = new Admission(scope, profile, capabilities);
    this.#step = new Step(scope, judgingOptionsFor(this.profile, capabilities));
  }

  reset(): void {
    this.state.reset();
    this.#admission.reset();
  }

  /** Whether a command is admitted now. */
  admits(command: Command): boolean {
    return this.#admission.wouldAdmit(command);
  }

  /** Executes a command; false if it is not admitted or, on request, if it would change nothing. */
  follow(command: Command, mustChange = false): boolean {
    if (!this.#admission.wouldAdmit(command)) return false;
    const step = this.#step;
    const before = this.state;
    step.begin(before, undefined, true);
    applyRule(step, command);
    if (mustChange && step.state.equals(before)) return false;
    this.#admission.admit(command);
    this.state = step.state;
    step.state = before;
    return true;
  }
}
