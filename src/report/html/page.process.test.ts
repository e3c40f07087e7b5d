import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import type { Browser } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { explain } from '../../explain/explain.ts';
import type { Explanation } from '../../explain/explanation.ts';
import { MUTANTS } from '../../planted-bugs/planted-bugs.ts';
import { witnessScope, type Mutant } from '../../planted-bugs/planted-bug.ts';
import { EmbeddedTarget } from '../../targets/embedded.ts';
import {
  SAMPLE_COUNTEREXAMPLE,
  SAMPLE_SETTING,
  sampleFinding,
  sampleOutcome,
  sampleProfile,
} from '../sample-outcome.fixture.ts';
import { BROWSER, openBrowser, watchedPage } from './browser.fixture.ts';
import { explainPage, runPage } from './run-page.ts';
import { htmlPage } from './html-page.ts';
import { shownText } from './page-data.ts';

const HOW_MANY = 8;

/** Injection attempts through the name, messages and standard error of a target. */
const HOSTILE: readonly (readonly [string, string])[] = [
  ['a script', '<script>window.owned = 1</script>'],
  ['the end of the script', '</script><script>window.owned = 1</script>'],
  ['a comment that opens a script', '<!--<script>window.owned = 1//'],
  ['an image', '<img src=x onerror="window.owned = 1">'],
  ['a drawing', '<svg/onload="window.owned = 1"><animate onbegin="window.owned = 1">'],
  ['a link', 'javascript:window.owned=1'],
  ['a template', '${window.owned = 1}`-(window.owned = 1)-\'"+(window.owned = 1)+"'],
  ['the end of a section', ']]><script>window.owned = 1</script>'],
  ['line separators', '\u2028window.owned = 1\u2029//'],
  ['a direction change', '\u202Egnp.\u2066<script>window.owned = 1</script>\u2069'],
  ['entities', '&lt;script&gt;window.owned = 1&lt;/script&gt;&#x3c;img src=x onerror=alert(1)&#x3e;'],
  ['an overlong text', `<iframe srcdoc="<script>top.owned = 1</script>">${'<b>'.repeat(33_333)}`],
];

async function explanationOf(mutant: Mutant): Promise<Explanation> {
  const target = new EmbeddedTarget({ mutation: mutant.mutation });
  const outcome = await explain(
    target,
    {
      profile: mutant.profiles[0] ?? 'origin',
      scope: witnessScope(mutant),
      observe: 'every-step',
      commands: mutant.witness,
    },
    { asks: 20, stopped: () => false },
  );
  if (outcome.kind !== 'explained') throw new Error(`${mutant.id} is not explained: ${outcome.kind}`);
  return outcome.explanation;
}

/** Mutants of all chapters. */
const CHOSEN = MUTANTS.filter(({ before }) => before === undefined)
  .filter((_, at) => at % Math.floor(MUTANTS.length / HOW_MANY) === 0)
  .slice(0, HOW_MANY);

