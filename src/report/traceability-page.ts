import { NOT_ASSERTED } from '../../spec/requirements/not-asserted.ts';
import { SEED, type SeedSentence } from '../../spec/requirements/seed.ts';
import { CASES_OF_EACH } from '../mutation/covered-by.ts';
import { EQUIVALENT_MUTANTS } from '../mutants/equivalent.ts';
import { amount } from './figures.ts';
import { profileRange } from './profile-marks.ts';
import type { TracedChapter, TracedRequirement } from './traceability.ts';
import type { Paint } from './paint.ts';
import { wrap } from './wrap.ts';

/** The command that regenerates the page. */
const COMMAND = 'node dist/src/bench/traceability-main.js';

/** The traceability matrix as a Markdown page, from the sentences of the origin commit to the rules not asserted. */
export function traceabilityPage(chapters: readonly TracedChapter[]): string {
  const requirements = chapters.flatMap((chapter) => chapter.requirements);
  const mutants = new Set(requirements.flatMap((one) => one.mutants)).size;
  return `# Traceability

Written by \`${COMMAND}\`; a test checks that it is current. Every sentence of the origin commit
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
