import { type Profile, type ProfileName, PROFILES } from '../../spec/profiles/profile.ts';
import { capabilitiesIn, type Capability, USUAL_CAPABILITIES } from '../../spec/vocabulary/capability.ts';
import type { Command, Op } from '../../spec/vocabulary/command.ts';
import { Judge } from '../../spec/judge/judge.ts';
import { Tally } from '../../spec/judge/tally.ts';
import type { Violation } from '../../spec/judge/verdict.ts';
import { stateKey } from '../../spec/model/canonical.ts';
import type { State } from '../../spec/model/state.ts';
import { judgingOptionsFor } from '../../spec/model/judging-options.ts';
import {
  appliesTo,
  CATALOGUE,
  type CatalogueEntry,
  type RequirementId,
} from '../../spec/requirements/catalogue.ts';
import { Admission } from '../../spec/vocabulary/admission.ts';
import { NO_EVENTS, type Observation } from '../../spec/vocabulary/observation.ts';
import type { Scope } from '../../spec/vocabulary/scope.ts';
import { buildWith, EmbeddedWorld } from '../kernel/world.ts';
import { type Child, type Prober, searchShorter } from './breadth-first.ts';
import { commandsIn } from '../../spec/vocabulary/commands-in.ts';
import { Pace } from './certify.ts';

/** The switches in which versions of the rules differ. */
export type Switch = Exclude<keyof Profile, 'name' | 'title'>;

/** The meaning of a switch, and the commands that show it. */
interface AboutSwitch {
  readonly what: string;
  /** The commands that show it, in addition to those that put a page on a device. */
  readonly ops: readonly Op[];
  /** Whether a second device is necessary. */
  readonly twoDevices?: true;
  /** The mode of a target in which alone it shows. */
  readonly mode?: Capability;
  /** The switch on which the meaning of this one depends. */
  readonly goesWith?: Switch;
}

const SWITCHES: { readonly [S in Switch]: AboutSwitch } = {
  idleCount: { what: 'the reference count of an idle frame', ops: [] },
  entryAllocatesIdleReference: {
    what: 'whether the first entry for a frame takes over the idle reference',
    ops: ['fork', 'exit'],
    goesWith: 'idleCount',
  },
  failedFaultPoisons: {
    what: 'whether a page_fault that fails with SIGBUS poisons the entry',
    ops: ['inject', 'fork', 'discard', 'unmap', 'exit', 'migrate-to-system'],
  },
  sameProtectionIsQuiet: {
    what: 'whether protect with the same protection changes no entry',
    ops: ['protect'],
  },
  forkCopiesPinned: { what: 'whether a fork copies a pinned page', ops: ['fork', 'pin', 'unpin'] },
  readPinUnshares: {
    what: 'whether a pin for reading breaks the sharing of its page',
    ops: ['fork', 'pin', 'unpin'],
  },
  swapAreas: { what: 'the maximum number of swap areas', ops: ['swap-on'] },
  ownersMatter: {
    what: 'whether a migration skips pages of another device',
    ops: ['migrate-to-system'],
    twoDevices: true,
  },
  foreignAccessFaults: {
    what: 'whether a device access to a page on another device first migrates it to system memory',
    ops: ['device-load', 'device-store', 'inject'],
    twoDevices: true,
  },
  foreignErrorTellsCause: {
    what: 'whether the error of a failed device access to a page on another device names the cause',
    ops: ['device-load', 'inject'],
    twoDevices: true,
  },
  hasLargeFolios: {
    what: 'whether a large folio of device memory can be mapped by one entry',
    ops: [],
  },
  faultLocksPage: {
    what: 'whether the second of two accesses to one page waits while the first calls page_fault',
    ops: ['race'],
  },
  tracksThroughMigration: {
    what: 'whether the soft-dirty bit and userfaultfd write-protection survive migration',
    ops: ['clear-soft-dirty', 'soft-dirty', 'watch', 'migrate-to-system'],
  },
  tellsSoleMapper: {
    what: 'whether page-map reports that no other process maps a page on a device',
    ops: ['page-map', 'fork'],
  },
  offersUnpopulatedWatch: {
    what: 'whether userfaultfd write-protection may apply to an unpopulated page',
    ops: ['watch'],
    mode: 'watch-unpopulated',
  },
  joinMoves: {
    what: 'which pages of a process are charged to its new control group',
    ops: ['join', 'charge', 'fork'],
  },
};

/** In the order in which profiles list them. */
const SWITCH_NAMES: readonly Switch[] = Object.keys(SWITCHES).filter(isSwitch);

function isSwitch(name: string): name is Switch {
  return Object.hasOwn(SWITCHES, name);
}

