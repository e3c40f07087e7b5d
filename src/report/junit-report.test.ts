import { XMLParser, XMLValidator } from 'fast-xml-parser';
import { describe, expect, test } from 'vitest';
import { golden } from './golden.fixture.ts';
import { junitReport } from './junit-report.ts';
import { sampleOutcome, sampleProfile, TROUBLED } from './sample-outcome.fixture.ts';

const SETTING = { strict: false, cwd: '/' };

interface ParsedCase {
  readonly '@_name': string;
  readonly failure?: { readonly '#text': string };
  readonly error?: object;
  readonly skipped?: object;
}

/** The test cases of a report by name, and the counts at its root. */
function parse(xml: string): {
  readonly cases: ReadonlyMap<string, ParsedCase>;
  readonly root: Record<string, string>;
} {
  expect(XMLValidator.validate(xml)).toBe(true);
  const parser = new XMLParser({
    ignoreAttributes: false,
    isArray: (name) => name === 'testcase' || name === 'testsuite',
  });
  const { testsuites: root } = parser.parse(xml);
  const cases: ParsedCase[] = root.testsuite.flatMap(
    (suite: { readonly testcase: readonly ParsedCase[] }) => suite.testcase,
  );
  return { cases: new Map(cases.map((one) => [one['@_name'].split(' ')[0] ?? '', one])), root };
}

test('the report of a run with every kind of error', () => {
  const { made, kept } = golden('junit-troubled.xml', junitReport(TROUBLED, SETTING));
  expect(made).toBe(kept);
});

describe('a case is', () => {
  const { cases, root } = parse(junitReport(TROUBLED, SETTING));

  test('a failure with the counterexample if a requirement is violated', () => {
    const text = cases.get('fork.isolation')?.failure?.['#text'] ?? '';
    expect(text).toContain('fork process 0 into process 1');
    expect(text).toContain('replay reports/runs/fork.isolation-0123abcd.json');
    expect(cases.get('robust.no-crash')?.failure).toBeDefined();
  });

  test('skipped if the requirement cannot be judged', () => {
    expect(cases.get('fork.counts')?.skipped).toBeDefined();
    expect(cases.get('fork.pin-stays')?.skipped).toBeDefined();
  });

  test('an error if a MUST was not covered', () => {
    expect(cases.get('fork.survives')?.error).toBeDefined();
  });

  test('an error if the run itself failed', () => {
    expect(cases.get('every')?.error).toBeDefined();
    expect(cases.get('model')?.error).toBeDefined();
  });

  test('passed otherwise', () => {
    const passed = cases.get('fork.shares');
    expect(passed).toBeDefined();
    expect(passed?.failure ?? passed?.error ?? passed?.skipped).toBeUndefined();
  });

  test('given a time only if it has one of its own', () => {
    expect(cases.get('fork.shares')).not.toHaveProperty('@_time');
    expect(cases.get('every')).toMatchObject({ '@_time': '1.728' });
    expect(root['@_time']).toBe('3.457');
  });

  // junit-10.xsd of the Jenkins plugin allows no others.
  test('counted at the root, with the attributes of the schema', () => {
    expect(Object.keys(root).filter((name) => name.startsWith('@_'))).toEqual([
      '@_name',
      '@_tests',
      '@_failures',
      '@_errors',
      '@_time',
    ]);
    expect(root['@_failures']).toBe('2');
    expect(root['@_errors']).toBe('4');
  });
});

test('a SHOULD that is not followed passes, and fails under --strict', () => {
  const outcome = sampleOutcome({
    profiles: [
      sampleProfile('origin', {}, { 'migrate.progress': { status: 'not-followed', notFollowed: 3 } }),
    ],
  });
  expect(parse(junitReport(outcome, SETTING)).cases.get('migrate.progress')?.failure).toBeUndefined();
  const strict = junitReport(outcome, { ...SETTING, strict: true });
  expect(parse(strict).cases.get('migrate.progress')?.failure).toBeDefined();
});

test('characters that XML does not allow are replaced', () => {
  const xml = junitReport(TROUBLED, SETTING);
  expect(xml).not.toMatch(/(?![\n\r\t])\p{Cc}/u);
  expect(xml).toContain('\uFFFD');
});
