import { expect, test } from 'vitest';
import type { RunOutcome } from '../run/outcome.ts';
import { Baseline, baselineOf, baselineText, compareWithBaseline, type KnownFailure } from './baseline.ts';
import { comparisonMarkdown, comparisonPage, comparisonText, compareReports } from './comparison.ts';
import { exitCodeOf, FAIL_ON } from './exit-code.ts';
import { jsonReport, type JsonReport } from './json-report.ts';
import { PLAIN } from './paint.ts';
import { SAMPLE_SETTING, sampleOutcome, sampleProfile, TROUBLED } from './sample-outcome.fixture.ts';

const reportOf = (outcome: RunOutcome): JsonReport => jsonReport(outcome, SAMPLE_SETTING);

const baselineWith = (...known: readonly KnownFailure[]): Baseline =>
  Baseline.parse({ format: 'zdc-baseline', version: 1, target: 'sample', known });

const ISOLATION: KnownFailure = { requirement: 'fork.isolation', reason: 'issue 17' };
const CRASH: KnownFailure = { requirement: 'robust.no-crash', profile: 'origin', reason: 'issue 18' };

const idsOf = (places: readonly { readonly requirement: string }[]): readonly string[] =>
  places.map(({ requirement }) => requirement);

test('a failure that is not in the baseline is unexpected', () => {
  const result = compareWithBaseline('known.json', baselineWith(ISOLATION), reportOf(TROUBLED));
  expect(idsOf(result.failures)).toEqual(['robust.no-crash']);
  expect(result.passes).toEqual([]);
  expect(result.knownFailure('origin', 'fork.isolation')).toEqual(ISOLATION);
  expect(result.knownFailure('origin', 'robust.no-crash')).toBeUndefined();
  expect(baselineText(result, PLAIN)).toBe(
    '✗ unexpected failure: robust.no-crash in origin\n' +
      'Baseline known.json: 1 known failure, 1 unexpected failure, 0 unexpected passes\n',
  );
});

test('a known requirement of a finding explains its other requirements', () => {
  const charge = { ...ISOLATION, requirement: 'account.charge' };
  const result = compareWithBaseline('known.json', baselineWith(charge, CRASH), reportOf(TROUBLED));
  expect(result.failures).toEqual([]);
  expect(result.knownFailure('origin', 'fork.isolation')).toEqual(charge);
});

test('the known failures are counted by the entries of the file', () => {
  const entries = [ISOLATION, { ...ISOLATION, requirement: 'account.charge' }, CRASH];
  const counted = (...known: readonly KnownFailure[]): readonly number[] => {
    const { expected, unjudged } = compareWithBaseline(
      'known.json',
      baselineWith(...known),
      reportOf(TROUBLED),
    );
    return [expected, unjudged];
  };
  expect(counted(ISOLATION, CRASH)).toEqual([2, 0]);
  expect(counted(...entries)).toEqual([3, 0]);
  const profiles = ['origin', 'linux-6.1'] as const;
  const everywhere = sampleOutcome({
    profiles: profiles.map((profile) =>
      sampleProfile(profile, {}, { 'fork.isolation': { status: 'violated' } }),
    ),
  });
  const result = compareWithBaseline('known.json', baselineWith(ISOLATION), reportOf(everywhere));
  expect(result).toMatchObject({ expected: 1, failures: [] });
  // Not judged in two profiles, and one entry.
  expect(counted({ requirement: 'fork.counts', reason: 'needs frames' })).toEqual([0, 1]);
});

test('an entry with an observation explains only failures with that observation', () => {
  const observed = TROUBLED.profiles
    .flatMap(({ findings }) => findings)
    .find(({ counterexample }) => counterexample.violation.requirement === 'robust.no-crash')?.counterexample
    .violation.observed;
  if (observed === undefined) throw new Error('The sample has no crash.');
  const shown = baselineWith(ISOLATION, { ...CRASH, observed: observed.slice(2, 12) });
  expect(compareWithBaseline('known.json', shown, reportOf(TROUBLED)).failures).toEqual([]);
  const other = baselineWith(ISOLATION, { ...CRASH, observed: 'in another_function' });
  const { failures, passes } = compareWithBaseline('known.json', other, reportOf(TROUBLED));
  expect(idsOf(failures)).toEqual(['robust.no-crash']);
  expect(passes).toEqual([]);
  const written = baselineOf(reportOf(TROUBLED), other, { reason: 'new' });
  expect(compareWithBaseline('known.json', written, reportOf(TROUBLED)).failures).toEqual([]);
});

test('an entry of another profile explains nothing', () => {
  const elsewhere = { ...ISOLATION, profile: 'linux-6.1' };
  const { failures } = compareWithBaseline('known.json', baselineWith(elsewhere, CRASH), reportOf(TROUBLED));
  expect(idsOf(failures)).toEqual(['fork.isolation']);
});

test('a known failure that passes is reported unless it is flaky; one that was not judged is counted', () => {
  const flaky: KnownFailure = { requirement: 'fork.shares', reason: 'rare', flaky: true };
  const passing: KnownFailure = { requirement: 'fork.read-both', profile: 'origin', reason: 'old' };
  const unjudged: KnownFailure = { requirement: 'fork.counts', profile: 'origin', reason: 'needs frames' };
  const known = baselineWith(ISOLATION, CRASH, flaky, passing, unjudged);
  const result = compareWithBaseline('known.json', known, reportOf(TROUBLED));
  expect(result.failures).toEqual([]);
  expect(idsOf(result.passes)).toEqual(['fork.read-both']);
  expect(result.unjudged).toBe(1);
});

