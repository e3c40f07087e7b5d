import type { ProfileName } from '../../spec/profiles/profile.ts';
import { findRequirement, type RequirementId } from '../../spec/requirements/catalogue.ts';
import { missingFor } from '../../spec/requirements/requirement.ts';
import { type Capability, USUAL_CAPABILITIES } from '../../spec/vocabulary/capability.ts';
import type { Mutant } from '../planted-bugs/planted-bug.ts';
import { isMild } from '../planted-bugs/planted-bugs.ts';
import { EmbeddedTarget } from '../targets/embedded.ts';
import { Examiner, fingerprintOfExamined, requirementOfExamined } from '../examine/examiner.ts';
import { Pace } from '../search/certify.ts';
import { isSound, SoundRuns } from './sound-runs.ts';

/** A set of capabilities that show state, in addition to the results that every target returns. */
interface Level {
  readonly name: string;
  /** The capabilities added to the previous level. */
  readonly shows: readonly Capability[];
}

/** The levels, from results alone to the whole state. */
export const LEVELS: readonly Level[] = [
  { name: 'results only', shows: [] },
  { name: 'callbacks', shows: ['callbacks', 'allocations'] },
  { name: 'entries', shows: ['entries', 'every-step'] },
  { name: 'frames and accounting', shows: ['frames', 'least-count', 'accounting'] },
];

const ALL_SHOWN: ReadonlySet<Capability> = new Set(LEVELS.flatMap(({ shows }) => shows));

/** The capabilities of a target of a level: all commands, and the state of this and all lower levels. */
export function capabilitiesAt(level: number): readonly Capability[] {
  const shown = new Set(LEVELS.slice(0, level + 1).flatMap(({ shows }) => shows));
  return USUAL_CAPABILITIES.filter((one) => !ALL_SHOWN.has(one) || shown.has(one));
}

/** The result for one planted bug on one level. */
export type CaughtAt =
  | { readonly kind: 'caught'; readonly by: RequirementId; readonly commands: number }
  /** The requirement could be judged, but no case violated it within the command budget. */
  | { readonly kind: 'missed' }
  /** The requirement cannot be judged on this level. */
  | { readonly kind: 'not-observable'; readonly missing: readonly Capability[] };

/** The results for one planted bug, by level. */
export interface Observability {
  readonly mutant: Mutant;
  readonly profile: ProfileName;
  /** One for each of the levels. */
  readonly sightings: readonly CaughtAt[];
}

export interface ObservabilityOptions {
  readonly seed: number;
  readonly maxCommands: number;
  readonly signal?: AbortSignal;
}

/** Runs the suite against planted bugs on each of the four levels. */
export class ObservabilitySearch {
  readonly #options: ObservabilityOptions;
  /** By profile, the cases of each level. */
  readonly #runs = new Map<ProfileName, readonly SoundRuns[]>();

  constructor(options: ObservabilityOptions) {
    this.#options = options;
  }

  async run(mutant: Mutant, profile: ProfileName): Promise<Observability> {
    const sightings: CaughtAt[] = [];
    for (const [level, runs] of this.#runsOf(profile).entries()) {
      sightings.push(await this.#sightingAt(level, mutant, runs));
    }
    return { mutant, profile, sightings };
  }

  #runsOf(profile: ProfileName): readonly SoundRuns[] {
    const known = this.#runs.get(profile);
    if (known !== undefined) return known;
    const runs = LEVELS.map((_, level) => new SoundRuns(profile, this.#options.seed, capabilitiesAt(level)));
    this.#runs.set(profile, runs);
    return runs;
  }

  async #sightingAt(level: number, mutant: Mutant, runs: SoundRuns): Promise<CaughtAt> {
    const { maxCommands, signal } = this.#options;
    const capabilities = capabilitiesAt(level);
    const target = new EmbeddedTarget({ mutation: mutant.mutation, shows: capabilities });
    const examiner = new Examiner(target, runs.profile);
    const pace = new Pace();
    let commands = 0;
    for (let index = 0; commands < maxCommands; index++) {
      if (signal?.aborted === true) break;
      await pace.breathe();
      const sound = runs.at(index);
      const testCase = sound.case;
      const run = await target.run(testCase);
      commands += testCase.commands.length;
      if (isSound(run, sound)) continue;
      const examined = examiner.examineRun(run);
      if (fingerprintOfExamined(examined) !== undefined) {
        const by = requirementOfExamined(testCase, examined) ?? mutant.requirement;
        return { kind: 'caught', by, commands };
      }
      if (isMild(mutant) && examiner.tally.notFollowed(mutant.requirement) > 0) {
        return { kind: 'caught', by: mutant.requirement, commands };
      }
    }
    const requirement = findRequirement(mutant.requirement);
    const missing = requirement === undefined ? [] : missingFor(requirement, new Set(capabilities));
    return missing.length > 0 ? { kind: 'not-observable', missing } : { kind: 'missed' };
  }
}
