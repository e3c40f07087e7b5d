import { spawnSync } from 'node:child_process';
import {
  cpSync,
  existsSync,
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
import { executeSteps, WORKFLOWS } from '../cli/workflow.fixture.ts';
import { surfaceOf } from './api-report.fixture.ts';
import { installPackage } from './installed-package.fixture.ts';

const root = fileURLToPath(new URL('../../', import.meta.url));
const NAME = 'zone-device-conformance';
const folder = mkdtempSync(join(tmpdir(), 'zdc-package-'));
/** The folder of a project in TypeScript beside it. */
const consumer = join(folder, 'consumer');
const manifest: {
  readonly exports: Readonly<Record<string, string | { readonly types: string; readonly default: string }>>;
} = JSON.parse(readFileSync(join(root, 'package.json'), 'utf8'));

let installed = '';
let tarball = '';
beforeAll(() => {
  ({ installed, tarball } = installPackage(folder));
});
afterAll(() => {
  rmSync(folder, { recursive: true });
});

const tool = (path: string, ...argv: readonly string[]) =>
  spawnSync(process.execPath, [join(root, 'node_modules', path), ...argv], {
    cwd: consumer,
    encoding: 'utf8',
  });

const files = (from: string): readonly string[] =>
  readdirSync(from, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map((entry) => join(entry.parentPath, entry.name));

describe('the public surface', () => {
  const entries = Object.values(manifest.exports).flatMap((one) =>
    typeof one === 'string' ? [] : [one.types],
  );
  const { text, undocumented } = surfaceOf(
    entries.map((types) => join(root, types)),
    join(root, 'dist'),
  );

  test('equals surface.txt (ZDC_UPDATE_GOLDEN=1 updates it)', () => {
    const kept = fileURLToPath(new URL('surface.txt', import.meta.url));
    if (process.env['ZDC_UPDATE_GOLDEN'] === '1') writeFileSync(kept, text);
    expect(readFileSync(kept, 'utf8')).toBe(text);
  });

  test('has a comment on every export', () => {
    expect(undocumented).toEqual([]);
  });
});

const read = (path: string): string => readFileSync(join(folder, path), 'utf8');
const npx = (...argv: readonly string[]) =>
  spawnSync('npx', ['--no-install', NAME, ...argv], { cwd: folder, encoding: 'utf8' });

/** The reports that the workflows keep. */
const REPORTS = ['zdc-junit.xml', 'zdc.sarif', 'zdc.ktap', 'zdc-report.md', 'zdc-report.html'];

// The workflows call "npx --yes PACKAGE@VERSION", which is the installed one.
describe('in an empty folder', () => {
  /** The settings of "init", with cases instead of the budget of a minute. */
  const configure = (settings: object): void => {
    const { target } = JSON.parse(read('zdc.config.json'));
    writeFileSync(join(folder, 'zdc.config.json'), JSON.stringify({ target, runs: 5, seed: 1, ...settings }));
  };

  test('the first commands write a project whose tests pass, some of them skipped', () => {
    const { stdout, status } = npx('init', '--ci', 'gitlab');
    expect(stdout).toContain(`  npx ${NAME} doctor\n  npx ${NAME} run\n`);
    expect(status).toBe(0);
    rmSync(join(folder, 'adapter.py'));
    rmSync(join(folder, 'zdc.config.json'));
    expect(npx('init').status).toBe(0);
    expect(npx('doctor').stdout).toContain('No problem found.');
    configure({});
    const steps = WORKFLOWS.github(folder);
    expect(steps).toHaveLength(1);
    expect(executeSteps(steps, folder)).toBe(0);
    expect(read('zdc-junit.xml')).toContain('failures="0" errors="0"');
    expect(read('zdc-junit.xml')).toMatch(/skipped="[1-9]/);
    expect(read('summary.md')).toContain('conforms');
    rmSync(join(folder, 'summary.md'));
    expect(existsSync(join(folder, '.zdc'))).toBe(false);
  });

  test('the example with an implementation conforms', () => {
    const example = readFileSync(join(installed, 'src/targets/examples/zone_device.py'), 'utf8');
    writeFileSync(join(folder, 'adapter.py'), example);
    configure({ profiles: ['linux-6.12'] });
    expect(executeSteps(WORKFLOWS.gitlab(folder), folder)).toBe(0);
    expect(read('zdc-junit.xml')).toContain('failures="0" errors="0"');
  });

  test.each(['github', 'action'] as const)(
    'a mistake fails in the workflow %s and leaves reports and counterexample',
    (workflow) => {
      const skeleton = readFileSync(join(installed, 'src/targets/skeletons/adapter.py'), 'utf8');
      const mistaken = skeleton.replace('cell[0] = value', 'cell[0] = value + 1');
      expect(mistaken).not.toBe(skeleton);
      writeFileSync(join(folder, 'adapter.py'), mistaken);
      for (const file of [...REPORTS, '.zdc']) rmSync(join(folder, file), { recursive: true, force: true });
      expect(executeSteps(WORKFLOWS[workflow](workflow === 'action' ? installed : folder), folder)).toBe(1);
      const saved = readdirSync(join(folder, '.zdc')).find((file) => file.endsWith('.json')) ?? '';
      const requirement = saved.replace(/-[0-9a-f]+\.json$/, '');
      expect(requirement).toMatch(/^[a-z]+\.[a-z-]+$/);
      for (const file of REPORTS) expect(read(file)).toContain(requirement);
      expect(read('summary.md')).toContain('does not conform');
      rmSync(join(folder, 'summary.md'));
    },
  );
});

describe('the packed package', () => {
  beforeAll(() => {
    cpSync(join(root, 'src/api/consumer'), consumer, { recursive: true });
    for (const one of ['vitest', '@types'])
      symlinkSync(join(root, 'node_modules', one), join(folder, 'node_modules', one));
    // A second copy of fast-check beside that of the package.
    const second = join(consumer, 'node_modules/second-fast-check');
    mkdirSync(second, { recursive: true });
    cpSync(join(root, 'node_modules/fast-check'), second, { recursive: true });
  });

  test('contains the files of its exports, no tests, and no source maps', () => {
    for (const one of Object.values(manifest.exports)) {
      const paths = typeof one === 'string' ? [one] : Object.values(one);
      for (const path of paths) expect(readFileSync(join(installed, path), 'utf8')).not.toBe('');
    }
    const held = files(installed).map((path) => path.slice(installed.length + 1));
    expect(held.filter((path) => /\.(?:map|test\.\w+|fixture\.\w+|tsbuildinfo)$/.test(path))).toEqual([]);
    expect(held.filter((path) => path.startsWith('dist/src/bench/'))).toEqual([]);
  });

  test.each(['README.md', 'spec/RULES.md', 'spec/protocol/ADAPTERS.md', 'ARCHITECTURE.md', 'CHANGELOG.md'])(
    'contains every file that %s links to',
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

  test('passes publint and attw', () => {
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

  test('can be used from TypeScript (NodeNext, strict) together with a second copy of fast-check', () => {
    const { status, stdout } = tool('typescript/bin/tsc', '--project', consumer);
    expect(stdout).toBe('');
    expect(status).toBe(0);
    const used = spawnSync(process.execPath, ['out/use.js'], { cwd: consumer, encoding: 'utf8' });
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
      consumer,
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
    expect(failed?.failureMessages.join('\n')).toContain('  Picture  zdc-report.html#finding-0');
    expect(readFileSync(join(consumer, 'zdc-report.html'), 'utf8')).toContain('fork.read-both');
    expect(more).toEqual([]);
    const titlesOf = (wanted: string): readonly string[] =>
      tests.filter(({ status }) => status === wanted).map(({ title }) => title);
    expect(titlesOf('passed').join('\n')).toContain('the run is conclusive');
    expect(titlesOf('passed').join('\n')).toContain('fork.isolation');
    expect(titlesOf('skipped').join('\n')).toContain('pin.blocks-migration');
  });
});
