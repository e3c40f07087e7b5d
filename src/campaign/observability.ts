import type { ProfileName } from '../../spec/profiles/profile.ts';
import { findRequirement, type RequirementId } from '../../spec/requirements/catalogue.ts';
import { missingFor } from '../../spec/requirements/requirement.ts';
import { type Capability, USUAL_CAPABILITIES } from '../../spec/vocabulary/capability.ts';
import { caseRandom } from '../explore/case-random.ts';
import { CaseSource } from '../explore/case-source.ts';
import type { Mutant } from '../mutants/mutant.ts';
import { isMild } from '../mutants/mutants.ts';
import { EmbeddedTarget } from '../targets/embedded.ts';
import { Examiner, fingerprintOfExamined, requirementOfExamined } from './examiner.ts';
import { Pace } from './pace.ts';

/** How much a target shows of itself, beside the answers that every target gives. */
interface Level {
  readonly name: string;
  /** What comes on top of the level before. */
  readonly shows: readonly Capability[];
}

/** From nothing but answers to everything there is to see. */
export const LEVELS: readonly Level[] = [
  { name: 'results only', shows: [] },
  { name: 'callbacks', shows: ['callbacks', 'allocations'] },
  { name: 'entries', shows: ['entries', 'every-step'] },
  { name: 'frames and accounting', shows: ['frames', 'least-count', 'accounting'] },
];

const ALL_SHOWN: ReadonlySet<Capability> = new Set(LEVELS.flatMap(({ shows }) => shows));

/** What a target of a level declares: all that can be done, and what it and the levels before it show. */
function capabilitiesAt(level: number): readonly Capability[] {
  const shown = new Set(LEVELS.slice(0, level + 1).flatMap(({ shows }) => shows));
  return USUAL_CAPABILITIES.filter((one) => !ALL_SHOWN.has(one) || shown.has(one));
}

/** What came of one planted bug where so much is shown. */
export type Sighting =
  | { readonly kind: 'caught'; readonly by: RequirementId; readonly commands: number }
  /** Its requirement could be judged, and no case broke it within the commands that were spent. */
  | { readonly kind: 'missed' }
  /** What it breaks cannot be judged on what is shown. */
  | { readonly kind: 'not-observable'; readonly missing: readonly Capability[] };

/** A planted bug, level by level. */
export interface Observability {
  readonly mutant: Mutant;
  readonly profile: ProfileName;
  /** One for each of the levels. */
  readonly sightings: readonly Sighting[];
}

export interface ObservabilityOptions {
  readonly seed: number;
  readonly mostCommands: number;
  readonly signal?: AbortSignal;
}

/** Shows a planted bug to the suite four times, every time with more to see. */
export async function observabilityOf(
  mutant: Mutant,
  profile: ProfileName,
  options: ObservabilityOptions,
): Promise<Observability> {
  const sightings: Sighting[] = [];
  for (const level of LEVELS.keys()) sightings.push(await sightingAt(level, mutant, profile, options));
  return { mutant, profile, sightings };
}

async function sightingAt(
  level: number,
  mutant: Mutant,
  profile: ProfileName,
  { seed, mostCommands, signal }: ObservabilityOptions,
): Promise<Sighting> {
  const capabilities = capabilitiesAt(level);
  const target = new EmbeddedTarget({ plant: mutant.plant, shows: capabilities });
  const examiner = new Examiner(target, profile);
  const source = new CaseSource({ profile, capabilities: target.hello.capabilities });
  const pace = new Pace();
  let commands = 0;
  for (let index = 0; commands < mostCommands; index++) {
    if (signal?.aborted === true) break;
    await pace.breathe();
    const testCase = source.draw(caseRandom(seed, index));
    const examined = await examiner.examine(testCase);
    commands += testCase.commands.length;
    if (fingerprintOfExamined(examined) !== undefined) {
      return { kind: 'caught', by: requirementOfExamined(testCase, examined) ?? mutant.primary, commands };
    }
    if (isMild(mutant) && examiner.tally.slighted(mutant.primary) > 0) {
      return { kind: 'caught', by: mutant.primary, commands };
    }
  }
  const requirement = findRequirement(mutant.primary);
  const missing = requirement === undefined ? [] : missingFor(requirement, new Set(capabilities));
  return missing.length > 0 ? { kind: 'not-observable', missing } : { kind: 'missed' };
}
