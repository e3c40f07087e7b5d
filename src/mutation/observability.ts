import type { ProfileName } from '../../spec/profiles/profile.ts';
import { findRequirement, type RequirementId } from '../../spec/requirements/catalogue.ts';
import { missingFor } from '../../spec/requirements/requirement.ts';
import { type Capability, USUAL_CAPABILITIES } from '../../spec/vocabulary/capability.ts';
import { caseRandom, CaseSource } from '../generate/case-source.ts';
import type { Mutant } from '../mutants/mutant.ts';
import { isMild } from '../mutants/mutants.ts';
import { EmbeddedTarget } from '../targets/embedded.ts';
import { Examiner, fingerprintOfExamined, requirementOfExamined } from '../judge/examiner.ts';
import { Pace } from '../search/certify.ts';

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
function capabilitiesAt(level: number): readonly Capability[] {
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

/** Runs the suite against a planted bug on each of the four levels. */
export async function observabilityOf(
  mutant: Mutant,
  profile: ProfileName,
  options: ObservabilityOptions,
): Promise<Observability> {
  const sightings: CaughtAt[] = [];
  for (const level of LEVELS.keys()) sightings.push(await sightingAt(level, mutant, profile, options));
  return { mutant, profile, sightings };
}

async function sightingAt(
  level: number,
  mutant: Mutant,
  profile: ProfileName,
  { seed, maxCommands, signal }: ObservabilityOptions,
): Promise<CaughtAt> {
  const capabilities = capabilitiesAt(level);
  const target = new EmbeddedTarget({ mutation: mutant.mutation, shows: capabilities });
  const examiner = new Examiner(target, profile);
  const source = new CaseSource({ profile, capabilities: target.hello.capabilities });
  const pace = new Pace();
  let commands = 0;
  for (let index = 0; commands < maxCommands; index++) {
    if (signal?.aborted === true) break;
    await pace.breathe();
    const testCase = source.draw(caseRandom(seed, index));
    const examined = await examiner.examine(testCase);
    commands += testCase.commands.length;
    if (fingerprintOfExamined(examined) !== undefined) {
      return {
        kind: 'caught',
        by: requirementOfExamined(testCase, examined) ?? mutant.requirement,
        commands,
      };
    }
    if (isMild(mutant) && examiner.tally.notFollowed(mutant.requirement) > 0) {
      return { kind: 'caught', by: mutant.requirement, commands };
    }
  }
  const requirement = findRequirement(mutant.requirement);
  const missing = requirement === undefined ? [] : missingFor(requirement, new Set(capabilities));
  return missing.length > 0 ? { kind: 'not-observable', missing } : { kind: 'missed' };
}
