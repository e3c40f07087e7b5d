import { execFileSync, spawnSync } from 'node:child_process';
import { mkdirSync, readFileSync, symlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

const root = fileURLToPath(new URL('../../', import.meta.url));
const manifest: {
  readonly name: string;
  readonly version: string;
  readonly dependencies: Readonly<Record<string, string>>;
  readonly devDependencies: Readonly<Record<'fast-check', string>>;
} = JSON.parse(readFileSync(join(root, 'package.json'), 'utf8'));

/** Without the variables of the npm that started the tests, which name its folder. */
const ENV = Object.fromEntries(
  Object.entries(process.env).filter(([name]) => !name.toLowerCase().startsWith('npm_')),
);
const NO_REGISTRY = /ENOTFOUND|EAI_AGAIN|ECONNREFUSED|ECONNRESET|ENETUNREACH|ETIMEDOUT/;

/** The packed package, installed. */
interface InstalledPackage {
  readonly tarball: string;
  readonly installed: string;
}

/**
 * Packs this package and installs the tarball in an empty folder, as a user does. Where no registry can be reached, its
 * dependencies are those of this checkout.
 */
export function installPackage(folder: string): InstalledPackage {
  const { name, version, dependencies, devDependencies } = manifest;
  const pack = ['pack', '--ignore-scripts', '--offline', '--silent', '--pack-destination', folder];
  execFileSync('npm', pack, { cwd: root });
  const tarball = join(folder, `${name}-${version}.tgz`);
  const installed = join(folder, 'node_modules', name);
  writeFileSync(join(folder, 'package.json'), '{ "type": "module" }');
  const quiet = ['--prefer-offline', '--no-audit', '--no-fund', '--ignore-scripts', '--fetch-retries', '0'];
  const { status, stderr } = spawnSync(
    'npm',
    ['install', tarball, `fast-check@${devDependencies['fast-check']}`, ...quiet],
    { cwd: folder, env: ENV, encoding: 'utf8' },
  );
  if (status === 0) return { tarball, installed };
  if (!NO_REGISTRY.test(stderr)) throw new Error(stderr);
  mkdirSync(installed, { recursive: true });
  execFileSync('tar', ['-xzf', tarball, '-C', installed, '--strip-components=1']);
  for (const one of [...Object.keys(dependencies), 'fast-check']) {
    symlinkSync(join(root, 'node_modules', one), join(folder, 'node_modules', one));
  }
  mkdirSync(join(folder, 'node_modules/.bin'));
  symlinkSync(join(installed, 'dist/cli/main.js'), join(folder, 'node_modules/.bin', name));
  return { tarball, installed };
}
