import type { Paint } from './paint.ts';
import { profileRange } from './profile-range.ts';
import type { TracedChapter, TracedRequirement } from './traceability.ts';
import { sentenceName } from './traceability-page.ts';
import { wrap } from './wrap.ts';

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
