import { CHAPTERS } from '../../spec/requirements/catalogue.ts';
import { oneLine } from '../corpus/printable.ts';
import { SUITE_AND_VERSION } from '../corpus/suite.ts';
import { type PageData, shownText } from './html/page-data.ts';
import type { JsonReport } from './json-report.ts';
import { codeSpan } from './markdown-report.ts';
import type { Paint } from './paint.ts';
import { columns } from './text-layout.ts';

type Status = JsonReport['profiles'][number]['requirements'][number]['status'];

/** One column: an implementation in one profile. */
interface Column {
  readonly name: string;
  readonly profile: string;
  readonly statuses: ReadonlyMap<string, Status>;
}

interface Row {
  readonly id: string;
  readonly level: string;
  readonly title: string;
  readonly statuses: readonly (Status | undefined)[];
}

/** A change of one requirement between two runs. */
interface Change {
  readonly profile: string;
  readonly requirement: string;
  readonly before: Status;
  readonly after: Status;
}

/** Several runs side by side. */
export interface Comparison {
  readonly columns: readonly Column[];
  readonly chapters: readonly { readonly title: string; readonly rows: readonly Row[] }[];
  /** Requirements that passed in the first of two runs of one target and not in the second. */
  readonly regressions: readonly Change[];
  /** Requirements that passed in the second of two runs of one target and not in the first. */
  readonly improvements: readonly Change[];
}

/** Compares reports: each gives a column for each of its profiles. Of two runs of one target, the changes are listed, too. */
export function compareReports(reports: readonly JsonReport[]): Comparison {
  const all = reports.flatMap(({ target, profiles }) =>
    profiles.map(({ profile, requirements }) => ({
      name: oneLine([target.name, target.version ?? ''].join(' ').trimEnd()),
      profile,
      statuses: new Map(requirements.map(({ id, status }) => [id, status])),
    })),
  );
  const chapters = CHAPTERS.map(({ title, requirements }) => ({
    title,
    rows: requirements
      .map(({ id, level, title: rule }) => ({
        id,
        level,
        title: rule,
        statuses: all.map(({ statuses }) => statuses.get(id)),
      }))
      .filter(({ statuses }) => statuses.some((status) => status !== undefined)),
  })).filter(({ rows }) => rows.length > 0);
  const [before, after] = reports;
  const isOneTarget = reports.length === 2 && before?.target.name === after?.target.name;
  const changes = isOneTarget ? changesBetween(before, after) : [];
  return {
    columns: all,
    chapters,
    regressions: changes.filter((one) => one.before === 'passed'),
    improvements: changes.filter((one) => one.after === 'passed'),
  };
}

/** Requirements that passed in one of two runs and not in the other, in the profiles of both. */
function changesBetween(before: JsonReport | undefined, after: JsonReport | undefined): readonly Change[] {
  return (before?.profiles ?? []).flatMap(({ profile, requirements }) => {
    const other = after?.profiles.find((one) => one.profile === profile);
    const statuses = new Map(other?.requirements.map(({ id, status }) => [id, status]));
    return requirements.flatMap(({ id, status }): Change[] => {
      const now = statuses.get(id);
      return now === undefined || now === status || (status !== 'passed' && now !== 'passed')
        ? []
        : [{ profile, requirement: id, before: status, after: now }];
    });
  });
}

const MARKS: { readonly [S in Status]: { readonly mark: string; readonly words: string } } = {
  passed: { mark: '✓', words: 'passed' },
  violated: { mark: '✗', words: 'violated' },
  'not-followed': { mark: '!', words: 'SHOULD not followed' },
  'not-covered': { mark: '?', words: 'not covered' },
  'not-observable': { mark: '–', words: 'not observable' },
  'capability-missing': { mark: '–', words: 'not judged' },
};

const markOf = (status: Status | undefined): string => (status === undefined ? '·' : MARKS[status].mark);

const wordsOf = (status: Status | undefined): string =>
  status === undefined ? 'not a requirement of this profile' : MARKS[status].words;

const LEGEND =
  '✓ passed; ✗ violated; ! SHOULD not followed; ? not covered; – not judged; · not a requirement of this profile';

