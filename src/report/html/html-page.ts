import { createHash } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { PACKAGE_FOLDER } from '../../corpus/suite.ts';
import type { PageData } from './page-data.ts';

/** The modules of the page's script, each before those that import it. */
const MODULES = ['elements.js', 'timeline.js', 'arrows.js', 'finding.js', 'sections.js', 'page.js'] as const;

/** The parts of the page's style; a later one has the last word. */
const STYLES = [
  'colours.css',
  'text.css',
  'head.css',
  'step.css',
  'timeline.css',
  'chips.css',
  'tables.css',
  'media.css',
] as const;

/** They are written in the languages of browsers and not compiled: they lie where the package has them. */
function source(name: string): string {
  if (PACKAGE_FOLDER === undefined) throw new Error('The package.json of this suite is gone.');
  const text = readFileSync(join(PACKAGE_FOLDER, 'src', 'report', 'html', 'page', name), 'utf8');
  // As a browser reads lines, whose hash must be the same.
  return text.replaceAll('\r\n', '\n');
}

const hashOf = (text: string): string => `'sha256-${createHash('sha256').update(text).digest('base64')}'`;

/**
 * The modules put together into one script: a page that is opened as a file cannot import any. So no name may be declared
 * in two of them.
 */
function script(): string {
  const modules = MODULES.map((name) =>
    source(name)
      .replaceAll(/^import [^;]*;\n/gm, '')
      .replaceAll(/^export /gm, ''),
  );
  return `(() => {\n'use strict';\n${modules.join('\n')}})();`;
}

/** What would end the script element that the data lies in, or a line of a script, is written as an escape. */
const UNSAFE = /[<>&\u2028\u2029]/g;

/** Data as JSON that can stand in an HTML file. */
export const embeddedJson = (data: PageData): string =>
  JSON.stringify(data).replace(
    UNSAFE,
    (character) => `\\u${character.charCodeAt(0).toString(16).padStart(4, '0')}`,
  );

/**
 * One HTML file that needs nothing else. It runs its own script and nothing besides, wherever what it shows comes from:
 * data is in it as JSON alone, and the policy admits no other script, no style and no request.
 */
export function htmlPage(data: PageData): string {
  const style = STYLES.map(source).join('\n');
  const program = script();
  const policy = [
    "default-src 'none'",
    `script-src ${hashOf(program)}`,
    `style-src ${hashOf(style)}`,
    "base-uri 'none'",
    "form-action 'none'",
  ].join('; ');
  return `<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta http-equiv="Content-Security-Policy" content="${policy}">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="color-scheme" content="light dark">
<title>zone-device-conformance</title>
<style>${style}</style>
</head>
<body>
<noscript>This page draws its picture with a script of its own. Without it, "zdc explain" tells the same in words.</noscript>
<main id="page"></main>
<script type="application/json" id="data">${embeddedJson(data)}</script>
<script>${program}</script>
</body>
</html>
`;
}
