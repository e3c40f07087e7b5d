import { createHash } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { PACKAGE_FOLDER, SUITE_AND_VERSION } from '../../corpus/suite.ts';
import type { Exploration } from './exploration.ts';
import type { PageData } from './page-data.ts';

/** The modules of the page's script in the order of their imports. */
const MODULES = ['elements.js', 'timeline.js', 'finding.js', 'page.js'] as const;

/** The style sheets in cascade order: later ones override earlier ones. */
const STYLES = ['page.css', 'picture.css', 'tables.css'] as const;

/** The folders of the package with the sources of the page, and with the script of "zdc explore" as it was built. */
const PAGE = ['src', 'report', 'html', 'page'] as const;
const BUILT = ['dist', 'explore'] as const;

/** Scripts and styles of reports are not compiled, so they are read from the source directory of the package. */
function source(name: string, folder: readonly string[] = PAGE): string {
  if (PACKAGE_FOLDER === undefined)
    throw new Error('The package.json of the suite was not found. Reinstall the package.');
  const text = readFileSync(join(PACKAGE_FOLDER, ...folder, name), 'utf8');
  // Browsers normalize line ends before they compute the hash of the policy.
  return text.replaceAll('\r\n', '\n');
}

const hashOf = (text: string): string => `'sha256-${createHash('sha256').update(text).digest('base64')}'`;

/**
 * The modules joined into one script, because a page opened as a file cannot import modules. A name may therefore be
 * declared in only one of them.
 */
function script(): string {
  const modules = MODULES.map((name) =>
    source(name)
      .replaceAll(/^import [^;]*;\n/gm, '')
      .replaceAll(/^export /gm, ''),
  );
  return `(() => {\n'use strict';\n${modules.join('\n')}})();`;
}

/** Characters that could end the script element with the data, or a line of a script. They are escaped. */
const UNSAFE = /[<>&\u2028\u2029]/g;

/** Data as JSON that is safe inside an HTML file. */
export const embeddedJson = (data: PageData | ExploreData): string =>
  JSON.stringify(data).replace(
    UNSAFE,
    (character) => `\\u${character.charCodeAt(0).toString(16).padStart(4, '0')}`,
  );

/** A self-contained HTML file with a report. */
export const htmlPage = (data: PageData): string =>
  pageOf(
    data,
    script(),
    STYLES.map((name) => source(name)).join('\n'),
    '"zdc explain" prints the same content as text.',
  );

/** The data of the page of `zdc explore`. */
interface ExploreData {
  readonly start: Exploration;
  readonly suite: string;
}

/** A self-contained HTML file in which a case is built and explored; it contains the model and the embedded kernel. */
export function explorePage(start: Exploration): string {
  const style = [...STYLES, 'explore.css'].map((name) => source(name)).join('\n');
  const licenses = source('LICENSES.txt', BUILT).replaceAll('--', '- -');
  const page = pageOf(
    { start, suite: SUITE_AND_VERSION },
    source('explore.js', BUILT),
    style,
    '"zdc explain" prints the allowed outcomes of a counterexample as text.',
  );
  return `${page}<!-- The script contains:\n${licenses}-->\n`;
}

/**
 * Text from a target cannot become code: data is embedded as JSON only, and the content security policy forbids other
 * scripts, other styles and all requests.
 */
function pageOf(data: PageData | ExploreData, program: string, style: string, instead: string): string {
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
<noscript>This page needs JavaScript. ${instead}</noscript>
<main id="page"></main>
<script type="application/json" id="data">${embeddedJson(data)}</script>
<script>${program}</script>
</body>
</html>
`;
}