export const aboutSwitch = (name: Switch): AboutSwitch => SWITCHES[name];

/** The switches in which two profiles differ; dependent switches are listed together. */
function differingSwitches(one: Profile, other: Profile): readonly (readonly Switch[])[] {
  const differing = SWITCH_NAMES.filter((name) => one[name] !== other[name]);
  const leads = [...new Set(differing.map((name) => SWITCHES[name].goesWith ?? name))];
  return leads.map((lead) => differing.filter((name) => (SWITCHES[name].goesWith ?? name) === lead));
}

/** A profile with some switches taken from another profile. */
const withSwitches = (profile: Profile, names: readonly Switch[], other: Profile): Profile => ({
  ...profile,
  ...Object.fromEntries(names.map((name) => [name, other[name]])),
});

/** The parts of an observation that are judged. A violation may show at different steps with different parts. */
const VISIBILITY_LEVELS = ['everything', 'results and callbacks', 'results'] as const;
type VisibilityLevel = (typeof VISIBILITY_LEVELS)[number];

/** The shortest case in which behaviour under one set of rules violates another. */
interface ProfileDisagreement {
  readonly commands: readonly Command[];
  readonly violation: Violation;
}

interface DisagreementOptions {
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
class DisagreementProber implements Prober {
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

  #step(path: readonly Command[], world: EmbeddedWorld, states: readonly State[], command: Command): Child {
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

  #look(world: EmbeddedWorld, command: Command): Observation {
    const { sight } = this.#options;
    const observation = world.execute(command, sight === 'everything');
    return sight === 'results' ? { ...observation, events: NO_EVENTS } : shownEvents(observation, sight);
  }

  #runAgain(path: readonly Command[]): {
    readonly admissions: readonly Admission[];
    readonly states: readonly State[];
    readonly world: EmbeddedWorld;
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
    const world = new EmbeddedWorld(build, does, scope);
    const admissions = sentIn.map((profile) => new Admission(scope, profile));
    this.#judge.begin();
    for (const [index, command] of path.entries()) {
      for (const admission of admissions) admission.admit(command);
      this.#judge.judge(index, command, this.#look(world, command));
    }
    return { admissions, states: this.#judge.states.map((state) => state.clone()), world };
  }
}

/** Allocations of frames are shown only at the level `everything`. */
const shownEvents = (observation: Observation, sight: VisibilityLevel): Observation =>
  sight === 'everything'
    ? observation
    : { ...observation, events: observation.events.filter(({ event }) => event !== 'alloc') };

/** A case on which two profiles disagree, all other switches being equal. */
export interface ObservedDifference extends ProfileDisagreement {
  readonly switches: readonly Switch[];
  readonly sight: VisibilityLevel;
  /** The profile that executes the case, and the profile that forbids the result. */
  readonly does: ProfileName;
  readonly forbids: ProfileName;
}

/** A switch in which two profiles differ, or several switches that have an effect only together. */
export interface SwitchDifference {
  readonly names: readonly Switch[];
  /**
   * The shortest case of each side. If there is none for a side, the other profile allows the behaviour of the embedded
   * kernel.
   */
  readonly seen: readonly ObservedDifference[];
  /** Every case of the searched set up to this length was tried. */
  readonly searched: number;
}

/** A requirement that holds in one of two profiles. */
export interface RequirementDifference {
  readonly requirement: CatalogueEntry;
  readonly holdsIn: ProfileName;
  readonly absentIn: ProfileName;
  /** The necessary capabilities do not exist in the other profile. */
  readonly notSent: readonly Capability[];
  /** The shortest case in which the other profile violates it. */
  readonly seen: ObservedDifference | undefined;
}

export interface ProfileDifference {
  readonly requirements: readonly RequirementDifference[];
  readonly switches: readonly SwitchDifference[];
  /** The longest cases that were to be tried. */
  readonly longest: number;
}

export interface DiffOptions {
  readonly longest: number;
  /** For all searches together, in milliseconds. */
  readonly budget: number;
  readonly signal: AbortSignal | undefined;
  readonly onProgress?: (now: {
    readonly switches: readonly Switch[];
    readonly length: number;
    readonly states: number;
  }) => void;
}

/** Commands that put a page on a device and access it. */
const CORE: readonly Op[] = ['map', 'load', 'store', 'migrate-to-device'];
const WORLD: Scope = { processes: 2, pages: 1, frames: 1, slots: 1 };
const MAX_STATES = 200_000;

