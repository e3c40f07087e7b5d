import { InvalidArgumentError } from 'commander';
import {
  CATALOGUE,
  type CatalogueEntry,
  CHAPTERS,
  type RequirementId,
  appliesTo,
  findRequirement,
} from '../../spec/requirements/catalogue.ts';
import { currentId } from '../../spec/requirements/renamed.ts';
import { didYouMean } from './nearest.ts';
import type { ProfileName } from '../../spec/profiles/profile.ts';
import { missingFor } from '../../spec/requirements/requirement.ts';
import type { Capability } from '../../spec/vocabulary/capability.ts';

/** The requirements with this current or former id, of this chapter, or with this prefix; none if there are none. */
export function findRequirements(text: string): readonly CatalogueEntry[] {
  const exact = CATALOGUE.filter(({ id }) => id === currentId(text));
  if (exact.length > 0) return exact;
  const chapter = CHAPTERS.find(({ name }) => name === text);
  if (chapter !== undefined) return chapter.requirements;
  return text === '' ? [] : CATALOGUE.filter(({ id }) => id.startsWith(text));
}

/** The message for a text that matches no requirement. */
export const noRequirement = (text: string): string =>
  `No requirement begins with "${text}".` +
  didYouMean(text, [...CATALOGUE.map(({ id }) => id), ...CHAPTERS.map(({ name }) => name)]);

/** Parses a requirement id or a prefix and appends the matching requirements to the preceding ones. */
export function collectRequirements(
  text: string,
  before: readonly RequirementId[] = [],
): readonly RequirementId[] {
  const found = findRequirements(text);
  if (found.length === 0) {
    throw new InvalidArgumentError(`${noRequirement(text)} "zdc spec" lists them.`);
  }
  return [...new Set([...before, ...found.map(({ id }) => id)])];
}

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
