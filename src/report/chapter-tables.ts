import { CHAPTERS } from '../../spec/requirements/catalogue.ts';
import type { ProfileOutcome, RequirementOutcome } from '../campaign/outcome.ts';
import { type Paint, PLAIN } from './paint.ts';
import { legendFor, statusCell } from './status-text.ts';
import { columns, cut } from './table.ts';
import { wrap } from './wrap.ts';

/** Below this much room, titles of requirements are left out rather than cut to nothing. */
const LEAST_TITLE = 24;

/** A table per chapter: a row for each requirement, a column for each profile. */
export function chapterTables(
  profiles: readonly Pick<ProfileOutcome, 'profile' | 'requirements'>[],
  width: number,
  paint: Paint,
): string {
  const outcomes = profiles.map(
    ({ requirements }) => new Map(requirements.map((one) => [one.requirement.id, one])),
  );
  const chapters = CHAPTERS.flatMap(({ title, requirements }) => {
    const rows = requirements
      .map((requirement) => ({ requirement, cells: outcomes.map((one) => one.get(requirement.id)) }))
      .filter(({ cells }) => cells.some((cell) => cell !== undefined));
    return rows.length === 0 ? [] : [{ title, rows }];
  });
  const names = profiles.map(({ profile }) => profile);
  const idWidth = widest(
    chapters.flatMap((chapter) => chapter.rows.map(({ requirement }) => requirement.id)),
  );
  const cellWidths = names.map((name, at) =>
    widest([
      name,
      ...chapters.flatMap((chapter) => chapter.rows.map(({ cells }) => statusCell(cells[at], PLAIN))),
    ]),
  );
  // Two blanks before the id, and two between columns.
  const room = width - cellWidths.reduce((sum, one) => sum + one + 2, idWidth + 4);

  const rows: (readonly string[])[] = [];
  for (const { title, rows: requirements } of chapters) {
    rows.push([paint.bold(title), ...names.map((name) => paint.dim(name)), '']);
    for (const { requirement, cells } of requirements) {
      const statuses = cells.map((cell) => statusCell(cell, paint));
      rows.push([`  ${requirement.id}`, ...statuses, titleOf(requirement, cells, room, paint)]);
    }
    rows.push(['']);
  }
  const legend = legendFor(
    profiles.flatMap(({ requirements }) => requirements),
    profiles.length > 1,
  );
  return [...columns(rows, ''), ...wrap(legend, '').map((line) => paint.dim(line))].join('\n');
}

const widest = (texts: readonly string[]): number =>
  texts.reduce((most, text) => Math.max(most, text.length), 0);

function titleOf(
  { title, level }: RequirementOutcome['requirement'],
  cells: readonly (RequirementOutcome | undefined)[],
  room: number,
  paint: Paint,
): string {
  if (room < LEAST_TITLE) return '';
  const text = cut(level === 'MUST' ? title : `${level}: ${title}`, room);
  return cells.some((cell) => cell?.status === 'violated') ? paint.red(text) : paint.dim(text);
}
