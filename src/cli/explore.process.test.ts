import { readFileSync, writeFileSync } from 'node:fs';
import { get } from 'node:http';
import { pathToFileURL } from 'node:url';
import type { Browser } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { BROWSER, openBrowser, watchedPage } from '../report/html/browser.fixture.ts';
import { caseAsJson, START } from '../report/html/exploration.ts';
import { Capture, Shell } from './world.fixture.ts';

// The page of "zdc explore", whose script is built.

const shell = new Shell();
afterAll(() => {
  shell.remove();
});

/** The status and text of a response of the server. */
const fetched = (port: number, path: string, host?: string): Promise<[number | undefined, string]> =>
  new Promise((resolve, reject) => {
    const headers = host === undefined ? {} : { host };
    get({ host: '127.0.0.1', port, path, headers }, (response) => {
      let text = '';
      response.setEncoding('utf8').on('data', (chunk: string) => (text += chunk));
      response.on('end', () => resolve([response.statusCode, text]));
    }).on('error', reject);
  });

describe('zdc explore', () => {
  test('serves the page on the loopback address until it is interrupted', async () => {
    const stop = new AbortController();
    const stdout = new Capture();
    const printed = new Promise<void>((resolve) => (stdout.onText = resolve));
    const ended = shell.call(['explore'], { stdout, signal: stop.signal });
    await printed;
    const port = Number(
      /^The page is at http:\/\/127\.0\.0\.1:(?<port>\d+)\//.exec(stdout.text)?.groups?.['port'],
    );
    const [status, page] = await fetched(port, '/');
    expect(status).toBe(200);
    expect(page).toContain('<main id="page">');
    expect((await fetched(port, '/other'))[0]).toBe(404);
    expect((await fetched(port, '/', 'elsewhere.example'))[0]).toBe(403);
    const second = await shell.call(['explore', '--port', String(port)]);
    expect(second.err).toMatch(/cannot be served: .*EADDRINUSE.*--output FILE\.html/);
    expect(second.code).toBe(78);
    stop.abort();
    expect((await ended).code).toBe(0);
  });

  test('writes one file without requests, and never overwrites its input', async () => {
    writeFileSync(shell.path('a.json'), caseAsJson(START));
    const { code, out } = await shell.call(['explore', 'a.json', '--output', 'a.html']);
    expect([code, out]).toEqual([0, 'Wrote a.html: open it in a browser.\n']);
    const page = readFileSync(shell.path('a.html'), 'utf8');
    expect(page).not.toMatch(/<(?:script|link|img)[^>]*(?:src|href)=/);
    expect(page).toContain("default-src 'none'");
    expect((await shell.call(['explore', 'a.json', '--output', 'a.json'])).code).toBe(2);
    expect((await shell.call(['explore', '--output', 'b.html', '--port', '1'])).code).toBe(2);
  });

  test('refuses an invalid file', async () => {
    writeFileSync(shell.path('bad.json'), '{');
    const { code, err } = await shell.call(['explore', 'bad.json', '--output', 'c.html']);
    expect(err).toMatch(/^error: bad\.json cannot be explored: it is not JSON/);
    expect(code).toBe(78);
  });
});

