import { type Profile, ProfileName, PROFILES } from '../../spec/profiles/profile.ts';
import { Admission } from '../../spec/vocabulary/admission.ts';
import { type Capability, USUAL_CAPABILITIES } from '../../spec/vocabulary/capability.ts';
import type { Case } from '../../spec/vocabulary/case.ts';
import type { DriverEvent } from '../../spec/vocabulary/event.ts';
import { NO_EVENTS, type Observation } from '../../spec/vocabulary/observation.ts';
import type { Scope } from '../../spec/vocabulary/scope.ts';
import type { Snapshot } from '../../spec/vocabulary/snapshot.ts';
import type { Trace } from '../../spec/vocabulary/trace.ts';
import { Livelock } from '../kernel/faults-and-migration.ts';
import {
  type Build,
  buildWith,
  type KernelMutation,
  EmbeddedWorld,
  type EmbeddedWorldOptions,
} from '../kernel/world.ts';
import type { Hello, Run, Target } from './target.ts';

export interface EmbeddedTargetOptions {
  /** A planted bug. */
  readonly mutation?: KernelMutation;
  /** Appended to the name, to distinguish targets. */
  readonly suffix?: string;
  /** The declared capabilities, to simulate a target that shows less; everything by default. */
  readonly shows?: Iterable<Capability>;
  /** The maximum number of aligned pages that a fault migrates back. */
  readonly chunk?: number;
}

const EVERYTHING: ReadonlySet<Capability> = new Set(USUAL_CAPABILITIES);
const CHUNK = 2;

const worldOptions = (capabilities: ReadonlySet<Capability>, chunk: number): EmbeddedWorldOptions => ({
  oneOwner: capabilities.has('one-owner'),
  watchesUnpopulated: capabilities.has('watch-unpopulated'),
  chunk,
  copiesOnWrite: capabilities.has('device-copy-on-write'),
  answersOom: capabilities.has('oom-result'),
});

/** A fresh world of the embedded kernel, which executes admitted commands step by step. */
export function openWorld(profile: ProfileName, scope: Scope, mutation?: KernelMutation): EmbeddedWorld {
  return new EmbeddedWorld(buildWith(worldOptions(EVERYTHING, CHUNK), mutation), PROFILES[profile], scope);
}

/** The embedded kernel as a target in this process, without the wire protocol. */
export class EmbeddedTarget implements Target {
  readonly hello: Hello;
  readonly deterministic: boolean;
  /** The planted bug. */
  readonly mutation: KernelMutation | undefined;
  readonly #options: EmbeddedWorldOptions;
  #build: Build;
  readonly #isUsual: boolean;
  /** The declared capabilities, by which observations are filtered; undefined without a filter. */
  readonly #offers: ReadonlySet<Capability> | undefined;

  constructor(options: EmbeddedTargetOptions = {}) {
    const capabilities = options.shows === undefined ? EVERYTHING : new Set(options.shows);
    this.mutation = options.mutation;
    this.#isUsual = (options.chunk ?? CHUNK) === CHUNK;
    this.#offers = USUAL_CAPABILITIES.every((one) => capabilities.has(one)) ? undefined : capabilities;
    this.#options = worldOptions(capabilities, options.chunk ?? CHUNK);
    this.#build = buildWith(this.#options, options.mutation);
    this.deterministic = options.mutation?.outlivesWorlds !== true;
    this.hello = {
      name: options.suffix === undefined ? 'embedded' : `embedded ${options.suffix}`,
      version: undefined,
      profiles: ProfileName.options,
      capabilities,
    };
  }

  /** True if it behaves like a world of `openWorld`, so that results for one hold for the other. */
  get showsEverything(): boolean {
    return this.#offers === undefined && this.#isUsual && this.deterministic;
  }

  /** Runs a case. Throws if a planted bug makes the kernel throw. */
  runNow(testCase: Case): Trace {
    return {
      case: testCase,
      capabilities: this.hello.capabilities,
      observations: this.#observe(testCase, PROFILES[testCase.profile], []),
    };
  }

  /** Appends the observations, so that they show the progress if it throws. */
  #observe(
    testCase: Case,
    profile: Profile,
    observations: (Observation | undefined)[],
  ): (Observation | undefined)[] {
    const { scope, commands } = testCase;
    const offers = this.#offers;
    const admission = new Admission(scope, profile.name, offers);
    const world = new EmbeddedWorld(this.#build, profile, scope);
    const everyStep = testCase.observe === 'every-step';
    const looksAtInspect = testCase.observe !== 'results';
    for (const command of commands) {
      if (admission.admit(command) === undefined) {
        const looks = everyStep || (looksAtInspect && command.op === 'inspect');
        const observation = world.execute(command, looks);
        observations.push(offers === undefined ? observation : shownOf(observation, offers));
      } else {
        observations.push(undefined);
      }
    }
    return observations;
  }

  async run(testCase: Case): Promise<Run> {
    const observations: (Observation | undefined)[] = [];
    try {
      this.#observe(testCase, PROFILES[testCase.profile], observations);
      return {
        kind: 'trace',
        trace: { case: testCase, capabilities: this.hello.capabilities, observations },
      };
    } catch (error) {
      const kind = error instanceof Livelock ? 'hang' : 'crash';
      const message = error instanceof Error ? error.message : String(error);
      return { kind: 'failure', failure: { kind, message, step: observations.length, stderr: '' } };
    }
  }

  async restart(): Promise<void> {
    if (!this.deterministic) this.#build = buildWith(this.#options, this.mutation);
  }

  async close(): Promise<void> {
    // There is no process to end.
  }
}

/** The capability that shows each kind of event. */
const SHOWN_BY = {
  fault: 'callbacks',
  free: 'callbacks',
  alloc: 'allocations',
  split: 'split-callbacks',
} as const satisfies Record<DriverEvent['event'], Capability>;

/** The part of an observation that belongs to the declared capabilities. */
function shownOf(observation: Observation, offers: ReadonlySet<Capability>): Observation {
  const { result, events, state } = observation;
  const shownEvents = events.filter((event) => offers.has(SHOWN_BY[event.event]));
  return {
    result,
    events: shownEvents.length === 0 ? NO_EVENTS : shownEvents,
    state: state === undefined ? undefined : shownOfState(state, offers),
  };
}

function shownOfState(state: Snapshot, offers: ReadonlySet<Capability>): Snapshot {
  const frames = offers.has('frames');
  const accounting = offers.has('accounting');
  return {
    entries: offers.has('entries') ? state.entries : undefined,
    refs: frames ? state.refs : undefined,
    maps: frames ? state.maps : undefined,
    least: frames && offers.has('least-count') ? state.least : undefined,
    rss: accounting ? state.rss : undefined,
    charged: accounting ? state.charged : undefined,
    ...(offers.has('large-folios') && { whole: state.whole, large: state.large }),
  };
}
