import { execFileSync, spawnSync } from 'node:child_process';
import {
  cpSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { surfaceOf } from './api-report.fixture.ts';

const root = fileURLToPath(new URL('../../', import.meta.url));
const NAME = 'zone-device-conformance';
const folder = mkdtempSync(join(tmpdir(), 'zdc-package-'));
const installed = join(folder, 'node_modules', NAME);
const tarball = join(folder, `${NAME}-0.1.0.tgz`);
const manifest: {
  readonly dependencies: Readonly<Record<string, string>>;
  readonly exports: Readonly<Record<string, string | { readonly types: string; readonly default: string }>>;
} = JSON.parse(readFileSync(join(root, 'package.json'), 'utf8'));

const tool = (path: string, ...argv: readonly string[]) =>
  spawnSync(process.execPath, [join(root, 'node_modules', path), ...argv], { cwd: folder, encoding: 'utf8' });

const files = (from: string): readonly string[] =>
  readdirSync(from, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map((entry) => join(entry.parentPath, entry.name));

// The packed package in an empty folder. Its dependencies are linked, so that no registry is needed.
beforeAll(() => {
  const pack = ['pack', '--ignore-scripts', '--offline', '--silent', '--pack-destination', folder];
  execFileSync('npm', pack, { cwd: root });
  mkdirSync(installed, { recursive: true });
  execFileSync('tar', ['-xzf', tarball, '-C', installed, '--strip-components=1']);
  const linked = [...Object.keys(manifest.dependencies), 'fast-check', 'vitest', '@types'];
  for (const one of linked) symlinkSync(join(root, 'node_modules', one), join(folder, 'node_modules', one));
  // A second copy of fast-check beside that of the package.
  cpSync(join(root, 'node_modules/fast-check'), join(folder, 'node_modules/second-fast-check'), {
    recursive: true,
  });
  mkdirSync(join(folder, 'node_modules/.bin'));
  symlinkSync(join(installed, 'dist/cli/main.js'), join(folder, 'node_modules/.bin', NAME));
  cpSync(join(root, 'src/api/consumer'), folder, { recursive: true });
  writeFileSync(join(folder, 'package.json'), '{ "type": "module" }');
});
afterAll(() => {
  rmSync(folder, { recursive: true });
});

describe('the public surface', () => {
  const entries = Object.values(manifest.exports).flatMap((one) =>
    typeof one === 'string' ? [] : [one.types],
  );
  const { text, undocumented } = surfaceOf(
    entries.map((types) => join(root, types)),
    join(root, 'dist'),
  );

  test('is the one in surface.txt (ZDC_UPDATE_GOLDEN=1 updates it)', () => {
    const kept = fileURLToPath(new URL('surface.txt', import.meta.url));
    if (process.env['ZDC_UPDATE_GOLDEN'] === '1') writeFileSync(kept, text);
    expect(readFileSync(kept, 'utf8')).toBe(text);
  });

  test('has a comment on every export', () => {
    expect(undocumented).toEqual([]);
  });
});

describe('the packed package', () => {
  test('holds what its exports name, no tests, and no maps', () => {
    for (const one of Object.values(manifest.exports)) {
      const paths = typeof one === 'string' ? [one] : Object.values(one);
      for (const path of paths) expect(readFileSync(join(installed, path), 'utf8')).not.toBe('');
    }
    const held = files(installed).map((path) => path.slice(installed.length + 1));
    expect(held.filter((path) => /\.(?:map|test\.\w+|fixture\.\w+|tsbuildinfo)$/.test(path))).toEqual([]);
    expect(held.filter((path) => path.startsWith('dist/src/bench/'))).toEqual([]);
  });

  test.each(['README.md', 'spec/RULES.md', 'spec/protocol/ADAPTERS.md', 'ARCHITECTURE.md', 'CHANGELOG.md'])(
    'holds every file that %s links to',
    (document) => {
      const text = readFileSync(join(installed, document), 'utf8');
      const links = [...text.matchAll(/\]\((?<to>[^)#]+)[^)]*\)/g)].map(({ groups }) => groups?.['to'] ?? '');
      const held = new Set(files(installed));
      const missing = links
        .filter((to) => !/^https?:/.test(to))
        .filter((to) => !held.has(join(installed, dirname(document), to)));
      expect(missing).toEqual([]);
    },
  );

  test('is found faultless by publint and attw', () => {
    const publint = tool('publint/src/cli.js', installed, '--strict', '--pack', 'false');
    expect(publint.stdout).toContain('All good!');
    expect(publint.status).toBe(0);
    const attw = tool(
      '@arethetypeswrong/cli/dist/index.js',
      tarball,
      '--profile',
      'esm-only',
      '--format',
      'json',
    );
    expect({ status: attw.status, problems: attw.status === 0 ? '' : attw.stdout }).toMatchObject({
      status: 0,
    });
  });

  test('is used from TypeScript (NodeNext, strict), beside a second copy of fast-check, and runs', () => {
    const { status, stdout } = tool('typescript/bin/tsc', '--project', folder);
    expect(stdout).toBe('');
    expect(status).toBe(0);
    const used = spawnSync(process.execPath, ['out/use.js'], { cwd: folder, encoding: 'utf8' });
    expect(used.stderr).toBe('');
    expect(used.stdout.trimEnd().split('\n')).toEqual([
      'in process: violates, 1',
      'embedded: conforms',
      'shrunk: fork.read-both, 3 commands',
      'first copy of fast-check: 10 cases',
      'second copy of fast-check: 10 cases',
    ]);
  });

  test('registers a vitest test for each requirement', () => {
    const { stdout } = tool(
      'vitest/vitest.mjs',
      'run',
      '--reporter',
      'json',
      '--root',
      folder,
      '--exclude',
      'out/**',
    );
    const report: {
      readonly testResults: readonly {
        readonly assertionResults: readonly {
          readonly title: string;
          readonly status: string;
          readonly failureMessages: readonly string[];
        }[];
      }[];
    } = JSON.parse(stdout.slice(stdout.indexOf('{')));
    const tests = report.testResults.flatMap(({ assertionResults }) => assertionResults);
    const [failed, ...more] = tests.filter(({ status }) => status === 'failed');
    expect(failed?.title).toMatch(/^fork\.read-both \(MUST\)/);
    expect(failed?.failureMessages.join('\n')).toContain('> 3  fork process 0 into process 1');
    expect(more).toEqual([]);
    const titlesOf = (wanted: string): readonly string[] =>
      tests.filter(({ status }) => status === wanted).map(({ title }) => title);
    expect(titlesOf('passed').join('\n')).toContain('the run is conclusive');
    expect(titlesOf('passed').join('\n')).toContain('fork.isolation');
    expect(titlesOf('skipped').join('\n')).toContain('pin.blocks-migration');
  });

  test('is started as npx does', () => {
    const npx = spawnSync('npx', ['--no-install', NAME, '--version'], { cwd: folder, encoding: 'utf8' });
    expect(npx.stdout).toMatch(/^\d+\.\d+\.\d+\n$/);
  });
});
