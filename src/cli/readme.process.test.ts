import { spawnSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { BROWSER, openBrowser } from '../report/html/browser.fixture.ts';

const root = fileURLToPath(new URL('../../', import.meta.url));
const file = `${root}README.md`;
const readme = readFileSync(file, 'utf8');
const CALL = 'npx zone-device-conformance ';

/** Every line of the README that calls the command, without its remark; `init` comes first, as for a reader. */
const commands = [
  ...new Set(
    readme
      .split('\n')
      .filter((line) => line.startsWith(`    ${CALL}`))
      .map((line) => line.trim().replace(/\s+#.*$/, '')),
  ),
].filter((line) => line !== `${CALL}run` && line !== `${CALL}init`);

const hasPython = spawnSync('python3', ['--version']).status === 0;

// The directory of a reader who has installed the package and has no checkout.
const folder = mkdtempSync(join(tmpdir(), 'zdc-readme-'));
beforeAll(() => {
  mkdirSync(join(folder, 'node_modules/.bin'), { recursive: true });
  symlinkSync(join(root, 'dist/cli/main.js'), join(folder, 'node_modules/.bin/zone-device-conformance'));
});
afterAll(() => {
  rmSync(folder, { recursive: true });
});

/** Runs a command of the README. Its budget is for random cases, which follow a directed suite that always runs in full. */
const runInShell = (command: string) =>
  spawnSync('bash', ['-c', command.replace('--budget 10s', '--budget 1s')], {
    cwd: folder,
    encoding: 'utf8',
    env: { ...process.env, NO_COLOR: '1' },
  });

test('the README contains commands', () => {
  expect(commands.length).toBeGreaterThanOrEqual(6);
});

const counterexample = commands.find((line) => line.includes('embedded:mutant=')) ?? '';
let stdoutOfCounterexample = '';

test.each(commands)('%s', (command) => {
  if (command.includes('python3') && !hasPython) return;
  const { status, stderr, stdout } = runInShell(command);
  if (command === counterexample) stdoutOfCounterexample = stdout;
  // A run against a planted bug must find it; everything else must be well.
  expect({ status, stderr }).toMatchObject({
    status: command.includes('run --target embedded:mutant=') ? 1 : 0,
  });
});

test('the counterexample in the README equals the output of the command', () => {
  const stdout = stdoutOfCounterexample || runInShell(counterexample).stdout;
  const [, printed = ''] = /^(\u2717 \S+ \(MUST\)[^]*?\n  Replay [^\n]*)\n/m.exec(stdout) ?? [];
  expect(printed).not.toBe('');
  const block = `<!-- counterexample -->\n\n\`\`\`text\n${printed}\n\`\`\`\n\n<!-- /counterexample -->`;
  const shown = /<!-- counterexample -->[^]*<!-- \/counterexample -->/;
  const update = process.env['ZDC_UPDATE_GOLDEN'] === '1';
  if (update) writeFileSync(file, readme.replace(shown, block));
  expect(update ? block : shown.exec(readme)?.[0]).toBe(block);
});

// The picture is not compared, because it depends on the fonts of the machine.
test.runIf(process.env['ZDC_UPDATE_GOLDEN'] === '1' && BROWSER !== undefined)(
  'the picture in the README equals the output of the command',
  async () => {
    const saved = /replay (?<path>\S+)/.exec(readFileSync(file, 'utf8'))?.groups?.['path'] ?? '';
    const target = 'embedded:mutant=fork-keeps-parent-write';
    expect(runInShell(`${CALL}explain ${saved} --target ${target} --html picture.html`).status).toBe(0);
    const browser = await openBrowser();
    const page = await browser.newPage({ viewport: { width: 900, height: 1200 }, colorScheme: 'light' });
    await page.goto(pathToFileURL(join(folder, 'picture.html')).href);
    const top = await page.locator('.finding').boundingBox();
    const bottom = await page.locator('.legend').boundingBox();
    const y = top?.y ?? 0;
    const clip = { x: 0, y, width: 900, height: (bottom?.y ?? 0) - y };
    await page.screenshot({ path: `${root}reports/counterexample.png`, clip });
    await browser.close();
  },
);

test('the README requires the Node version of package.json', () => {
  const { engines } = JSON.parse(readFileSync(`${root}package.json`, 'utf8')) as {
    engines: { node: string };
  };
  expect(readme).toContain(`Node ${engines.node.replace('>=', '')} or newer`);
});
