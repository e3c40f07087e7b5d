import { existsSync } from 'node:fs';
import { type Browser, chromium, type Page } from 'playwright-core';

const PLACES = ['/usr/bin/chromium', '/usr/bin/chromium-browser', '/usr/bin/google-chrome'];

/** The installed browser; undefined if there is none. */
export const BROWSER: string | undefined = PLACES.find((place) => existsSync(place));

export const openBrowser = (): Promise<Browser> =>
  // A container has no user namespaces for its sandbox; only our own page is opened.
  chromium.launch({ ...(BROWSER === undefined ? {} : { executablePath: BROWSER }), args: ['--no-sandbox'] });

/** A page that records forbidden actions. */
export interface Watched {
  readonly page: Page;
  /** Console messages, errors, dialogs, and requests for anything but the file itself. */
  readonly userErrors: readonly string[];
}

export async function watchedPage(browser: Browser, url: string): Promise<Watched> {
  const page = await browser.newPage();
  const userErrors: string[] = [];
  page.on('console', (message) => userErrors.push(`console: ${message.text()}`));
  page.on('pageerror', (error) => userErrors.push(`error: ${error.message}`));
  page.on('request', (request) => {
    if (request.url() !== url) userErrors.push(`request: ${request.url()}`);
  });
  page.on('dialog', (dialog) => {
    userErrors.push(`dialog: ${dialog.message()}`);
    void dialog.dismiss();
  });
  await page.goto(url);
  return { page, userErrors };
}
