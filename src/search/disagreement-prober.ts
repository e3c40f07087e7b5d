import { Judge } from '../../spec/judge/judge.ts';
import { Tally } from '../../spec/judge/tally.ts';
import type { Violation } from '../../spec/judge/verdict.ts';
import { stateKey } from '../../spec/model/canonical.ts';
import type { State } from '../../spec/model/state.ts';
import { judgingOptionsFor } from '../../spec/model/judging-options.ts';
import type { Profile, ProfileName } from '../../spec/profiles/profile.ts';
import type { RequirementId } from '../../spec/requirements/catalogue.ts';
import { Admission } from '../../spec/vocabulary/admission.ts';
import { type Capability, USUAL_CAPABILITIES } from '../../spec/vocabulary/capability.ts';
import type { Command } from '../../spec/vocabulary/command.ts';
import { NO_EVENTS, type Observation } from '../../spec/vocabulary/observation.ts';
import type { Scope } from '../../spec/vocabulary/scope.ts';
import { buildWith, World } from '../kernel/world.ts';
import type { Child, Prober } from './breadth-first.ts';

/** The parts of an observation that are judged. A violation may show at different steps with different parts. */
export const VISIBILITY_LEVELS = ['everything', 'results and callbacks', 'results'] as const;
export type VisibilityLevel = (typeof VISIBILITY_LEVELS)[number];

/** The shortest case in which behaviour under one set of rules violates another. */
export interface ProfileDisagreement {
  readonly commands: readonly Command[];
  readonly violation: Violation;
}

export interface DisagreementOptions {
  /** The profile of the embedded kernel. */
  readonly does: Profile;
  /** The profile of the judge. */
  readonly says: Profile;
  /** Only commands admitted in all of these profiles are tried. */
  readonly sentIn: readonly ProfileName[];
  readonly scope: Scope;
  readonly commands: readonly Command[];
  readonly sight: VisibilityLevel;
  /** The mode of the embedded kernel, and a capability for the judge; undefined for none. */
  readonly mode: Capability | undefined;
}

const SHOWS: ReadonlySet<Capability> = new Set<Capability>([
  'allocations',
  'entries',
  'frames',
  'least-count',
  'accounting',
]);

const CAPABILITIES: { readonly [S in VisibilityLevel]: ReadonlySet<Capability> } = {
  everything: new Set(USUAL_CAPABILITIES),
  'results and callbacks': new Set(USUAL_CAPABILITIES.filter((one) => !SHOWS.has(one))),
  results: new Set(USUAL_CAPABILITIES.filter((one) => one !== 'callbacks' && !SHOWS.has(one))),
};

/**
 * Runs the embedded kernel with one profile and judges it with another. Records the first case for each violated
 * requirement; as cases are tried by length, it is the shortest.
 */
export class DisagreementProber implements Prober {
  asked = 0;
  readonly found = new Map<RequirementId, ProfileDisagreement>();
  readonly #options: DisagreementOptions;
  readonly #judge: Judge;

  constructor(options: DisagreementOptions) {
    this.#options = options;
    const { mode, says, sight } = options;
    const usual = CAPABILITIES[sight];
    const judging = judgingOptionsFor(says, mode === undefined ? usual : new Set([...usual, mode]));
    this.#judge = new Judge(options.scope, judging, new Tally());
  }

  async probe(path: readonly Command[]): Promise<readonly Child[]> {
    const { admissions, states, world } = this.#runAgain(path);
    const commands = this.#options.commands.filter((command) =>
      admissions.every((admission) => admission.wouldAdmit(command)),
    );
    this.asked += path.length + commands.length;
    return commands.map((command) => this.#step(path, world.clone(), states, command));
  }

  #step(path: readonly Command[], world: World, states: readonly State[], command: Command): Child {
    const judge = this.#judge;
    judge.resume(states);
    const verdict = judge.judge(path.length, command, this.#look(world, command));
    if (verdict.kind === 'violates') {
      const { violation } = verdict;
      if (!this.found.has(violation.requirement)) {
        this.found.set(violation.requirement, { commands: [...path, command], violation });
      }
      return { kind: 'fails otherwise' };
    }
    if (verdict.kind === 'inconclusive') return { kind: 'fails otherwise' };
    const model = judge.states.map((state) => stateKey(state)).join('\u0001');
    return { kind: 'goes on', command, key: `${model}\u0002${world.digest()}` };
  }

  #look(world: World, command: Command): Observation {
    const { sight } = this.#options;
    const observation = world.execute(command, sight === 'everything');
    return sight === 'results' ? { ...observation, events: NO_EVENTS } : shownEvents(observation, sight);
  }

  #runAgain(path: readonly Command[]): {
    readonly admissions: readonly Admission[];
    readonly states: readonly State[];
    readonly world: World;
  } {
    const { does, mode, scope, sentIn } = this.#options;
    const build = buildWith(
      {
        chunk: 1,
        copiesOnWrite: true,
        oneOwner: mode === 'one-owner',
        watchesUnpopulated: mode === 'watch-unpopulated',
        answersOom: true,
      },
      undefined,
    );
    const world = new World(build, does, scope);
    const admissions = sentIn.map((profile) => new Admission(scope, profile));
    this.#judge.begin();
    for (const [index, command] of path.entries()) {
      for (const admission of admissions) admission.admit(command);
      this.#judge.judge(index, command, this.#look(world, command));
    }
    return { admissions, states: this.#judge.states.map((state) => state.clone()), world };
  }
}

/** Frames that are taken are shown only together with everything. */
const shownEvents = (observation: Observation, sight: VisibilityLevel): Observation =>
  sight === 'everything'
    ? observation
    : { ...observation, events: observation.events.filter(({ event }) => event !== 'alloc') };
