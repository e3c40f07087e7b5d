import { oneLine, printable } from '../corpus/printable.ts';
import type { RunOutcome } from '../run/outcome.ts';
import { knownInWords } from './baseline.ts';
import { type Check, checksOf, type ReportSetting } from './checks.ts';

/** The maximum number of annotations of one level: GitHub shows ten of each for one step. */
const MAX_ANNOTATIONS = 10;

/** The report as workflow commands of GitHub Actions, which become annotations of the job. */
export function githubReport(outcome: RunOutcome, setting: ReportSetting): string {
  // The requirements that a finding violates are in its annotation.
  const checks = checksOf(outcome, setting)
    .flatMap((suite) => suite.checks)
    .filter(({ findings }) => findings === undefined);
  const ofKind = (kind: Check['mark']['kind']): readonly Check[] =>
    checks.filter(({ mark }) => mark.kind === kind);
  return [
    ...limited(
      'error',
      ofKind('failure').map((check) => annotation('error', check)),
    ),
    ...limited('warning', [
      ...(setting.baseline?.passes ?? []).map(({ profile, requirement, known }) =>
        command('warning', `unexpected pass: ${profile}.${requirement}`, knownInWords(known)),
      ),
      ...ofKind('error').map((check) => annotation('warning', check)),
    ]),
    ...limited(
      'notice',
      ofKind('known').map(({ id, place, mark }) =>
        command('notice', `${place}: ${id}`, mark.kind === 'known' ? knownInWords(mark.known) : ''),
      ),
    ),
  ]
    .map((line) => `${line}\n`)
    .join('');
}

/** A problem as an annotation. */
const annotation = (level: string, { id, place, mark }: Check): string =>
  command(
    level,
    `${place}: ${id}`,
    'text' in mark ? [mark.message, mark.text].filter((text) => text !== '').join('\n') : '',
  );

/** The first annotations, and the number of the others in the last one. */
function limited(level: string, lines: readonly string[]): readonly string[] {
  if (lines.length <= MAX_ANNOTATIONS) return lines;
  const rest = lines.length - MAX_ANNOTATIONS + 1;
  return [
    ...lines.slice(0, MAX_ANNOTATIONS - 1),
    command(level, 'zone-device-conformance', `${rest} more; the job summary lists all`),
  ];
}

/** A workflow command. Its data ends at the end of the line, its properties also at "," and ":". */
function command(level: string, title: string, message: string): string {
  const property = escaped(oneLine(title)).replaceAll(':', '%3A').replaceAll(',', '%2C');
  return `::${level} title=${property}::${escaped(printable(message))}`;
}

const escaped = (text: string): string =>
  text.replaceAll('%', '%25').replaceAll('\r', '%0D').replaceAll('\n', '%0A');