describe.skipIf(BROWSER === undefined)('in a browser (skipped where no Chromium is installed)', () => {
  let browser: Browser;
  let url: string;
  beforeAll(async () => {
    await shell.call(['explore', '--output', 'page.html']);
    url = pathToFileURL(shell.path('page.html')).href;
    browser = await openBrowser();
  });
  afterAll(async () => {
    await browser.close();
  });

  test('a case is built, inspected, edited and exported with the keyboard', async () => {
    const { page, userErrors } = await watchedPage(browser, url);
    const counter = page.locator('.counter');
    const badge = page.locator('.badge');
    const text = page.locator('textarea');
    await expect.poll(() => counter.textContent()).toBe('Step 5 of 5');
    expect(await badge.textContent()).toBe('Conforms');
    // The step with a choice shows several outcomes, one of which is the observed one.
    await page.keyboard.press('Home');
    await page.keyboard.press('ArrowRight');
    await page.keyboard.press('ArrowRight');
    await page.keyboard.press('ArrowRight');
    expect(await counter.textContent()).toBe('Step 3 of 5');
    expect(await page.locator('.outcomes li').count()).toBeGreaterThan(1);
    expect(await page.locator('.outcomes .chosen').count()).toBe(1);
    // A command is inserted after step 3, and removed again; then one is added at the end.
    await page.keyboard.press('/');
    await page.keyboard.type('pin');
    await page.keyboard.press('Enter');
    await expect.poll(() => counter.textContent()).toBe('Step 4 of 6');
    await page.getByRole('region', { name: 'Timeline' }).focus();
    await page.keyboard.press('Delete');
    await expect.poll(() => counter.textContent()).toBe('Step 3 of 5');
    await page.keyboard.press('Control+z');
    await expect.poll(() => text.inputValue()).toContain('\npin ');
    await page.keyboard.press('Control+z');
    await page.keyboard.press('End');
    await page.keyboard.press('/');
    await page.keyboard.type('race load process=0 page=0 | load process=1 page=0');
    await page.keyboard.press('Enter');
    await expect.poll(() => counter.textContent()).toBe('Step 6 of 6');
    expect(await page.locator('.race-lane').count()).toBe(2);
    expect(await text.inputValue()).toMatch(/\nrace load process=0 page=0 \| load process=1 page=0$/);
    const [download] = await Promise.all([
      page.waitForEvent('download'),
      page.getByRole('button', { name: 'Save case.json' }).click(),
    ]);
    await download.saveAs(shell.path('case.json'));
    const { code, out } = await shell.call(['replay', 'case.json', '--target', 'embedded']);
    expect([code, out]).toEqual([0, expect.stringContaining('at once: load page 0')]);
    expect(userErrors).toEqual([]);
    await page.close();
  });

  test('a planted bug is found, a counterexample is loaded, and invalid text is refused', async () => {
    const { page, userErrors } = await watchedPage(browser, url);
    const badge = page.locator('.badge');
    await expect.poll(() => badge.textContent()).toBe('Conforms');
    await page.getByRole('combobox', { name: 'Implementation' }).selectOption('fork-keeps-parent-write');
    await expect.poll(() => badge.textContent()).toBe('Step 4 violates fork.read-both');
    expect(await page.locator('thead th.broken').getAttribute('data-step')).toBe('3');
    await page.locator('textarea').fill('fly away');
    await page.getByRole('button', { name: 'Apply' }).click();
    expect(await page.locator('[role=status]').textContent()).toContain('Line 1: "fly away" is no command');
    await page
      .locator('textarea')
      .fill('map process=0 page=0 kind=private protection=write\n<img src=x onerror=1>');
    await page.getByRole('button', { name: 'Apply' }).click();
    expect(await page.locator('main img').count()).toBe(0);
    await page.locator('input[type=file]').setInputFiles(shell.path('a.json'));
    await expect.poll(() => page.locator('.counter').textContent()).toBe('Step 5 of 5');
    expect(userErrors).toEqual([]);
    await page.close();
  });

  test.each([375, 1280])(
    'only tables are wider than a window of %d pixels, in both themes',
    async (width) => {
      const { page, userErrors } = await watchedPage(browser, url);
      await page.setViewportSize({ width, height: 900 });
      await expect.poll(() => page.locator('.badge').textContent()).toBe('Conforms');
      for (const colorScheme of ['light', 'dark'] as const) {
        await page.emulateMedia({ colorScheme });
        const wide = await page.evaluate('document.documentElement.scrollWidth > innerWidth');
        expect([colorScheme, wide]).toEqual([colorScheme, false]);
        const shots = process.env['ZDC_SCREENSHOTS'];
        if (shots !== undefined)
          await page.screenshot({ path: `${shots}/explore-${width}-${colorScheme}.png`, fullPage: true });
      }
      expect(userErrors).toEqual([]);
      await page.close();
    },
  );
});
