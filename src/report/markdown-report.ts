import { match } from 'ts-pattern';
import { oneLine, printable } from '../corpus/printable.ts';
import { SUITE_AND_VERSION } from '../corpus/suite.ts';
import type { RunOutcome } from '../run/outcome.ts';
import type { KnownFailure } from './baseline.ts';
import { type Check, checksOf, type Mark, type ReportSetting, withMark } from './checks.ts';
import { amount, casesInWords, duration } from './figures.ts';
import { VERDICT_WORDS } from './verdict-text.ts';

/** Text of a target as code, which Markdown does not interpret. */
export function codeSpan(text: string): string {
  const line = oneLine(text);
  const fence = fenceFor(line, 1);
  const gap = line.startsWith('`') || line.endsWith('`') || line === '' ? ' ' : '';
  return `${fence}${gap}${line}${gap}${fence}`;
}

/** A fence of backticks that is longer than any run of them in the text. */
const fenceFor = (text: string, least: number): string =>
  '`'.repeat(Math.max(least, ...[...text.matchAll(/`+/g)].map(([run]) => run.length + 1)));

/** Text of a target in prose: every character of punctuation is escaped. */
export const escapedMarkdown = (text: string): string => oneLine(text).replaceAll(/[!-/:-@[-`{-~]/g, '\\$&');

/** The reason of a known failure, with its link. */
const knownMarkdown = ({ reason, link }: KnownFailure): string => {
  const isUrl = link !== undefined && /^https?:\/\/[^\s<>\\]+$/.test(link);
  const shown = link === undefined ? '' : isUrl ? ` <${oneLine(link)}>` : ` ${codeSpan(link)}`;
  return `known failure: ${escapedMarkdown(reason)}${shown}`;
};

const details = (summary: string, text: string): readonly string[] => {
  const shown = printable(text);
  const fence = fenceFor(shown, 3);
  return [
    '<details>',
    `<summary>${summary}</summary>`,
    '',
    `${fence}text`,
    shown,
    fence,
    '',
    '</details>',
    '',
  ];
};

const MARKS: { readonly [K in Mark['kind']]: string } = {
  passed: 'passed',
  failure: 'failed',
  error: 'error',
  known: 'known failure',
  skipped: 'skipped',
};
const KINDS = ['passed', 'failure', 'error', 'known', 'skipped'] as const;

/** The report as Markdown, for a comment or the summary of a job: totals, then each problem with its counterexample. */
export function markdownReport(outcome: RunOutcome, setting: ReportSetting): string {
  const { target, seed, verdict, profiles, elapsed } = outcome;
  const suites = checksOf(outcome, setting);
  const checks = suites.flatMap((suite) => suite.checks);
  const problems = checks.filter(({ mark }) => mark.kind !== 'passed' && mark.kind !== 'skipped');
  const violated = problems.filter(({ findings }) => findings !== undefined);
  const shown = suites.filter((suite) => withMark('skipped', suite.checks) < suite.checks.length);
  return `${[
    `## ${codeSpan(target.name)} ${VERDICT_WORDS[verdict]}`,
    '',
    `${SUITE_AND_VERSION}, seed ${seed}, ${duration(elapsed)}, ${setting.date.toISOString()}.`,
    '',
    ...profiles.map((profile) => `- ${profile.profile}: ${casesInWords(profile)}`),
    ...(setting.baseline === undefined
      ? []
      : [
          `- baseline ${codeSpan(setting.baseline.file)}: ` +
            `${amount(setting.baseline.failures.length, 'unexpected failure')}, ` +
            amount(setting.baseline.passes.length, 'unexpected pass', 'unexpected passes'),
        ]),
    '',
    ...problems.filter(({ findings }) => findings === undefined).flatMap(problemLines),
    ...(violated.length === 0
      ? []
      : [
          '### Violated requirements',
          '',
          ...violated.map(
            ({ id, title, place, mark, findings = [] }) =>
              `- ${codeSpan(id)} ${title} in ${place}, ${MARKS[mark.kind]}: ` +
              findings.map(codeSpan).join(', '),
          ),
          '',
        ]),
    ...(setting.baseline?.passes ?? []).flatMap(({ profile, requirement, known }) => [
      `### unexpected pass: ${codeSpan(requirement)} in ${profile}`,
      '',
      knownMarkdown(known),
      '',
    ]),
    `| chapter | ${KINDS.map((kind) => MARKS[kind]).join(' | ')} |`,
    `| --- | ${KINDS.map(() => '--:').join(' | ')} |`,
    ...shown.map(
      ({ name, checks: own }) =>
        `| ${name} | ${KINDS.map((kind) => withMark(kind, own) || '').join(' | ')} |`,
    ),
  ].join('\n')}\n`;
}

function problemLines({ id, title, place, mark }: Check): readonly string[] {
  const heading = `### ${MARKS[mark.kind]}: ${codeSpan(id)} ${title} in ${place}`;
  return [
    heading,
    '',
    ...match(mark)
      .with({ kind: 'known' }, ({ known, message, text }) => [
        knownMarkdown(known),
        '',
        ...details(escapedHtml(message), text),
      ])
      .with({ kind: 'failure' }, { kind: 'error' }, ({ message, text }) =>
        text === '' ? [escapedMarkdown(message), ''] : details(escapedHtml(message), text),
      )
      .otherwise(() => []),
  ];
}

/** Text inside an HTML element of Markdown, where neither tags nor Markdown are interpreted. */
const escapedHtml = (text: string): string =>
  oneLine(text).replaceAll(/[&<>"'`*_[\]\\~|]/g, (character) => `&#${character.charCodeAt(0)};`);
