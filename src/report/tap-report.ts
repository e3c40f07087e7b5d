import { match } from 'ts-pattern';
import { oneLine, printable } from '../corpus/printable.ts';
import type { RunOutcome } from '../run/outcome.ts';
import { SUITE_AND_VERSION } from '../corpus/suite.ts';
import { knownInWords } from './baseline.ts';
import { type Check, checksOf, type CheckSuite, type Mark, type ReportSetting, withMark } from './checks.ts';

const INDENT = '    ';

const indented = (lines: readonly string[]): readonly string[] =>
  lines.map((line) => `${INDENT}${line}`.trimEnd());

const isOk = ({ kind }: Mark): boolean => kind !== 'failure' && kind !== 'error';
const holds = ({ checks }: CheckSuite): boolean => checks.every(({ mark }) => isOk(mark));
const isSkipped = ({ checks }: CheckSuite): boolean => withMark('skipped', checks) === checks.length;

/**
 * The report in the Kernel Test Anything Protocol: a subtest for each chapter and profile, a test for each requirement.
 * The version line says 1, the version that the parser of the kernel tree accepts; the form is the same in version 2.
 * A known failure is "ok … # XFAIL", as kselftest prints it.
 */
export function ktapReport(outcome: RunOutcome, setting: ReportSetting): string {
  const suites = checksOf(outcome, setting);
  return `${[
    'KTAP version 1',
    `1..${suites.length}`,
    ...remark(`${SUITE_AND_VERSION}; target ${outcome.target.name}; seed ${outcome.seed}`),
    ...suites.flatMap((suite, at) => [
      ...indented([
        'KTAP version 1',
        `# Subtest: ${ktapName(suite.name)}`,
        `1..${suite.checks.length}`,
        ...suite.checks.flatMap((check, index) => [
          ...problemText(check.mark).flatMap(remark),
          resultLine(isOk(check.mark), index, ktapName(check.id), ktapDirective(check.mark)),
        ]),
      ]),
      resultLine(holds(suite), at, ktapName(suite.name), isSkipped(suite) ? ' # SKIP' : ''),
    ]),
  ].join('\n')}\n`;
}

/** KTAP has no escape: a "#" begins the directive. */
const ktapName = (name: string): string => oneLine(name).replaceAll('#', '_');

/** Lines of a remark. With three blanks no line of a target is taken for "# Subtest:". */
const remark = (text: string): readonly string[] =>
  printable(text)
    .split('\n')
    .map((line) => `#   ${line}`.trimEnd());

function resultLine(passed: boolean, index: number, name: string, directive: string): string {
  return `${passed ? 'ok' : 'not ok'} ${index + 1} ${name}${directive}`;
}

const ktapDirective = (mark: Mark): string =>
  match(mark)
    .with({ kind: 'skipped' }, ({ message }) => ` # SKIP ${oneLine(message)}`)
    .with({ kind: 'known' }, ({ known }) => ` # XFAIL ${knownInWords(known)}`)
    .otherwise(() => '');

/** The difference and the counterexample of a check that did not pass. */
const problemText = (mark: Mark): readonly string[] =>
  mark.kind === 'failure' || mark.kind === 'error' || mark.kind === 'known'
    ? [mark.message, ...(mark.text === '' ? [] : [mark.text])]
    : [];

/**
 * The report in TAP version 14, with a subtest for each chapter and profile. The text of a problem is in a YAML block. A
 * known failure is "not ok … # TODO", which does not fail a run.
 */
export function tapReport(outcome: RunOutcome, setting: ReportSetting): string {
  const suites = checksOf(outcome, setting);
  return `${[
    'TAP version 14',
    `1..${suites.length}`,
    ...suites.flatMap((suite, at) => [
      `# Subtest: ${tapName(suite.name)}`,
      ...indented([`1..${suite.checks.length}`, ...suite.checks.flatMap(tapLines)]),
      resultLine(holds(suite), at, `- ${tapName(suite.name)}`, isSkipped(suite) ? ' # SKIP' : ''),
    ]),
  ].join('\n')}\n`;
}

/** TAP 14 escapes the characters that begin a directive and an escape. */
const tapName = (text: string): string => oneLine(text).replaceAll(/[\\#]/g, (character) => `\\${character}`);

function tapLines({ id, title, mark }: Check, index: number): readonly string[] {
  const passed = isOk(mark) && mark.kind !== 'known';
  const directive = match(mark)
    .with({ kind: 'skipped' }, ({ message }) => ` # SKIP ${tapName(message)}`)
    .with({ kind: 'known' }, ({ known }) => ` # TODO ${tapName(knownInWords(known))}`)
    .otherwise(() => '');
  const [message, ...texts] = problemText(mark);
  return [
    resultLine(passed, index, `- ${tapName(`${id} ${title}`.trimEnd())}`, directive),
    ...(message === undefined
      ? []
      : [
          '  ---',
          // A JSON string is a string of YAML.
          `  message: ${JSON.stringify(oneLine(message))}`,
          ...texts.flatMap((text) => [
            '  details: |2',
            ...printable(text)
              .split('\n')
              .map((line) => `    ${line}`.trimEnd()),
          ]),
          '  ...',
        ]),
  ];
}
