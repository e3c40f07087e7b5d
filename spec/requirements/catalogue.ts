import { accountChapter } from './account.ts';
import { countChapter } from './count.ts';
import { deviceChapter } from './device.ts';
import { failureChapter } from './failure.ts';
import { faultChapter } from './fault.ts';
import { folioChapter } from './folio.ts';
import { forkChapter } from './fork.ts';
import { migrateChapter } from './migrate.ts';
import { pinChapter } from './pin.ts';
import { protectChapter } from './protect.ts';
import { removalChapter } from './removal.ts';
import { robustChapter } from './robust.ts';
import { typesChapter } from './types.ts';
import { unmapChapter } from './unmap.ts';
import { adviseChapter } from './advise.ts';
import { devicesChapter } from './devices.ts';
import { exclusiveChapter } from './exclusive.ts';
import { kernelChapter } from './kernel.ts';
import { moveChapter } from './move.ts';
import { populateChapter } from './populate.ts';
import { raceChapter } from './race.ts';
import { queryChapter } from './query.ts';
import { trackChapter } from './track.ts';
import { watchChapter } from './watch.ts';
import type { Chapter, Requirement } from './requirement.ts';
import type { ProfileName } from '../profiles/profile.ts';

const chapters = [
  countChapter,
  faultChapter,
  failureChapter,
  forkChapter,
  protectChapter,
  unmapChapter,
  migrateChapter,
  deviceChapter,
  removalChapter,
  pinChapter,
  typesChapter,
  kernelChapter,
  moveChapter,
  populateChapter,
  adviseChapter,
  devicesChapter,
  exclusiveChapter,
  trackChapter,
  watchChapter,
  queryChapter,
  accountChapter,
  folioChapter,
  raceChapter,
  robustChapter,
] as const;

/** The id of a requirement: `chapter.slug`. */
export type RequirementId = (typeof chapters)[number]['requirements'][number]['id'];

/** A requirement of the catalogue, with its id as a type. */
export interface CatalogueEntry extends Requirement {
  readonly id: RequirementId;
}

/** The catalogue by chapters, in the order of the specification. */
export const CHAPTERS: readonly Chapter<CatalogueEntry>[] = chapters;

/** The catalogue in its order, which decides between requirements that are violated at the same time. */
export const CATALOGUE: readonly CatalogueEntry[] = CHAPTERS.flatMap((chapter) => chapter.requirements);

const byId = new Map<string, CatalogueEntry>(CATALOGUE.map((requirement) => [requirement.id, requirement]));
const order = new Map<string, number>(CATALOGUE.map((requirement, index) => [requirement.id, index]));

/** The requirement with this id, if there is one. */
export const findRequirement = (id: string): CatalogueEntry | undefined => byId.get(id);

/** Whether the requirement is a SHOULD: an implementation that does not follow it gets a warning and conforms. */
export const isShould = (id: string): boolean => byId.get(id)?.level === 'SHOULD';

/** The index of a requirement in the catalogue. */
export const ruleIndex = (id: RequirementId): number => order.get(id) ?? CATALOGUE.length;

/** The requirement at an index of the catalogue. */
export const ruleAt = (index: number | undefined): RequirementId | undefined =>
  index === undefined ? undefined : CATALOGUE[index]?.id;

/** Whether the requirement holds in a profile. */
export const appliesTo = (requirement: Requirement, profile: ProfileName): boolean =>
  requirement.profiles === undefined || requirement.profiles.includes(profile);
