import { NOT_ASSERTED } from '../../spec/requirements/not-asserted.ts';
import { SEED, type SeedSentence } from '../../spec/requirements/seed.ts';
import { CASES_OF_EACH } from '../campaign/exercised-by.ts';
import { EQUIVALENT_MUTANTS } from '../mutants/equivalent.ts';
import { amount } from './figures.ts';
import { profileRange } from './profile-range.ts';
import type { TracedChapter, TracedRequirement } from './traceability.ts';

/** How the page is made again, and held true by a test. */
const COMMAND = 'node dist/src/bench/traceability-main.js';

/** The whole matrix as a page of Markdown, from the sentences of the seed to what is not asserted. */
export function traceabilityPage(chapters: readonly TracedChapter[]): string {
  const requirements = chapters.flatMap((chapter) => chapter.requirements);
  const mutants = new Set(requirements.flatMap((one) => one.mutants)).size;
  return `# From the seed to the mutants

Written by \`${COMMAND}\`; a test holds it true. Every sentence of the seed
(Linux commit 5042db43cc26), every requirement, which commands exercise it, which properties without a model look at it,
which planted bugs prove that it is tested, and in which profiles it holds. ${amount(requirements.length, 'requirement')}, ${amount(mutants, 'mutant')}.

Which commands exercise a requirement is measured: ${CASES_OF_EACH} random cases in each profile and every mutant's own case
were run by the embedded implementation, and it was noted at which commands the judge met the antecedent of the
requirement. "Any" means that it is judged by what every command is answered or shows. \`zdc spec ID\` has the text of a requirement.

## The sentences of the seed

| where | what it says, in our words | what became of it |
| --- | --- | --- |
${SEED.map(sentenceRow).join('\n')}

${chapters.map(chapterTable).join('\n\n')}

## Planted bugs that nothing can tell

No observation of any target tells these from the truth, so nothing is asked of the suite; a test holds that they show
nothing.

| mutant | what it does wrong | why nothing tells |
| --- | --- | --- |
${EQUIVALENT_MUTANTS.map(({ id, title, why }) => `| ${id} | ${cell(title)} | ${cell(why)} |`).join('\n')}

## Not asserted

What is known of private memory and no requirement says, and why not.

| rule | why it is not asserted |
| --- | --- |
${NOT_ASSERTED.map(({ rule, why }) => `| ${cell(rule)} | ${cell(why)} |`).join('\n')}
`;
}

/** A vertical bar would end a cell. */
const cell = (text: string): string => text.replaceAll('|', '\\|');

/** How a sentence is named where it is referred to. */
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

| requirement | rule | asked for by | commands | properties | mutants | profiles |
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
