import { createHash } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import { explainRecorded } from '../../explain/explain.ts';
import type { Violation } from '../../../spec/judge/verdict.ts';
import { makeExclusive, map } from '../../../spec/vocabulary/shorthand.ts';
import { EmbeddedTarget } from '../../targets/embedded.ts';
import { goldenJson } from '../golden.fixture.ts';
import { SAMPLE_COUNTEREXAMPLE, SAMPLE_HELLO, SAMPLE_SETTING, TROUBLED } from '../sample-outcome.fixture.ts';
import { WORST_FIRST } from '../status-text.ts';
import { explainPage, runPage } from './run-page.ts';
import { embeddedJson, htmlPage } from './html-page.ts';
import { type PageData, shownText } from './page-data.ts';
import { pictureOf } from './picture.ts';

const DATA = runPage(TROUBLED, SAMPLE_SETTING);

test('the data of a run', () => {
  const { made, kept } = goldenJson('page-troubled.json.golden', DATA);
  expect(made).toBe(kept);
});

test('each status has a colour', () => {
  const css = readFileSync(new URL('page/tables.css', import.meta.url), 'utf8');
  for (const status of WORST_FIRST) expect(css).toContain(`.status.${status}`);
});

test('each device has its own frames, and exclusive entries have a class of their own', () => {
  const trace = new EmbeddedTarget().runNow({
    profile: 'linux-6.19',
    scope: { processes: 1, pages: 1, frames: 2, slots: 0, devices: 2 },
    observe: 'every-step',
    commands: [map(0, 0), makeExclusive(0, 0)],
  });
  const violation: Violation = {
    step: 1,
    op: 'make-exclusive',
    requirement: 'exclusive.taken',
    clause: 'entries',
    expected: [],
    observed: '',
    breaches: [],
  };
  const explanation = explainRecorded({ ...SAMPLE_COUNTEREXAMPLE, case: trace.case, trace, violation });
  const { devices, steps } = pictureOf(explanation, undefined, []);
  expect(devices).toEqual([
    { name: 'Device 0', frames: [0, 1] },
    { name: 'Device 1', frames: [2, 3] },
  ]);
  expect(steps[1]?.entries?.[0]?.[0]).toMatchObject({ kind: 'exclusive' });
  expect(steps[1]?.frames).toHaveLength(4);
});

describe('data in the page', () => {
  const hostile: PageData = { ...DATA, title: '</script><!--<script>&amp;\u2028\u2029' };

  test('is JSON without characters that are special in HTML or scripts', () => {
    const json = embeddedJson(hostile);
    expect(json).not.toMatch(/[<>&\u2028\u2029]/);
    expect(JSON.parse(json)).toEqual(JSON.parse(JSON.stringify(hostile)));
  });

  test('is the only difference between two pages', () => {
    const frame = (data: PageData): string => htmlPage(data).replace(embeddedJson(data), '');
    expect(frame(hostile)).toBe(frame(DATA));
  });
});

test('the policy allows the script and the style only', () => {
  const page = htmlPage(DATA);
  const hash = (text: string | undefined): string =>
    `'sha256-${createHash('sha256')
      .update(text ?? '')
      .digest('base64')}'`;
  const script = /<script>(?<text>[\s\S]*?)<\/script>/.exec(page)?.groups?.['text'];
  const style = /<style>(?<text>[\s\S]*?)<\/style>/.exec(page)?.groups?.['text'];
  const policy = /Content-Security-Policy" content="(?<text>[^"]*)"/.exec(page)?.groups?.['text'];
  expect(policy).toBe(
    `default-src 'none'; script-src ${hash(script)}; style-src ${hash(style)}; base-uri 'none'; form-action 'none'`,
  );
  expect(script).not.toMatch(/^(?:import|export) /m);
  expect(script).not.toMatch(/innerHTML|outerHTML|insertAdjacentHTML|document\.write|eval\(/);
  expect(page).not.toMatch(/(?:src|href)="/);
});

test('text from a target is escaped and cut', () => {
  expect(shownText('a\u202Eb\u001B[2J')).toBe('a\\u202eb\\u001b[2J');
  expect(shownText('x'.repeat(100_000))).toMatch(/^x{4000}… \(100000 characters\)$/);
});

test('a flaky failure is shown with its rate', () => {
  const explanation = explainRecorded({ ...SAMPLE_COUNTEREXAMPLE, flaky: { failed: 7, of: 21 } });
  const { pictures } = explainPage(explanation, SAMPLE_HELLO);
  expect(pictures[0]?.facts).toContainEqual({
    name: 'Failure rate',
    text: 'Flaky: these steps failed in 7 of 21 runs',
  });
  const steady = explainPage(explainRecorded(SAMPLE_COUNTEREXAMPLE), SAMPLE_HELLO);
  expect(steady.pictures[0]?.facts.map(({ name }) => name)).not.toContain('Failure rate');
});