/** Determines the differences of two profiles and the shortest cases that show them. */
export async function profileDifference(
  one: ProfileName,
  other: ProfileName,
  options: DiffOptions,
): Promise<ProfileDifference> {
  const groups = differingSwitches(PROFILES[one], PROFILES[other]);
  const clock = new Clock(options.budget, groups.length);
  const all: ObservedDifference[] = [];
  const switches: SwitchDifference[] = [];
  for (const names of groups) {
    const { found, searched } = await searchSwitches(names, one, other, options, clock.share());
    all.push(...found);
    switches.push({ names, seen: shortestOfEach(found, [one, other]), searched });
  }
  const requirements = [one, other].flatMap((holdsIn) => {
    const absentIn = holdsIn === one ? other : one;
    return CATALOGUE.filter(
      (requirement) => appliesTo(requirement, holdsIn) && !appliesTo(requirement, absentIn),
    ).map((requirement): RequirementDifference => {
      const offered = capabilitiesIn(absentIn, new Set(requirement.needs));
      return {
        requirement,
        holdsIn,
        absentIn,
        notSent: requirement.needs.filter((need) => !offered.has(need)),
        seen: shortest(
          all.filter(
            ({ forbids, violation }) => forbids === holdsIn && violation.requirement === requirement.id,
          ),
        ),
      };
    });
  });
  return { requirements, switches, longest: options.longest };
}

/** Divides the remaining time among the remaining searches. */
class Clock {
  readonly #ends: number;
  #left: number;

  constructor(budget: number, shares: number) {
    this.#ends = performance.now() + budget;
    this.#left = shares;
  }

  share(parts = this.#left--): number {
    return Math.max(0, this.#ends - performance.now()) / Math.max(1, parts);
  }
}

async function searchSwitches(
  names: readonly Switch[],
  one: ProfileName,
  other: ProfileName,
  options: DiffOptions,
  budget: number,
): Promise<{ readonly found: readonly ObservedDifference[]; readonly searched: number }> {
  const clock = new Clock(budget, 2 * VISIBILITY_LEVELS.length);
  const pace = new Pace();
  const found: ObservedDifference[] = [];
  let searched = options.longest;
  const mixed = withSwitches(PROFILES[one], names, PROFILES[other]);
  const sides: readonly (readonly [Profile, ProfileName, Profile, ProfileName])[] = [
    [PROFILES[one], one, mixed, other],
    [mixed, other, PROFILES[one], one],
  ];
  for (const sight of VISIBILITY_LEVELS) {
    for (const [does, doer, says, forbids] of sides) {
      const ends = performance.now() + clock.share();
      const { scope, commands, mode } = sliceFor(names);
      const prober = new DisagreementProber({
        does,
        says,
        sentIn: [one, other],
        scope,
        commands,
        sight,
        mode,
      });
      const result = await searchShorter(prober, {
        longest: options.longest,
        maxStates: MAX_STATES,
        stopped: () => options.signal?.aborted === true || performance.now() > ends,
        onPath: ({ length, states }) =>
          pace.breathe(() => options.onProgress?.({ switches: names, length, states })),
      });
      searched = Math.min(searched, result.searched);
      for (const disagreement of prober.found.values()) {
        found.push({ ...disagreement, switches: names, sight, does: doer, forbids });
      }
    }
  }
  return { found, searched };
}

/**
 * The commands that show a switch, in their simplest form (writable private memory, an injection of `sigbus` for any
 * victim), and the mode of the target.
 */
function sliceFor(names: readonly Switch[]): {
  readonly scope: Scope;
  readonly commands: readonly Command[];
  readonly mode: Capability | undefined;
} {
  const about = names.map(aboutSwitch);
  const ops = about.flatMap((one) => one.ops);
  const scope: Scope = { ...WORLD, ...(about.some(({ twoDevices }) => twoDevices) && { devices: 2 }) };
  const commands = commandsIn(scope, {
    ops: new Set([...CORE, ...ops]),
    values: [1],
    readPins: names.includes('readPinUnshares'),
  });
  const mode = about.find((one) => one.mode !== undefined)?.mode;
  return { scope, commands: commands.filter(isPlain), mode };
}

function isPlain(command: Command): boolean {
  if (command.op === 'map') return command.kind === 'private' && command.protection === 'write';
  if (command.op === 'inject') return command.kind === 'sigbus' && command.victim === 'any';
  return true;
}

const shortest = (seen: readonly ObservedDifference[]): ObservedDifference | undefined =>
  // Of two cases of the same length, the one with more visible state was found first, and the sort is stable.
  seen.toSorted((a, b) => a.commands.length - b.commands.length)[0];

const shortestOfEach = (
  seen: readonly ObservedDifference[],
  sides: readonly ProfileName[],
): readonly ObservedDifference[] =>
  sides.flatMap((side) => shortest(seen.filter(({ does }) => does === side)) ?? []);
