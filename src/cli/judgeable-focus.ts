import type { ProfileName } from '../../spec/profiles/profile.ts';
import { appliesTo, findRequirement, type RequirementId } from '../../spec/requirements/catalogue.ts';
import { missingFor } from '../../spec/requirements/requirement.ts';
import type { Capability } from '../../spec/vocabulary/capability.ts';

/** True if at least one of the selected requirements can be judged; without a selection, of all requirements. */
export const isAnyJudgeable = (
  focus: readonly RequirementId[],
  profiles: readonly ProfileName[],
  capabilities: ReadonlySet<Capability>,
): boolean =>
  focus.length === 0 ||
  focus.some((id) => {
    const requirement = findRequirement(id);
    return (
      requirement !== undefined &&
      missingFor(requirement, capabilities).length === 0 &&
      profiles.some((profile) => appliesTo(requirement, profile))
    );
  });
