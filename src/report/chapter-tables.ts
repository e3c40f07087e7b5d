import type { ProfileName } from '../../spec/profiles/profile.ts';
import { CHAPTERS } from '../../spec/requirements/catalogue.ts';
import type { ProfileOutcome, RequirementOutcome, RequirementStatus } from '../run/outcome.ts';
import { type Paint, PLAIN } from './paint.ts';
import {
  legendFor,
  statusCell,
  MANY_PROFILES,
  markHeads,
  marks,
  worstInWords,
  statusInWords,
  statusMark,
  worstOf,
} from './status-text.ts';
import { columns, wrap } from './text-layout.ts';

/** In characters. If less is left for titles, they are omitted: they would be broken into single words. */
const MIN_TITLE_WIDTH = 24;

/** In characters. Longer lines of the legend are hard to read, even if the terminal is wider. */
const MAX_LEGEND_WIDTH = 100;

/** A requirement with its outcome in each profile; undefined if the profile does not have the requirement. */
interface Row {
  readonly requirement: RequirementOutcome['requirement'];
  readonly outcomes: readonly (RequirementOutcome | undefined)[];
}

/** The arrangement of requirement outcomes in columns. */
interface Layout {
  readonly heads: readonly string[];
  readonly cells: (row: Row, paint: Paint) => readonly string[];
}

/** The part of a profile's outcome that the tables show. */
export type Tabled = Pick<ProfileOutcome, 'profile' | 'requirements'>;

/** The requirements of these profiles, by chapter. */
function rowsByChapter(
  profiles: readonly Tabled[],
): readonly { readonly title: string; readonly rows: readonly Row[] }[] {
  const found = profiles.map(
    ({ requirements }) => new Map(requirements.map((one) => [one.requirement.id, one])),
  );
  return CHAPTERS.flatMap(({ title, requirements }) => {
    const rows: readonly Row[] = requirements
      .map((requirement) => ({ requirement, outcomes: found.map((one) => one.get(requirement.id)) }))
      .filter(({ outcomes }) => outcomes.some((outcome) => outcome !== undefined));
    return rows.length === 0 ? [] : [{ title, rows }];
  });
}

/** One table per chapter: a row per requirement and a column per profile. Many profiles share one column of marks. */
export function chapterTables(profiles: readonly Tabled[], width: number, paint: Paint): string {
  const chapters = rowsByChapter(profiles);
  const names = profiles.map(({ profile }) => profile);
  const all = chapters.flatMap(({ rows }) => rows);
  const layouts =
    names.length < MANY_PROFILES ? [byColumn(names)] : [byMark(names, true), byMark(names, false)];
  const { layout, room } = roomiest(layouts, all, width);

  const lines: (readonly string[])[] = [];
  for (const { title, rows } of chapters) {
    lines.push([paint.bold(title), ...layout.heads.map((head) => paint.dim(head)), '']);
    for (const row of rows) {
      const [first = '', ...rest] = titleLines(row, room, paint);
      const cells = layout.cells(row, paint);
      lines.push([`  ${row.requirement.id}`, ...cells, first]);
      for (const line of rest) lines.push(['', ...cells.map(() => ''), line]);
    }
    lines.push(['']);
  }
  return [
    ...columns(lines, ''),
    ...legendLines(profiles, names, layout, width).map((line) => paint.dim(line)),
  ].join('\n');
}

/** A column for each profile. */
const byColumn = (names: readonly ProfileName[]): Layout => ({
  heads: names,
  cells: ({ outcomes }, paint) => outcomes.map((outcome) => statusCell(outcome, paint)),
});

/** One column of marks for all profiles, and one that describes the worst outcome. */
const byMark = (names: readonly ProfileName[], named: boolean): Layout => ({
  heads: [named ? markHeads(names) : '', ''],
  cells: ({ outcomes }, paint) => [
    marks(outcomes, named ? names : undefined, paint),
    worstInWords(outcomes, paint),
  ],
});

/** The first layout that leaves enough width for titles; otherwise the last one. */
function roomiest(
  layouts: readonly Layout[],
  rows: readonly Row[],
  width: number,
): { readonly layout: Layout; readonly room: number } {
  const measured = layouts.map((layout) => ({ layout, room: roomFor(layout, rows, width) }));
  const chosen = measured.find(({ room }) => room >= MIN_TITLE_WIDTH) ?? measured.at(-1);
  return chosen ?? { layout: byColumn([]), room: width };
}

/** The number of characters left for titles. */
function roomFor(layout: Layout, rows: readonly Row[], width: number): number {
  const ids = widest(rows.map(({ requirement }) => requirement.id));
  const cells = rows.map((row) => layout.cells(row, PLAIN));
  // Two blanks precede the id, and two separate columns.
  return layout.heads.reduce(
    (room, head, at) => room - widest([head, ...cells.map((row) => row[at] ?? '')]) - 2,
    width - ids - 4,
  );
}

const widest = (texts: readonly string[]): number =>
  texts.reduce((most, text) => Math.max(most, text.length), 0);

function titleLines(
  { requirement: { title, level }, outcomes }: Row,
  room: number,
  paint: Paint,
): readonly string[] {
  if (room < MIN_TITLE_WIDTH) return [];
  const isViolated = outcomes.some((outcome) => outcome?.status === 'violated');
  return wrap(level === 'MUST' ? title : `${level}: ${title}`, '', room).map((line) =>
    isViolated ? paint.red(line) : paint.dim(line),
  );
}

function legendLines(
  profiles: readonly Pick<ProfileOutcome, 'requirements'>[],
  names: readonly ProfileName[],
  { heads }: Layout,
  width: number,
): readonly string[] {
  const legend = legendFor(
    profiles.flatMap(({ requirements }) => requirements),
    names.length > 1,
  );
  const [first] = heads;
  const inOrder =
    names.length < MANY_PROFILES
      ? ''
      : first === ''
        ? `One mark each for ${names.join(', ')}; the next column describes the worst. `
        : 'The column beside the marks describes the worst. ';
  return wrap(`${inOrder}${legend}`, '', Math.min(width, MAX_LEGEND_WIDTH));
}

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
