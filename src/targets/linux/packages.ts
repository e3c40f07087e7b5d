import { spawnSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import { mkdir, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { type Architecture, traitsOf } from './architecture.ts';
import { outputOf, runStep, StepFailed, type StepWatch } from './build-step.ts';
import { type LinuxKernel, type LinuxPlaces, logFile, sourceName, SUITES } from './kernel.ts';

/** The packages that every build of a kernel needs, by their names in Debian and Ubuntu; running needs none of them. */
const TOOLS = [
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

/** The version of an installed package; undefined if it is not installed. */
export function installedVersion(name: string): string | undefined {
  const { status, stdout } = spawnSync('dpkg-query', ['-W', '-f=${db:Status-Status} ${Version}', name], {
    encoding: 'utf8',
  });
  const [state, version] = status === 0 ? stdout.split(' ') : [];
  return state === 'installed' ? version : undefined;
}

/** Those that building the module and the agent needs. */
const COMPILERS: readonly string[] = ['gcc', 'make', 'libc6-dev'] satisfies readonly (typeof TOOLS)[number][];

const packagesOf = (architecture: Architecture): readonly string[] => {
  const { emulatorPackage, compilerPackages } = traitsOf(architecture);
  return [emulatorPackage, ...compilerPackages];
};

/** The packages to install for a kernel. The source of another suite is downloaded and not installed. */
export function missingPackages(kernel: LinuxKernel): readonly string[] {
  const isInstallable = kernel.kind === 'package' && SUITES[kernel.version] === undefined;
  const tools = kernel.kind === 'here' ? COMPILERS : [...packagesOf(kernel.architecture), ...TOOLS];
  const needed = [...tools, ...(isInstallable ? [sourceName(kernel.version)] : [])];
  const format = '-f=${Package} ${db:Status-Status}\\n';
  const { stdout } = spawnSync('dpkg-query', ['-W', format, ...needed], { encoding: 'utf8' });
  // Without dpkg there is no output, and all are missing.
  const lines = new Set((stdout ?? '').split('\n'));
  return needed.filter((name) => !lines.has(`${name} installed`));
}

/** Another program may hold the lock of the package manager, such as an automatic update. */
const WAIT_FOR_LOCK = ['-o', 'DPkg::Lock::Timeout=300'] as const;

/** The prefix of a command that requires root. */
const asRoot = (): readonly string[] => (process.getuid?.() === 0 ? [] : ['sudo', '--non-interactive']);

/** Installs what is missing for a kernel. */
export async function installPackages(
  places: LinuxPlaces,
  kernel: LinuxKernel,
  watch: StepWatch,
): Promise<void> {
  const missing = missingPackages(kernel);
  if (missing.length === 0) return;
  const log = logFile(places, kernel, 'packages');
  const names = missing.join(' ');
  if (spawnSync('apt-get', ['--version'], { stdio: 'ignore' }).status !== 0) {
    throw new StepFailed(
      `There is no apt-get here: the kernel is built on Debian or Ubuntu. Missing: ${names}.`,
      log,
    );
  }
  const [program, ...before] = [...asRoot(), 'apt-get', ...WAIT_FOR_LOCK];
  const apt = (words: readonly string[]): Promise<void> =>
    runStep(
      { title: `install ${names}`, program: program ?? 'apt-get', words: [...before, ...words], log },
      watch,
    );
  await apt(['update']);
  await apt(['install', '--yes', '--no-install-recommends', ...missing]);
}

const KEYRING = '/usr/share/keyrings/debian-archive-keyring.gpg';
const ARCHIVE = 'http://deb.debian.org/debian';

/**
 * The options that give apt a state of its own with one suite of Debian, so that the sources and packages of this machine
 * are not changed and no root is needed.
 */
const aptOptions = (folder: string): readonly string[] =>
  [
    `Dir::Etc::sourcelist=${join(folder, 'sources.list')}`,
    'Dir::Etc::sourceparts=-',
    `Dir::State=${folder}`,
    `Dir::State::Lists=${join(folder, 'lists')}`,
    `Dir::Cache=${join(folder, 'cache')}`,
    'Acquire::Languages=none',
    'APT::Architecture=amd64',
    'APT::Sandbox::User=',
    'Debug::NoLocking=1',
  ].flatMap((option) => ['-o', option]);

/** Reads the list of a suite, and returns the version of a package there. */
export async function versionIn(
  places: LinuxPlaces,
  suite: string,
  name: string,
  kernel: LinuxKernel,
  watch: StepWatch,
): Promise<string> {
  const folder = join(places.cache, `apt-${suite}`);
  const log = logFile(places, kernel, 'apt');
  if (!existsSync(KEYRING)) {
    throw new StepFailed(
      `${KEYRING} does not exist: install the package debian-archive-keyring, which holds the keys of ${suite}.`,
      log,
    );
  }
  for (const part of ['lists/partial', 'cache/archives/partial']) {
    await mkdir(join(folder, part), { recursive: true });
  }
  await writeFile(join(folder, 'sources.list'), `deb [signed-by=${KEYRING}] ${ARCHIVE} ${suite} main\n`);
  await runStep(
    {
      title: `read the package list of Debian ${suite}`,
      program: 'apt-get',
      words: [...aptOptions(folder), 'update'],
      log,
    },
    watch,
  );
  const policy = await outputOf('apt-cache', [...aptOptions(folder), 'policy', name], watch.signal);
  const version = /^ {2}Candidate: (?<version>\S+)$/m.exec(policy ?? '')?.groups?.['version'];
  if (version !== undefined && version !== '(none)') return version;
  throw new StepFailed(
    `Debian ${suite} has no package ${name} any more. Unpack its source yourself and use --source DIR.`,
    log,
  );
}

/** Downloads a package of a suite and unpacks it into a folder, which is returned. */
export async function downloadFrom(
  places: LinuxPlaces,
  suite: string,
  name: string,
  kernel: LinuxKernel,
  watch: StepWatch,
): Promise<string> {
  const folder = join(places.cache, `apt-${suite}`);
  const log = logFile(places, kernel, 'download');
  const download = join(folder, name);
  await rm(download, { recursive: true, force: true });
  await mkdir(download, { recursive: true });
  await runStep(
    {
      title: `download ${name} from Debian ${suite}`,
      program: 'apt-get',
      words: [...aptOptions(folder), 'download', name],
      folder: download,
      log,
    },
    watch,
  );
  await runStep(
    {
      title: `unpack the package ${name}`,
      program: 'sh',
      words: ['-c', 'dpkg-deb -x *.deb . && rm *.deb'],
      folder: download,
      log,
    },
    watch,
  );
  return download;
}