const changeInWords = ({ profile, requirement, before, after }: Change): string =>
  `${requirement} in ${profile}: ${MARKS[before].words} before, ${MARKS[after].words} now`;

const passed = ({ statuses }: Column): string =>
  `${[...statuses.values()].filter((status) => status === 'passed').length} of ${statuses.size} passed`;

/** Whether all columns have the same status, so that a text may leave the row out. */
const isUniform = ({ statuses }: Row): boolean => new Set(statuses).size === 1;

/** The comparison for a terminal: the columns by number, then the requirements that differ, or all of them. */
export function comparisonText(comparison: Comparison, all: boolean, paint: Paint): string {
  const rows = comparison.chapters.flatMap(({ title, rows: own }) => {
    const shown = all ? own : own.filter((row) => !isUniform(row));
    return shown.length === 0
      ? []
      : [
          [paint.bold(title)],
          ...shown.map((row) => [
            `  ${row.id}`,
            ...row.statuses.map((status) =>
              status === 'violated' ? paint.red(markOf(status)) : markOf(status),
            ),
          ]),
        ];
  });
  const width = comparison.columns.length + 1;
  const padded = rows.map((row) => [...row, ...Array.from({ length: width - row.length }, () => '')]);
  const numbers = ['requirement', ...comparison.columns.map((_, at) => String(at + 1))];
  const parts = [
    columns(
      comparison.columns.map((column, at) => [String(at + 1), column.name, column.profile, passed(column)]),
      '',
    ).join('\n'),
    padded.length === 0
      ? 'All requirements have the same result in every column.'
      : [...columns([numbers, ...padded], ''), LEGEND].join('\n'),
    ...changesText('Regressions', comparison.regressions),
    ...changesText('Improvements', comparison.improvements),
  ];
  return `${parts.join('\n\n')}\n`;
}

const changesText = (title: string, changes: readonly Change[]): readonly string[] =>
  changes.length === 0
    ? []
    : [[`${title}:`, ...changes.map((change) => `  ${changeInWords(change)}`)].join('\n')];

const changesMarkdown = (title: string, changes: readonly Change[]): readonly string[] =>
  changes.length === 0
    ? []
    : [`### ${title}`, '', ...changes.map((change) => `- ${changeInWords(change)}`), ''];

/** The comparison as Markdown: one table of all requirements. */
export function comparisonMarkdown(comparison: Comparison): string {
  const heads = comparison.columns.map(
    ({ name, profile }) => `${codeSpan(name).replaceAll('|', '\\|')} ${profile}`,
  );
  return `${[
    ...changesMarkdown('Regressions', comparison.regressions),
    ...changesMarkdown('Improvements', comparison.improvements),
    `| requirement | ${heads.join(' | ')} |`,
    `| --- | ${heads.map(() => ':-:').join(' | ')} |`,
    `| | ${comparison.columns.map(passed).join(' | ')} |`,
    ...comparison.chapters.flatMap(({ title, rows }) => [
      `| **${title}** | ${heads.map(() => '').join(' | ')} |`,
      ...rows.map(({ id, statuses }) => `| ${id} | ${statuses.map(markOf).join(' | ')} |`),
    ]),
    '',
    LEGEND,
  ].join('\n')}\n`;
}

/** The data of the HTML page for a comparison. */
export const comparisonPage = ({
  columns: all,
  chapters,
  regressions,
  improvements,
}: Comparison): PageData => ({
  title: 'Comparison',
  suite: SUITE_AND_VERSION,
  facts: [
    ...all.map((column) => ({
      name: shownText(`${column.name}, ${column.profile}`),
      text: passed(column),
    })),
    ...regressions.map((change) => ({ name: 'Regression', text: changeInWords(change) })),
    ...improvements.map((change) => ({ name: 'Improvement', text: changeInWords(change) })),
  ],
  pictures: [],
  requirements: {
    profiles: all.map(({ name, profile }) => shownText(`${name}, ${profile}`)),
    chapters: chapters.map(({ title, rows }) => ({
      title,
      rows: rows.map(({ id, level, title: rule, statuses }) => ({
        id,
        level,
        title: rule,
        cells: statuses.map((status) => ({
          status: status ?? 'no-rule',
          words: `${markOf(status)} ${wordsOf(status)}`,
        })),
      })),
    })),
  },
});
