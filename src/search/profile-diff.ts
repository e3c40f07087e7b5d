import { type Profile, type ProfileName, PROFILES } from '../../spec/profiles/profile.ts';
import { appliesTo, CATALOGUE, type CatalogueEntry } from '../../spec/requirements/catalogue.ts';
import { type Capability, capabilitiesIn } from '../../spec/vocabulary/capability.ts';
import type { Command, Op } from '../../spec/vocabulary/command.ts';
import { commandsIn } from '../../spec/vocabulary/commands-in.ts';
import type { Scope } from '../../spec/vocabulary/scope.ts';
import { searchShorter } from './breadth-first.ts';
import {
  type ProfileDisagreement,
  DisagreementProber,
  type VisibilityLevel,
  VISIBILITY_LEVELS,
} from './disagreement-prober.ts';
import { aboutSwitch, differingSwitches, type Switch, withSwitches } from './profile-switches.ts';
import { Pace } from './pace.ts';

/** A case on which two profiles disagree, all other switches being equal. */
export interface SeenDifference extends ProfileDisagreement {
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
  readonly seen: readonly SeenDifference[];
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
  readonly seen: SeenDifference | undefined;
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
  const all: SeenDifference[] = [];
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
): Promise<{ readonly found: readonly SeenDifference[]; readonly searched: number }> {
  const clock = new Clock(budget, 2 * VISIBILITY_LEVELS.length);
  const pace = new Pace();
  const found: SeenDifference[] = [];
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
 * The commands in which a switch shows, as plain as they come (writable private memory, a device that fails), and the
 * mode of the target.
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

const shortest = (seen: readonly SeenDifference[]): SeenDifference | undefined =>
  // What more is shown of is the plainer of two that are as long; the order in which they were found is theirs.
  seen.toSorted((a, b) => a.commands.length - b.commands.length)[0];

const shortestOfEach = (
  seen: readonly SeenDifference[],
  sides: readonly ProfileName[],
): readonly SeenDifference[] =>
  sides.flatMap((side) => shortest(seen.filter(({ does }) => does === side)) ?? []);
