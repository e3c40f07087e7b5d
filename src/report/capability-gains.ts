import type { ProfileName } from '../../spec/profiles/profile.ts';
import { appliesTo, CATALOGUE } from '../../spec/requirements/catalogue.ts';
import { missingFor } from '../../spec/requirements/requirement.ts';
import { type Capability, USUAL_CAPABILITIES } from '../../spec/vocabulary/capability.ts';

/** The requirements that one more declared capability makes judgeable. */
export interface CapabilityGain {
  readonly capability: Capability;
  /** Requirements for which it is the only missing capability. */
  readonly atOnce: number;
  /** Requirements that need it together with other undeclared capabilities. */
  readonly later: number;
}

/** The capabilities that a target does not declare, sorted by the number of requirements that they make judgeable. */
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

/** The number of requirements of these profiles that can be judged with the capabilities, and their total number. */
export function judgeable(
  capabilities: ReadonlySet<Capability>,
  profiles: readonly ProfileName[],
): { readonly count: number; readonly all: number } {
  const applicable = CATALOGUE.filter((requirement) => profiles.some((one) => appliesTo(requirement, one)));
  const count = applicable.filter((requirement) => missingFor(requirement, capabilities).length === 0).length;
  return { count, all: applicable.length };
}
