import { match } from 'ts-pattern';
import { create } from 'xmlbuilder2';
import { oneLine } from '../corpus/printable.ts';
import type { RunOutcome } from '../run/outcome.ts';
import { knownInWords } from './baseline.ts';
import { type Check, checksOf, type CheckSuite, type Mark, type ReportSetting, withMark } from './checks.ts';

/** The JUnit report: a test suite per chapter and profile, a test case per requirement. */
export function junitReport(outcome: RunOutcome, setting: ReportSetting): string {
  const suites = checksOf(outcome, setting);
  const root = create(
    { encoding: 'UTF-8', invalidCharReplacement: '\uFFFD' },
    {
      testsuites: {
        '@name': `zone-device-conformance: ${oneLine(outcome.target.name)}`,
        ...counts(suites.flatMap(({ checks }) => checks)),
        '@time': seconds(outcome.elapsed),
        testsuite: suites.map(suiteElement),
      },
    },
  );
  return `${root.end({ prettyPrint: true })}\n`;
}

const counts = (checks: readonly Check[]): object => ({
  '@tests': checks.length,
  '@failures': withMark('failure', checks),
  '@errors': withMark('error', checks),
});

const seconds = (milliseconds: number): string => (milliseconds / 1000).toFixed(3);

const timeOf = (milliseconds: number | undefined): object =>
  milliseconds === undefined ? {} : { '@time': seconds(milliseconds) };

// The schema of the Jenkins plugin (junit-10.xsd) allows the count of skipped cases here, and not at the root.
const suiteElement = ({ name, checks, elapsed }: CheckSuite): object => ({
  '@name': name,
  ...counts(checks),
  '@skipped': withMark('skipped', checks) + withMark('known', checks),
  ...timeOf(elapsed),
  testcase: checks.map(({ id, title, place, about, mark, elapsed: ofCheck }) => ({
    '@name': about === 'run' ? title : `${id} ${title}`.trimEnd(),
    '@classname': `${place}.${about}`,
    ...timeOf(ofCheck),
    ...markElement(mark),
  })),
});

const markElement = (mark: Mark): object =>
  match(mark)
    .with({ kind: 'passed' }, ({ note }) => ({ 'system-out': note }))
    .with({ kind: 'skipped' }, ({ message }) => ({ skipped: { '@message': message } }))
    .with({ kind: 'known' }, ({ known, text }) => ({
      skipped: { '@message': knownInWords(known) },
      'system-out': text,
    }))
    .with({ kind: 'failure' }, ({ type, message, text }) => ({
      failure: { '@type': type, '@message': message, '#': text },
    }))
    .with({ kind: 'error' }, ({ type, message, text }) => ({
      error: { '@type': type, '@message': message, '#': text },
    }))
    .exhaustive();