test('the exit code is that of unexpected results, and --fail-on selects among them', () => {
  const gate = { strict: false, timedOut: false };
  const all = compareWithBaseline('known.json', baselineWith(ISOLATION, CRASH), reportOf(TROUBLED));
  const some = compareWithBaseline('known.json', baselineWith(CRASH), reportOf(TROUBLED));
  const passing = { ...all, passes: [{ profile: 'origin', requirement: 'fork.shares', known: CRASH }] };
  // The sample also has a protocol error, and cases that could not be judged.
  const quiet: RunOutcome = {
    ...TROUBLED,
    profiles: TROUBLED.profiles.map((profile) => ({
      ...profile,
      protocolErrors: [],
      inconclusive: 0,
      disagreements: [],
    })),
  };
  expect(exitCodeOf(quiet, gate)).toBe(1);
  expect(exitCodeOf(quiet, { ...gate, baseline: some })).toBe(1);
  // Known failures end a run early, so that what it did not cover is no news.
  expect(exitCodeOf(quiet, { ...gate, baseline: all })).toBe(0);
  const covered = { ...quiet, uncovered: [] };
  expect(exitCodeOf(covered, { ...gate, baseline: all })).toBe(0);
  expect(exitCodeOf(covered, { ...gate, baseline: passing })).toBe(1);
  expect(exitCodeOf(covered, { ...gate, baseline: passing, failOn: new Set(['failure']) })).toBe(0);
  expect(exitCodeOf(quiet, { ...gate, baseline: all, failOn: new Set(['failure', 'pass']) })).toBe(0);
  expect(exitCodeOf(quiet, { ...gate, failOn: new Set() })).toBe(0);
  expect(exitCodeOf(quiet, { ...gate, failOn: new Set(FAIL_ON) })).toBe(1);
});

test('a written baseline keeps reasons, adds failures and removes passing entries', () => {
  const written = baselineOf(reportOf(TROUBLED), undefined, { reason: 'new', link: 'https://example.org/1' });
  expect(written.known).toEqual([
    { requirement: 'fork.isolation', profile: 'origin', reason: 'new', link: 'https://example.org/1' },
    {
      requirement: 'robust.no-crash',
      profile: 'origin',
      reason: 'new',
      link: 'https://example.org/1',
      flaky: true,
    },
  ]);
  const { failures, passes } = compareWithBaseline('known.json', written, reportOf(TROUBLED));
  expect([failures, passes]).toEqual([[], []]);
  const passing: KnownFailure = { requirement: 'fork.read-both', profile: 'origin', reason: 'old' };
  const unjudged: KnownFailure = { requirement: 'fork.counts', profile: 'origin', reason: 'needs frames' };
  const before = baselineWith(ISOLATION, passing, unjudged);
  const again = baselineOf(reportOf(TROUBLED), before, { reason: 'new' });
  expect(again.known.map(({ requirement, reason }) => [requirement, reason])).toEqual([
    ['fork.isolation', 'issue 17'],
    ['fork.counts', 'needs frames'],
    ['robust.no-crash', 'new'],
  ]);
});

test('a comparison of two runs lists the requirements that passed in one of them only', () => {
  const before = sampleOutcome({ profiles: [sampleProfile('origin')] });
  const after = sampleOutcome({
    profiles: [sampleProfile('origin', {}, { 'fork.isolation': { status: 'violated' } })],
  });
  const { regressions, improvements } = compareReports([reportOf(before), reportOf(after)]);
  expect(regressions).toEqual([
    { profile: 'origin', requirement: 'fork.isolation', before: 'passed', after: 'violated' },
  ]);
  expect(improvements).toEqual([]);
  expect(compareReports([reportOf(after), reportOf(before)]).improvements).toHaveLength(1);
  const other = { ...after, target: { ...after.target, name: 'another' } };
  expect(compareReports([reportOf(before), reportOf(other)]).regressions).toEqual([]);
});

test('a comparison of implementations has a column for each', () => {
  const comparison = compareReports([reportOf(sampleOutcome()), reportOf(TROUBLED)]);
  const text = comparisonText(comparison, false, PLAIN);
  expect(text).toMatch(/^3  bad \\u001b\[31mname\\u202e 1\.2  origin     23 of 29 passed$/m);
  expect(text).toMatch(/^ {2}fork\.isolation +✓ {2}✓ {2}✗$/m);
  expect(text).not.toContain('fork.shares');
  expect(comparisonText(comparison, true, PLAIN)).toContain('fork.shares');
  const markdown = comparisonMarkdown(comparison);
  expect(markdown).toMatch(/^\| fork\.isolation \| ✓ \| ✓ \| ✗ \|$/m);
  const widths = markdown.match(/^\|.*\|$/gm)?.map((line) => line.split('|').length) ?? [];
  expect(new Set(widths)).toEqual(new Set([6]));
  const { requirements } = comparisonPage(comparison);
  const rows = requirements?.chapters.flatMap((chapter) => chapter.rows) ?? [];
  expect(rows.find(({ id }) => id === 'fork.isolation')?.cells.map(({ status }) => status)).toEqual([
    'passed',
    'passed',
    'violated',
  ]);
});
