import { expect, test } from 'vitest';
import type { CorpusItem, CorpusOutcome } from '../run/outcome.ts';
import { corpusText } from './corpus-text.ts';
import { exitCodeOf } from './exit-code.ts';
import { golden } from './golden.fixture.ts';
import { junitReport } from './junit-report.ts';
import { PLAIN } from './paint.ts';
import { SAMPLE_COUNTEREXAMPLE, SAMPLE_SETTING, sampleOutcome, TROUBLED } from './sample-outcome.fixture.ts';
import { verdictLine } from './verdict-text.ts';

const recorded = { requirement: 'fork.isolation', op: 'load', steps: 6, profile: 'origin' } as const;
const item = (file: string, status: CorpusItem['status'], changes: Partial<CorpusItem> = {}): CorpusItem => ({
  file: `.zdc/${file}.json`,
  status,
  recorded,
  counterexample: undefined,
  reason: undefined,
  ...changes,
});
const unreadable = item('e\u001B[31m', 'unreadable', { recorded: undefined, reason: 'it is empty' });

const CORPUS: CorpusOutcome = {
  folder: '.zdc',
  items: [
    unreadable,
    item('d', 'not-applicable', { reason: 'the target does not declare pin' }),
    item('a', 'still-fails', { counterexample: SAMPLE_COUNTEREXAMPLE }),
    item('b', 'fails-otherwise', {
      recorded: { ...recorded, requirement: 'fork.counts' },
      counterexample: SAMPLE_COUNTEREXAMPLE,
    }),
    item('c', 'fixed'),
    item('f', 'inconclusive', { reason: 'the target shows too little' }),
    item('g', 'not-reached'),
  ],
  ofOtherTargets: 2,
  ofOtherProfiles: 1,
  trouble: undefined,
};

test('every status has its line, and each failing counterexample is printed in full once', () => {
  const text = corpusText(sampleOutcome({ corpus: CORPUS }), '/', PLAIN).join('\n\n');
  const { made, kept } = golden('corpus.txt', `${text}\n`);
  expect(made).toBe(kept);
});

test('JUnit has a test case for each file', () => {
  const xml = junitReport(sampleOutcome({ corpus: CORPUS }), SAMPLE_SETTING);
  expect(xml).toContain('<testsuite name="corpus" tests="7" failures="2" errors="1" skipped="3">');
  expect(xml).toContain('<failure type="still-fails" message="fork.isolation still-fails">');
  expect(junitReport(TROUBLED, SAMPLE_SETTING)).not.toContain('"corpus"');
});

test('long lists are cut', () => {
  const items = Array.from({ length: 50 }, (_, index) => item(String(index), 'fixed'));
  const [text = ''] = corpusText(sampleOutcome({ corpus: { ...CORPUS, items } }), '/', PLAIN);
  expect(text).toContain('50 saved counterexamples of .zdc: 50 fixed');
  expect(text).toContain('and 30 more');
});

test('the text is empty without saved counterexamples', () => {
  const nothing = { ...CORPUS, items: [], ofOtherTargets: 0, ofOtherProfiles: 0 };
  expect(corpusText(sampleOutcome({ corpus: nothing }), '/', PLAIN)).toEqual([]);
  expect(corpusText(sampleOutcome(), '/', PLAIN)).toEqual([]);
});

test('the last line includes the violations of saved counterexamples and the number that could not be judged', () => {
  const violating = sampleOutcome({ verdict: 'violates', corpus: CORPUS, profiles: [] });
  const gate = { strict: false, timedOut: false };
  expect(verdictLine(violating, exitCodeOf(violating, gate), PLAIN)).toContain(
    'violates 1 requirement: fork.isolation',
  );
  const withProblems = sampleOutcome({ verdict: 'inconclusive', corpus: CORPUS });
  expect(verdictLine(withProblems, exitCodeOf(withProblems, gate), PLAIN)).toContain(
    '1 saved counterexample could not be judged',
  );
});
