import type { RequirementOutcome, RequirementStatus } from '../run/outcome.ts';
import { type Row, rowsByChapter, type Tabled } from './chapter-tables.ts';
import type { Paint } from './paint.ts';
import { worstOf } from './profile-marks.ts';
import { statusInWords, statusMark } from './status-text.ts';
import { columns } from './table.ts';
import { wrap } from './wrap.ts';

/** A requirement with the worst of its outcomes, which the summary shows. */
interface Judged extends Row {
  readonly worst: RequirementOutcome;
}

const isUnjudged = (status: RequirementStatus): boolean =>
  status === 'not-observable' || status === 'capability-missing';

/** One line per chapter, followed by the requirements that could be judged and did not pass. */
export function chapterSummary(profiles: readonly Tabled[], width: number, paint: Paint): string {
  const chapters = rowsByChapter(profiles).map(({ title, rows }) => ({
    title,
    rows: rows.flatMap((row): Judged[] => {
      const worst = worstOf(row.outcomes);
      return worst === undefined ? [] : [{ ...row, worst }];
    }),
  }));
  const heads = columns(
    chapters.map(({ title, rows }) => [
      `${statusMark(worstOf(rows.map(({ worst }) => worst)), paint)} ${title}`,
      countsInWords(rows),
    ]),
    '',
  );
  return chapters
    .flatMap(({ rows }, at) => [
      heads[at] ?? '',
      ...unjudgedLines(rows, width).map((line) => paint.dim(line)),
      ...rows
        .filter(({ worst: { status } }) => status !== 'passed' && !isUnjudged(status))
        .flatMap((row) => requirementLines(row, profiles, width, paint)),
    ])
    .join('\n');
}

function countsInWords(rows: readonly Judged[]): string {
  const count = (wanted: (status: RequirementStatus) => boolean): number =>
    rows.filter(({ worst }) => wanted(worst.status)).length;
  const part = (wanted: RequirementStatus, words: string): string[] => {
    const number = count((status) => status === wanted);
    return number === 0 ? [] : [`${number} ${words}`];
  };
  const unjudged = count(isUnjudged);
  return [
    `${count((status) => status === 'passed')} of ${rows.length} passed`,
    ...part('violated', 'violated'),
    ...part('not-followed', 'not always followed'),
    ...part('not-covered', 'not covered'),
    ...(unjudged === 0 ? [] : [`${unjudged} cannot be judged`]),
  ].join(', ');
}

/** The undeclared capabilities, and the declared but missing parts of observations, that the rest of a chapter needs. */
function unjudgedLines(rows: readonly Judged[], width: number): readonly string[] {
  const missing = new Set(
    rows.flatMap(({ worst: { status, missing: needed } }) => (isUnjudged(status) ? needed : [])),
  );
  const withheld = new Set(rows.flatMap(({ worst }) => worst.withheld));
  const line = (words: string, names: ReadonlySet<string>): readonly string[] =>
    names.size === 0 ? [] : wrap(`    ${words}: ${[...names].join(', ')}`, '      ', width);
  return [...line('not declared', missing), ...line('declared, but not shown in any observation', withheld)];
}

function requirementLines(
  { requirement: { id, title }, outcomes, worst }: Judged,
  profiles: readonly Tabled[],
  width: number,
  paint: Paint,
): readonly string[] {
  const alike = profiles.filter((_, at) => outcomes[at]?.status === worst.status);
  const known = outcomes.filter((outcome) => outcome !== undefined);
  const where = alike.length === known.length ? '' : ` in ${alike.map(({ profile }) => profile).join(', ')}`;
  return wrap(`    ${statusMark(worst, paint)} ${id}: ${title}`, '      ', width).concat(
    wrap(`      ${statusInWords(worst)}${where}`, '      ', width),
  );
}
