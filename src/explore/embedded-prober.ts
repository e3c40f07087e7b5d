import { Judge } from '../../spec/judge/judge.ts';
import { Tally } from '../../spec/judge/tally.ts';
import { fingerprintOf } from '../../spec/judge/verdict.ts';
import { stateKey } from '../../spec/model/canonical.ts';
import type { State } from '../../spec/model/state.ts';
import { termsFor } from '../../spec/model/terms.ts';
import type { ProfileName } from '../../spec/profiles/profile.ts';
import { PROFILES } from '../../spec/profiles/profiles.ts';
import { Admission } from '../../spec/vocabulary/admission.ts';
import { Capability } from '../../spec/vocabulary/capability.ts';
import type { Command } from '../../spec/vocabulary/command.ts';
import { commandsIn, type Slice } from '../../spec/vocabulary/commands-in.ts';
import type { Scope } from '../../spec/vocabulary/scope.ts';
import type { Plant } from '../kernel/plant.ts';
import type { World } from '../kernel/world.ts';
import { openWorld } from '../targets/embedded.ts';
import type { Child, Prober } from './breadth-first.ts';

export interface EmbeddedProberOptions {
  readonly profile: ProfileName;
  readonly scope: Scope;
  readonly slice: Slice;
  readonly plant: Plant | undefined;
  /** The way of failing that is looked for, as `fingerprintOf` names it. */
  readonly fingerprint: string;
}

const EVERYTHING: ReadonlySet<Capability> = new Set(Capability.options);

/**
 * Probes the embedded kernel, with a look after every step. States count as one where both the model's possible states
 * and everything in the kernel that can tell in the future are the same. Nothing is renamed, so nothing is assumed.
 *
 * Only how each state was come by is kept, and run again when it is continued: a few microseconds against kilobytes.
 */
export class EmbeddedProber implements Prober {
  readonly #options: EmbeddedProberOptions;
  readonly #commands: readonly Command[];
  readonly #judge: Judge;

  constructor(options: EmbeddedProberOptions) {
    this.#options = options;
    this.#commands = commandsIn(options.scope, options.slice);
    this.#judge = new Judge(options.scope, termsFor(PROFILES[options.profile], EVERYTHING), new Tally());
  }

  async probe(path: readonly Command[]): Promise<readonly Child[]> {
    const { admission, states, world } = this.#runAgain(path);
    const children: Child[] = [];
    for (const command of this.#commands) {
      if (admission.refusal(command) === undefined) {
        children.push(this.#step(path.length, world.clone(), states, command));
      }
    }
    return children;
  }

  #step(index: number, world: World, states: readonly State[], command: Command): Child {
    const judge = this.#judge;
    judge.resume(states);
    try {
      const verdict = judge.judge(index, command, world.execute(command, true));
      if (verdict.kind === 'violates') {
        const found = fingerprintOf(verdict.violation) === this.#options.fingerprint;
        return found ? { kind: 'found', command } : { kind: 'fails otherwise' };
      }
    } catch {
      return { kind: 'fails otherwise' };
    }
    const model = judge.states.map((state) => stateKey(state)).join('\u0001');
    return { kind: 'goes on', command, key: `${model}\u0002${world.digest()}` };
  }

  #runAgain(path: readonly Command[]): {
    readonly admission: Admission;
    readonly states: readonly State[];
    readonly world: World;
  } {
    const { plant, profile, scope } = this.#options;
    const world = openWorld(profile, scope, plant);
    const admission = new Admission(scope, profile);
    this.#judge.begin();
    for (const [index, command] of path.entries()) {
      admission.admit(command);
      this.#judge.judge(index, command, world.execute(command, true));
    }
    return { admission, states: this.#judge.states.map((state) => state.clone()), world };
  }
}
