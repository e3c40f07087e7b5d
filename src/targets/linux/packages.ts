import { spawnSync } from 'node:child_process';
import { type KernelVersion, sourceName } from './cache-folder.ts';

/** The packages that a build needs, by their names in Debian and Ubuntu. Running needs only the first. */
const TOOLS = [
  'qemu-system-x86',
  'gcc',
  'make',
  'libc6-dev',
  'flex',
  'bison',
  'bc',
  'libelf-dev',
  'binutils',
  'cpio',
  'kmod',
  'xz-utils',
] as const;

const packagesFor = (version: KernelVersion): readonly string[] => [...TOOLS, sourceName(version)];

/** The version of an installed package; undefined if it is not installed. */
export function installedVersion(name: string): string | undefined {
  const { status, stdout } = spawnSync('dpkg-query', ['-W', '-f=${db:Status-Status} ${Version}', name], {
    encoding: 'utf8',
  });
  const [state, version] = status === 0 ? stdout.split(' ') : [];
  return state === 'installed' ? version : undefined;
}

export const missingPackages = (version: KernelVersion): readonly string[] =>
  packagesFor(version).filter((name) => installedVersion(name) === undefined);

export const hasPackageManager = (): boolean =>
  spawnSync('apt-get', ['--version'], { stdio: 'ignore' }).status === 0;

/** The prefix of a command that requires root. */
export const asRoot = (): readonly string[] =>
  process.getuid?.() === 0 ? [] : ['sudo', '--non-interactive'];
