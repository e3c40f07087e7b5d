import type { ProfileName } from '../../spec/profiles/profile.ts';
import { appliesTo, CATALOGUE } from '../../spec/requirements/catalogue.ts';
import { missingFor } from '../../spec/requirements/requirement.ts';
import { type Capability, USUAL_CAPABILITIES } from '../../spec/vocabulary/capability.ts';

/** What it would bring to declare one more capability. */
export interface CapabilityGain {
  readonly capability: Capability;
  /** Requirements that could be judged at once. */
  readonly atOnce: number;
  /** Requirements that need it, and others besides. */
  readonly later: number;
}

/** The capabilities that a target does not declare, those that make most requirements judgeable first. */
export function capabilityGains(
  capabilities: ReadonlySet<Capability>,
  profiles: readonly ProfileName[],
): readonly CapabilityGain[] {
  const missing = CATALOGUE.filter((requirement) => profiles.some((one) => appliesTo(requirement, one))).map(
    (requirement) => missingFor(requirement, capabilities),
  );
  return USUAL_CAPABILITIES.filter((capability) => !capabilities.has(capability))
    .map((capability) => {
      const concerned = missing.filter((needs) => needs.includes(capability));
      const atOnce = concerned.filter((needs) => needs.length === 1).length;
      return { capability, atOnce, later: concerned.length - atOnce };
    })
    .toSorted((one, other) => other.atOnce - one.atOnce || other.later - one.later);
}

/** How many requirements of these profiles such a target lets us judge, and how many there are. */
export function judgeable(
  capabilities: ReadonlySet<Capability>,
  profiles: readonly ProfileName[],
): { readonly count: number; readonly all: number } {
  const applicable = CATALOGUE.filter((requirement) => profiles.some((one) => appliesTo(requirement, one)));
  const count = applicable.filter((requirement) => missingFor(requirement, capabilities).length === 0).length;
  return { count, all: applicable.length };
}