describe.skipIf(BROWSER === undefined)('in a browser (skipped where no Chromium is installed)', () => {
  let folder: string;
  let browser: Browser;
  beforeAll(async () => {
    folder = mkdtempSync(join(tmpdir(), 'zdc-page-'));
    browser = await openBrowser();
  });
  afterAll(async () => {
    await browser.close();
    rmSync(folder, { recursive: true, force: true });
  });

  function written(name: string, html: string): string {
    const path = join(folder, `${name}.html`);
    writeFileSync(path, html);
    return pathToFileURL(path).href;
  }

  test('the sample has enough counterexamples', () => {
    expect(CHOSEN).toHaveLength(HOW_MANY);
  });

  test.each(CHOSEN.map((mutant) => [mutant.id, mutant] as const))('%s', async (id, mutant) => {
    const explanation = await explanationOf(mutant);
    const hello = { name: id, version: undefined, capabilities: new EmbeddedTarget().hello.capabilities };
    const { page, userErrors } = await watchedPage(
      browser,
      written(id, htmlPage(explainPage(explanation, hello))),
    );
    const last = explanation.case.commands.length;
    const broken = explanation.violation.step + 1;
    const shown = async (): Promise<string> => (await page.locator('.counter').textContent()) ?? '';
    const lit = (): Promise<number> => page.locator('thead th.now').count();

    expect(await shown()).toBe(`Step ${broken} of ${last}`);
    expect(await page.locator('thead th.broken').getAttribute('data-step')).toBe(String(broken - 1));
    expect(await page.locator('.description-broken').count()).toBe(1);
    await page.keyboard.press('Home');
    expect(await shown()).toBe(`Step 1 of ${last}`);
    expect(await lit()).toBe(1);
    await page.keyboard.press('ArrowLeft');
    expect(await shown()).toBe(`Step 1 of ${last}`);
    for (let step = 2; step <= last; step++) {
      await page.keyboard.press('ArrowRight');
      expect(await shown()).toBe(`Step ${step} of ${last}`);
      expect(await page.locator('thead th.now').getAttribute('data-step')).toBe(String(step - 1));
      expect(await page.locator('[aria-live]').textContent()).toContain(String(step));
    }
    const slider = page.locator('input[type=range]');
    await slider.focus();
    await page.keyboard.press('Home');
    expect(await shown()).toBe(`Step 1 of ${last}`);
    await slider.fill(String(broken));
    expect(await shown()).toBe(`Step ${broken} of ${last}`);
    expect(await slider.getAttribute('aria-valuetext')).toContain(`Step ${broken} of ${last}: `);
    expect(await page.locator('table.steps tbody tr').count()).toBe(last);
    expect(userErrors).toEqual([]);
    await page.close();
  });

  test('callbacks are arrows, which are repositioned when the window is resized', async () => {
    const finding = sampleFinding(SAMPLE_COUNTEREXAMPLE, undefined);
    const outcome = sampleOutcome({
      verdict: 'violates',
      profiles: [sampleProfile('origin', { findings: [finding] })],
    });
    const { page, userErrors } = await watchedPage(
      browser,
      written('arrows', htmlPage(runPage(outcome, SAMPLE_SETTING))),
    );
    expect(await page.locator('.arrow.alloc').count()).toBe(1);
    expect(await page.locator('.arrow.fault').count()).toBe(1);
    expect(await page.locator('.arrow.free').count()).toBe(1);
    const box = async (): Promise<object | null> => page.locator('.arrow.fault').boundingBox();
    const before = await box();
    await page.setViewportSize({ width: 390, height: 800 });
    expect(await box()).not.toEqual(before);
    // Only the tables scroll horizontally on a phone.
    const wide = await page.evaluate('document.documentElement.scrollWidth > innerWidth');
    expect(wide).toBe(false);
    await page.getByRole('button', { name: /Requirements/ }).click();
    expect(await page.locator('.finding').isVisible()).toBe(false);
    expect(await page.locator('table.rules').isVisible()).toBe(true);
    await page.emulateMedia({ media: 'print' });
    expect(await page.locator('.finding').isVisible()).toBe(true);
    expect(await page.locator('.controls').isVisible()).toBe(false);
    expect(userErrors).toEqual([]);
    await page.close();
  });

  test('a large folio is one bar without gaps, split where its entry is split', async () => {
    const mutant = MUTANTS.find(({ id }) => id === 'split-never-frees-tails');
    if (mutant === undefined) throw new Error('There is no such planted bug.');
    const hello = {
      name: mutant.id,
      version: undefined,
      capabilities: new EmbeddedTarget().hello.capabilities,
    };
    const { page, userErrors } = await watchedPage(
      browser,
      written('folio', htmlPage(explainPage(await explanationOf(mutant), hello))),
    );
    // Steps: map, migrate with compound, unmap of page 0, migrate page 1 back.
    const bars = (step: number): Promise<number> =>
      page.locator(`td.bar.begins[data-step="${step}"]`).count();
    expect([await bars(0), await bars(1), await bars(2), await bars(3)]).toEqual([0, 2, 1, 0]);
    expect(await page.locator('td[data-step="2"] .chip.of-folio').count()).toBe(1);
    for (const lane of ['entry-0', 'frame']) {
      const [begins, ends] = [0, 1].map((at) =>
        page.locator(`tr[data-row="${lane}-${at}"] td.bar[data-step="1"]`),
      );
      const above = await begins?.boundingBox();
      const below = await ends?.boundingBox();
      expect(above?.x).toBe(below?.x);
      expect((above?.y ?? 0) + (above?.height ?? 0)).toBeCloseTo(below?.y ?? -1, 1);
      expect(await begins?.getAttribute('class')).toContain('begins');
      expect(await ends?.getAttribute('class')).toContain('ends');
    }
    const inset = (property: string): Promise<unknown> =>
      page.evaluate(
        `[...document.querySelectorAll('td.bar[data-step="1"]')].map((cell) => getComputedStyle(cell, '::before').${property})`,
      );
    expect(await inset('top')).toEqual(['4px', '0px', '4px', '0px']);
    expect(await inset('bottom')).toEqual(['0px', '4px', '0px', '4px']);
    expect(userErrors).toEqual([]);
    await page.close();
  });

  test('requirements are searched, filtered and addressed, and the replay line is copied', async () => {
    const finding = sampleFinding(SAMPLE_COUNTEREXAMPLE, 'reports/runs/a.json');
    const outcome = sampleOutcome({
      verdict: 'violates',
      profiles: [
        sampleProfile('origin', { findings: [finding] }, { 'fork.isolation': { status: 'violated' } }),
      ],
    });
    const url = written('search', htmlPage(runPage(outcome, SAMPLE_SETTING)));
    const { page, userErrors } = await watchedPage(browser, url);
    const shown = (): Promise<number> => page.locator('table.rules tr[id]:visible').count();
    await page.locator('button.copy').click();
    await page.locator('button.copy', { hasText: /^(?:Copied|Selected)$/ }).waitFor();
    // A request for the address of the page itself is not one for another file.
    await page.evaluate("location.hash = '#fork.isolation'");
    await page.locator('table.rules').waitFor();
    expect(await page.locator('.finding').isVisible()).toBe(false);
    const all = await shown();
    await page.getByRole('searchbox').fill('isolation');
    expect(await shown()).toBe(1);
    await page.getByRole('searchbox').fill('');
    await page.getByRole('combobox').selectOption('violated');
    expect(await shown()).toBe(1);
    await page.getByRole('combobox').selectOption('');
    expect(await shown()).toBe(all);
    await page.getByRole('button', { name: /fork\.isolation/ }).click();
    expect(page.url()).toBe(`${url}#finding-0`);
    expect(await page.locator('.finding').isVisible()).toBe(true);
    for (const width of [375, 1280]) {
      await page.setViewportSize({ width, height: 800 });
      for (const colorScheme of ['light', 'dark'] as const) {
        await page.emulateMedia({ colorScheme });
        const wide = await page.evaluate(
          'Math.max(document.documentElement.scrollWidth, document.querySelector(".steps").scrollWidth) > innerWidth',
        );
        expect([width, colorScheme, wide]).toEqual([width, colorScheme, false]);
      }
    }
    expect(userErrors).toEqual([]);
    await page.close();
  });

  test.each(HOSTILE)('%s in text of a target stays text', async (name, text) => {
    const failure = { kind: 'crash', message: text, step: 5, stderr: `begin\n${text}` } as const;
    const { violation } = SAMPLE_COUNTEREXAMPLE;
    const finding = sampleFinding(
      {
        ...SAMPLE_COUNTEREXAMPLE,
        failure,
        violation: { ...violation, observed: text, expected: [text, 'another'] },
      },
      text,
    );
    const outcome = sampleOutcome({
      target: { ...sampleOutcome().target, name: text, version: text },
      targetSpec: text,
      verdict: 'violates',
      profiles: [
        sampleProfile('origin', {
          findings: [finding],
          protocolErrors: [{ index: 1, failure: { ...failure, kind: 'protocol' } }],
          inconclusive: 1,
          inconclusiveReason: text,
          disagreements: [{ index: 1, property: text, step: 1, message: text }],
        }),
      ],
    });
    const url = written(name.replaceAll(' ', '-'), htmlPage(runPage(outcome, SAMPLE_SETTING)));
    const { page, userErrors } = await watchedPage(browser, url);
    await page.keyboard.press('ArrowLeft');
    expect(await page.evaluate('window.owned')).toBeUndefined();
    expect(userErrors).toEqual([]);
    const shown = shownText(text);
    expect(await page.locator('h1').textContent()).toContain(shown);
    expect(await page.locator('.observed p').first().textContent()).toBe(shown);
    expect(await page.locator('pre').textContent()).toContain(shown.slice(0, 60));
    expect(await page.locator('main img, main script, main iframe, main a, main animate').count()).toBe(0);
    expect(await page.evaluate("document.querySelectorAll('script').length")).toBe(2);
    await page.close();
  });
});
