import type { ProfileName } from '../../spec/profiles/profile.ts';
import { appliesTo, findRequirement, type RequirementId } from '../../spec/requirements/catalogue.ts';
import type { Capability } from '../../spec/vocabulary/capability.ts';

/** Whether any of the requirements asked for can be judged at all; with none asked for, all are. */
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
      requirement.needs.every((need) => capabilities.has(need)) &&
      profiles.some((profile) => appliesTo(requirement, profile))
    );
  });
