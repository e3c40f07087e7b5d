import { PROPERTIES } from '../../properties/properties.ts';
import type { ProfileName } from '../../spec/profiles/profile.ts';
import { appliesTo, CATALOGUE, type CatalogueEntry, CHAPTERS } from '../../spec/requirements/catalogue.ts';
import { NOT_ASSERTED } from '../../spec/requirements/not-asserted.ts';
import { SEED, type SeedSentence } from '../../spec/requirements/seed.ts';
import { MODES } from '../../spec/vocabulary/capability.ts';
import type { Op } from '../../spec/vocabulary/command.ts';
import { EQUIVALENT_MUTANTS } from '../planted-bugs/equivalent.ts';
import type { Mutant } from '../planted-bugs/planted-bug.ts';
import { MUTANTS } from '../planted-bugs/planted-bugs.ts';
import { type CoveredBy, CASES_OF_EACH } from '../mutation-testing/covered-by.ts';
import { LEVELS, type Observability, type CaughtAt } from '../mutation-testing/observability.ts';
import { amount, figure } from './figures.ts';
import type { Paint } from './paint.ts';
import { profileRange } from './status-text.ts';
import { wrap } from './text-layout.ts';

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

/** The traceability matrix as a Markdown page, from the sentences of the origin commit to the rules not asserted. */
export function traceabilityPage(chapters: readonly TracedChapter[]): string {
  const requirements = chapters.flatMap((chapter) => chapter.requirements);
  const mutants = new Set(requirements.flatMap((one) => one.mutants)).size;
  return `# Traceability

Written by \`node dist/src/bench/traceability-main.js\`; a test checks that it is current. Every sentence of the origin commit
(Linux commit 5042db43cc26) with its requirements; and every requirement with the commands that cover it, the properties
without a model that check it, the planted bugs that violate it, and the profiles in which it holds. ${amount(requirements.length, 'requirement')}, ${amount(mutants, 'mutant')}.

The commands are measured: ${CASES_OF_EACH} random cases in each profile and every mutant's witness were run by the embedded
implementation. A command covers a requirement if the judge met the precondition of the requirement at it. "Any" means that
it is judged on the result or snapshot of every command. \`zdc spec ID\` has the text of a requirement.

## Sentences of the origin commit

| sentence | paraphrase | requirements |
| --- | --- | --- |
${SEED.map(sentenceRow).join('\n')}

${chapters.map(chapterTable).join('\n\n')}

## Equivalent mutants

No observation distinguishes these mutants from a correct implementation; a test checks that the suite reports no violation
for them.

| mutant | bug | why it is not observable |
| --- | --- | --- |
${EQUIVALENT_MUTANTS.map(({ id, title, why }) => `| ${id} | ${cell(title)} | ${cell(why)} |`).join('\n')}

## Not asserted

Known rules of private memory that no requirement states, with the reason.

| rule | why it is not asserted |
| --- | --- |
${NOT_ASSERTED.map(({ rule, why }) => `| ${cell(rule)} | ${cell(why)} |`).join('\n')}
`;
}

/** Escapes vertical bars, which would end a cell. */
const cell = (text: string): string => text.replaceAll('|', '\\|');

/** The name of a sentence in references to it. */
export const sentenceName = ({ part, sentence }: SeedSentence): string => `${part} ${sentence}`;

function sentenceRow(sentence: SeedSentence): string {
  const { traces, gist } = sentence;
  const became =
    traces.to === 'requirements'
      ? traces.ids.join(', ')
      : `${traces.to === 'no-rule' ? 'no rule' : 'not observable'}: ${traces.why}`;
  return `| ${sentenceName(sentence)} | ${cell(gist)} | ${cell(became)} |`;
}

const chapterTable = ({ title, requirements }: TracedChapter): string => `## ${title}

| requirement | rule | sentence or source | commands | properties | mutants | profiles |
| --- | --- | --- | --- | --- | --- | --- |
${requirements.map(requirementRow).join('\n')}`;

function requirementRow(row: TracedRequirement): string {
  const { id, level, title, source } = row.requirement;
  const rule = level === 'MUST' ? title : `${level}: ${title}`;
  const origin = row.sentences.length === 0 ? source : row.sentences.map(sentenceName).join(', ');
  const commands = row.commands === 'any' ? 'any' : row.commands.join(', ');
  const cells = [
    id,
    rule,
    origin,
    commands,
    row.properties.join(', ') || '–',
    row.mutants.join(', ') || '–',
    profileRange(row.profiles),
  ];
  return `| ${cells.map(cell).join(' | ')} |`;
}

