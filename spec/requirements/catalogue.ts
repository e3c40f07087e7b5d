import { account } from './account.ts';
import { count } from './count.ts';
import { device } from './device.ts';
import { failure } from './failure.ts';
import { fault } from './fault.ts';
import { folio } from './folio.ts';
import { fork } from './fork.ts';
import { migrate } from './migrate.ts';
import { pin } from './pin.ts';
import { protect } from './protect.ts';
import { removal } from './removal.ts';
import { robust } from './robust.ts';
import { types } from './types.ts';
import { unmap } from './unmap.ts';
import { advise } from './advise.ts';
import { devices } from './devices.ts';
import { exclusive } from './exclusive.ts';
import { kernel } from './kernel.ts';
import { move } from './move.ts';
import { populate } from './populate.ts';
import { race } from './race.ts';
import { query } from './query.ts';
import { track } from './track.ts';
import { watch } from './watch.ts';
import type { Chapter, Requirement } from './requirement.ts';
import type { ProfileName } from '../profiles/profile.ts';

const chapters = [
  count,
  fault,
  failure,
  fork,
  protect,
  unmap,
  migrate,
  device,
  removal,
  pin,
  types,
  kernel,
  move,
  populate,
  advise,
  devices,
  exclusive,
  track,
  watch,
  query,
  account,
  folio,
  race,
  robust,
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
