import { PROPERTIES } from '../../properties/properties.ts';
import type { ProfileName } from '../../spec/profiles/profile.ts';
import { appliesTo, CATALOGUE, type CatalogueEntry, CHAPTERS } from '../../spec/requirements/catalogue.ts';
import { SEED, type SeedSentence } from '../../spec/requirements/seed.ts';
import type { Op } from '../../spec/vocabulary/command.ts';
import type { CoveredBy } from '../mutation/covered-by.ts';
import type { Mutant } from '../mutants/mutant.ts';
import { MUTANTS } from '../mutants/mutants.ts';
import { MODES } from '../../spec/vocabulary/capability.ts';

/** A requirement with its sources, and with the commands, properties and planted bugs that refer to it. */
export interface TracedRequirement {
  readonly requirement: CatalogueEntry;
  /** The sentences of the origin commit that state it; empty if it has another source. */
  readonly sentences: readonly SeedSentence[];
  /** The commands that cover it; `any` if every command does. */
  readonly commands: readonly Op[] | 'any';
  readonly properties: readonly string[];
  /** The planted bugs that violate it. */
  readonly mutants: readonly string[];
  /** Undefined for all. */
  readonly profiles: readonly ProfileName[] | undefined;
}

export interface TracedChapter {
  readonly title: string;
  readonly requirements: readonly TracedRequirement[];
}

/** The whole matrix: every requirement, by chapter. */
export const traceability = (covered: CoveredBy): readonly TracedChapter[] =>
  CHAPTERS.map(({ title, requirements }) => ({
    title,
    requirements: requirements.map((requirement) => traced(requirement, covered)),
  }));

const traced = (requirement: CatalogueEntry, covered: CoveredBy): TracedRequirement => ({
  requirement,
  sentences: SEED.filter(({ traces }) => traces.to === 'requirements' && traces.ids.includes(requirement.id)),
  commands: covered.get(requirement.id) ?? [],
  properties: PROPERTIES.filter(({ requirements }) => requirements.includes(requirement.id)).map(
    ({ id }) => id,
  ),
  mutants: MUTANTS.filter(({ requirement: primary }) => primary === requirement.id).map(({ id }) => id),
  profiles: requirement.profiles,
});

/** The gaps of the matrix, one sentence each; empty if it is complete. */
export const gapsIn = (
  chapters: readonly TracedChapter[],
  mutants: readonly Pick<Mutant, 'id' | 'requirement' | 'profiles'>[] = MUTANTS,
): readonly string[] => [
  ...chapters.flatMap(({ requirements }) => requirements.flatMap(gapsOf)),
  ...mutants.flatMap(({ id, requirement: primary, profiles }) => {
    const requirement = CATALOGUE.find((one) => one.id === primary);
    if (requirement === undefined) return [`mutant ${id} violates ${primary}, which is not a requirement`];
    const strange = profiles.filter((profile) => !appliesTo(requirement, profile));
    return strange.length === 0
      ? []
      : [`mutant ${id} violates ${primary}, which is not a requirement of ${strange.join(', ')}`];
  }),
];

function gapsOf({
  requirement: { id, level, needs },
  commands,
  mutants,
}: TracedRequirement): readonly string[] {
  // Requirements of modes have tests of their own: the embedded kernel and its mutants have no mode.
  if (needs.some((need) => MODES.has(need))) return [];
  return [
    ...(level === 'MUST' && mutants.length === 0
      ? [`${id} is a MUST without a mutant that violates it`]
      : []),
    ...(commands.length === 0 ? [`${id} is not covered by any command`] : []),
  ];
}