const INDENT = 14;

/** The matrix for a terminal: one paragraph per requirement. */
export const traceabilityText = (chapters: readonly TracedChapter[], width: number, paint: Paint): string =>
  chapters
    .filter(({ requirements }) => requirements.length > 0)
    .map(({ title, requirements }) =>
      [paint.bold(title), ...requirements.map((one) => paragraph(one, width, paint))].join('\n\n'),
    )
    .join('\n\n');

function paragraph(row: TracedRequirement, width: number, paint: Paint): string {
  const { id, level, title, source } = row.requirement;
  const line = (name: string, text: string): readonly string[] =>
    wrap(text, '', width - INDENT).map(
      (one, at) =>
        (at === 0 ? `  ${paint.dim(name)}${' '.repeat(INDENT - 2 - name.length)}` : ' '.repeat(INDENT)) + one,
    );
  return [
    `${paint.bold(id)} (${level})  ${title}`,
    ...(row.sentences.length === 0
      ? line('Source', source)
      : row.sentences.flatMap((one) => line('Seed', `${sentenceName(one)}: ${one.gist}`))),
    ...line('Commands', row.commands === 'any' ? 'any' : row.commands.join(', ') || 'none'),
    ...line('Properties', row.properties.join(', ') || 'none'),
    ...line('Mutants', row.mutants.join(', ') || 'none'),
    ...line('Profiles', profileRange(row.profiles)),
  ].join('\n');
}

/** The parameters of the measurement. */
export const OBSERVABILITY_RUN = { seed: 1, maxCommands: 20_000 } as const;

/** The Markdown page that lists the planted bugs caught at each level of observability. */
export function observabilityPage(all: readonly Observability[]): string {
  const { seed, maxCommands } = OBSERVABILITY_RUN;
  const caught = LEVELS.map(({ name }, level) => `| ${name} | ${caughtAt(all, level)} of ${all.length} |`);
  return `# Bugs caught, by how much state a target shows

Written by \`node dist/src/bench/observability-main.js\`; a test checks samples of it. The suite was run four
times on every planted bug, in the oldest profile in which it is a bug: with a target that shows only its results; with
one that also shows the callbacks of its driver and the frames that it allocates; with one that also shows its page-table
entries after every step; and with one that also shows the counts of its frames and the accounting. Each run had up to
${figure(maxCommands)} commands of seed ${seed}.

| shown | caught |
| --- | --- |
${caught.join('\n')}

A cell names the requirement that was violated first, and the number of commands until then. "–" lists the capabilities
that the requirement of the bug needs and this target does not declare: the suite reports the requirement as not
observable, never as passed. "missed" is a bug whose requirement could be judged, and that was not caught within the
limit.

| mutant | profile | violates | ${LEVELS.map(({ name }) => name).join(' | ')} |
| --- | --- | --- | ${LEVELS.map(() => '---').join(' | ')} |
${all.map(observabilityRow).join('\n')}
`;
}

/** The number of bugs caught at a level. */
const caughtAt = (all: readonly Observability[], level: number): number =>
  all.filter(({ sightings }) => sightings[level]?.kind === 'caught').length;

/** The row of one bug. */
export const observabilityRow = ({ mutant, profile, sightings }: Observability): string =>
  `| ${[mutant.id, profile, mutant.requirement, ...sightings.map(sightingInWords)].join(' | ')} |`;

/** The result for a bug at one level, short enough for a cell. */
export function sightingInWords(sighting: CaughtAt): string {
  switch (sighting.kind) {
    case 'caught':
      return `${sighting.by}, ${figure(sighting.commands)}`;
    case 'missed':
      return 'missed';
    case 'not-observable':
      return `– ${sighting.missing.join(', ')}`;
  }
}

/** The totals in one sentence, for the end of a list. */
export const caughtInWords = (all: readonly Observability[]): string =>
  LEVELS.map(({ name }, level) => `${name}: ${caughtAt(all, level)} of ${amount(all.length, 'mutant')}`).join(
    '; ',
  );
