import type { Tally } from '../../spec/judge/tally.ts';
import type { ProfileName } from '../../spec/profiles/profile.ts';
import { appliesTo, CATALOGUE, type RequirementId } from '../../spec/requirements/catalogue.ts';
import { missingFor } from '../../spec/requirements/requirement.ts';
import type { Capability } from '../../spec/vocabulary/capability.ts';
import type { RequirementOutcome, RequirementStatus } from './outcome.ts';

/** Capabilities that show state; the others are commands and behaviour. */
const SHOWS: ReadonlySet<Capability> = new Set<Capability>([
  'callbacks',
  'allocations',
  'entries',
  'frames',
  'least-count',
  'accounting',
  'every-step',
]);

/** The status of every requirement of a profile. */
export const requirementOutcomes = (
  profile: ProfileName,
  capabilities: ReadonlySet<Capability>,
  tally: Tally,
  violated: ReadonlySet<RequirementId>,
): readonly RequirementOutcome[] =>
  CATALOGUE.filter(
    (requirement) =>
      appliesTo(requirement, profile) && !requirement.unless?.some((mode) => capabilities.has(mode)),
  ).map((requirement) => {
    const missing = missingFor(requirement, capabilities);
    const covered = tally.covered(requirement.id);
    const notFollowed = tally.notFollowed(requirement.id);
    const withheld = missing.length > 0 ? [] : tally.withheld(requirement.id);
    const status = ((): RequirementStatus => {
      if (violated.has(requirement.id)) return 'violated';
      if (missing.some((capability) => !SHOWS.has(capability))) return 'capability-missing';
      if (missing.length > 0 || withheld.length > 0) return 'not-observable';
      if (notFollowed > 0) return 'not-followed';
      return covered > 0 ? 'passed' : 'not-covered';
    })();
    return { requirement, status, covered, notFollowed, missing, withheld };
  });
