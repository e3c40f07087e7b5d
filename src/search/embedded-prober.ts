import { fingerprintOf, isOfShould, type Verdict } from '../../spec/judge/verdict.ts';
import type { Command, Op } from '../../spec/vocabulary/command.ts';
import type { FailureKind } from '../targets/target.ts';
import { Judge } from '../../spec/judge/judge.ts';
import { Tally } from '../../spec/judge/tally.ts';
import { stateKey } from '../../spec/model/canonical.ts';
import type { State } from '../../spec/model/state.ts';
import { judgingOptionsFor } from '../../spec/model/judging-options.ts';
import { type ProfileName, PROFILES } from '../../spec/profiles/profile.ts';
import { Admission } from '../../spec/vocabulary/admission.ts';
import { type Capability, USUAL_CAPABILITIES } from '../../spec/vocabulary/capability.ts';
import type { Observation } from '../../spec/vocabulary/observation.ts';
import type { Scope } from '../../spec/vocabulary/scope.ts';
import { Livelock } from '../kernel/faults-and-migration.ts';
import type { KernelMutation, EmbeddedWorld } from '../kernel/world.ts';
import { openWorld } from '../targets/embedded.ts';
import type { Child, Prober } from './breadth-first.ts';

/**
 * Failure goal of a search. A crash or a hang has no command and no clause, because the failing step may be unknown; it
 * is accepted at the end of any command.
 */
export class FailureGoal {
  readonly #fingerprint: string;
  readonly #requirement: string;
  readonly #op: string | undefined;

  /** @param fingerprint as `fingerprintOf` returns it, or a requirement alone */
  constructor(fingerprint: string) {
    this.#fingerprint = fingerprint;
    const [requirement = '', op] = fingerprint.split(' ');
    this.#requirement = requirement;
    this.#op = op;
  }

  /** Whether the failure is a SHOULD that is not followed, which only a strict judge reports. */
  get isOfShould(): boolean {
    return isOfShould(this.#fingerprint);
  }

  /** Whether the failure can occur at this command. */
  mayEndIn(op: Op): boolean {
    return this.isFall || this.#op === undefined || this.#op === op;
  }

  isVerdict(verdict: Verdict): boolean {
    return verdict.kind === 'violates' && fingerprintOf(verdict.violation) === this.#fingerprint;
  }

  isFailure(kind: FailureKind): boolean {
    return (kind === 'crash' || kind === 'hang') && this.#requirement === NAMES[kind];
  }

  /** Whether it is a crash or a hang. Then no trace is judged, and every path is extended. */
  get isFall(): boolean {
    return this.isFailure('crash') || this.isFailure('hang');
  }
}

const NAMES = { crash: 'robust.no-crash', hang: 'robust.terminates' } as const;

export interface EmbeddedProberOptions {
  readonly profile: ProfileName;
  readonly scope: Scope;
  /** Commands tried after each path. */
  readonly commands: readonly Command[];
  readonly mutation: KernelMutation | undefined;
  /** The fingerprint of the failure goal. */
  readonly fingerprint: string;
}

const EVERYTHING: ReadonlySet<Capability> = new Set(USUAL_CAPABILITIES);

/**
 * Runs the embedded kernel with a snapshot after every command. States count as equal if the possible states of the
 * model and everything in the kernel that can influence its future are equal. Nothing is renamed, so no assumption is
 * necessary.
 *
 * Only the path to a state is stored and executed again to continue it, which takes a few microseconds and saves
 * kilobytes per state.
 */
export class EmbeddedProber implements Prober {
  asked = 0;
  readonly #options: EmbeddedProberOptions;
  readonly #commands: readonly Command[];
  /** The commands at which the failure goal can occur. */
  readonly #lasts: readonly Command[];
  readonly #judge: Judge;
  readonly #goal: FailureGoal;

  constructor(options: EmbeddedProberOptions) {
    this.#options = options;
    this.#goal = new FailureGoal(options.fingerprint);
    this.#commands = options.commands;
    this.#lasts = this.#commands.filter(({ op }) => this.#goal.mayEndIn(op));
    this.#judge = new Judge(
      options.scope,
      judgingOptionsFor(PROFILES[options.profile], EVERYTHING),
      new Tally(),
      {
        strict: this.#goal.isOfShould,
      },
    );
  }

  async probe(path: readonly Command[], isLast: boolean): Promise<readonly Child[]> {
    const before = this.#runAgain(path);
    const children: Child[] = [];
    const commands = isLast ? this.#lasts : this.#commands;
    for (const command of commands) {
      if (!before.admission.wouldAdmit(command)) continue;
      this.asked++;
      const child = this.#step(path.length, before, command, isLast);
      children.push(child);
      if (child.kind === 'found') break;
    }
    return children;
  }

  #step(index: number, before: Before, command: Command, isLast: boolean): Child {
    const world = before.world.clone();
    let observation: Observation;
    try {
      observation = world.execute(command, true);
    } catch (error) {
      const isIt = this.#goal.isFailure(error instanceof Livelock ? 'hang' : 'crash');
      return isIt ? { kind: 'found', command } : { kind: 'fails otherwise' };
    }
    if (this.#goal.isFall) {
      if (isLast) return { kind: 'fails otherwise' };
      const admission = before.admission.clone();
      admission.admit(command);
      return { kind: 'goes on', command, key: `${admission.key}\u0002${world.digest()}` };
    }
    const judge = this.#judge;
    judge.resume(before.states);
    const verdict = judge.judge(index, command, observation);
    if (this.#goal.isVerdict(verdict)) return { kind: 'found', command };
    if (isLast || verdict.kind !== 'conforms') return { kind: 'fails otherwise' };
    const model = judge.states.map((state) => stateKey(state)).join('\u0001');
    return { kind: 'goes on', command, key: `${model}\u0002${world.digest()}` };
  }

  #runAgain(path: readonly Command[]): Before {
    const { mutation, profile, scope } = this.#options;
    const world = openWorld(profile, scope, mutation);
    const admission = new Admission(scope, profile);
    this.asked += path.length;
    this.#judge.begin();
    for (const [index, command] of path.entries()) {
      admission.admit(command);
      const observation = world.execute(command, true);
      if (!this.#goal.isFall) this.#judge.judge(index, command, observation);
    }
    return { admission, states: this.#judge.states.map((state) => state.clone()), world };
  }
}

/** The state that a path has reached. */
interface Before {
  readonly admission: Admission;
  readonly states: readonly State[];
  readonly world: EmbeddedWorld;
}
