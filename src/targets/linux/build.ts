import { mkdir, readFile, rm, utimes, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { buildGuest } from './build-guest.ts';
import { buildKernel, checkConfigured, finalConfiguration, unpackSource } from './build-kernel.ts';
import { outputOf, StepFailed, type StepWatch } from './build-step.ts';
import {
  type Built,
  type BuildRecord,
  buildWords,
  configurationKey,
  guestKey,
  hasSource,
  isReady,
  type LinuxKernel,
  type LinuxPlaces,
  logFile,
  lookAtBuilt,
  recordFile,
  runningKernel,
  sourceFolder,
  sourceName,
  SUITES,
  treeProblem,
} from './kernel.ts';
import { installedVersion, installPackages, versionIn } from './packages.ts';

/** Builds what is missing or outdated: the kernel, then the guest's file system. Throws `StepFailed`. */
export async function build(
  places: LinuxPlaces,
  kernel: LinuxKernel,
  watch: StepWatch,
): Promise<'built' | 'up to date'> {
  const before = lookAtBuilt(places, kernel);
  if (isReady(before) && (await changedSince(places, kernel, watch.signal)) === undefined)
    return 'up to date';
  // Whatever changes from here on is newer than this build.
  const began = new Date();
  await mkdir(places.cache, { recursive: true });
  if (kernel.kind === 'tree') await checkTree(kernel, logFile(places, kernel, 'source'), watch);
  await installPackages(places, kernel, watch);
  const record = await buildOrKeep(places, kernel, before, watch);
  // Recorded before the guest is built, so that a failure there does not rebuild the kernel.
  await writeRecord(places, kernel, { ...record, guest: NO_GUEST }, began);
  await buildGuest(places, kernel, watch);
  await writeRecord(places, kernel, { ...record, guest: guestKey(places) }, began);
  return 'built';
}

const NO_GUEST = 'none';

/** Builds the kernel unless its build is up to date, and describes it. */
async function buildOrKeep(
  places: LinuxPlaces,
  kernel: LinuxKernel,
  before: Built,
  watch: StepWatch,
): Promise<Omit<BuildRecord, 'guest'>> {
  const configuration = configurationKey(places, kernel);
  const words = [...buildWords(kernel)];
  if (!hasSource(kernel)) {
    const final = await checkConfigured(places, kernel);
    const source = kernel.kind === 'image' ? kernel.image : runningKernel();
    return { source, configuration, words, kernel: { source, configuration: final } };
  }
  const source =
    kernel.kind === 'tree'
      ? await treeVersion(kernel.folder, watch)
      : await packageVersion(places, kernel, before, watch);
  const isKept = kernel.kind === 'package' && before.kernel === 'there' && before.record?.source === source;
  if (isKept && before.record !== undefined) return before.record;
  // The previous build is invalid from here on, also if this one fails.
  await rm(recordFile(places, kernel), { force: true });
  const described =
    kernel.kind === 'tree'
      ? { source: kernel.folder, ...(await gitState(kernel.folder, watch)) }
      : { source: `${sourceName(kernel.version)} ${source}` };
  if (kernel.kind === 'package') await unpackSource(places, kernel.version, source, watch);
  await buildKernel(places, kernel, watch);
  return {
    source,
    configuration,
    words,
    kernel: { ...described, configuration: await finalConfiguration(places, kernel) },
  };
}

/** The time of the record is that of the beginning of the build: see `changedSince`. */
async function writeRecord(
  places: LinuxPlaces,
  kernel: LinuxKernel,
  record: BuildRecord,
  began: Date,
): Promise<void> {
  const file = recordFile(places, kernel);
  await writeFile(file, `${JSON.stringify(record)}\n`);
  await utimes(file, began, began);
}

/**
 * A file of the user's source tree that changed after the build; undefined if there is none. Names with a leading dot,
 * such as those of git and of editors, are not part of the kernel.
 */
export async function changedSince(
  places: LinuxPlaces,
  kernel: LinuxKernel,
  signal: AbortSignal,
): Promise<string | undefined> {
  if (kernel.kind !== 'tree') return undefined;
  const words = [
    '.',
    '-name',
    '.?*',
    '-prune',
    '-o',
    '-newer',
    recordFile(places, kernel),
    '-print',
    '-quit',
  ];
  const found = await outputOf('find', words, signal, kernel.folder);
  return found?.trim() === '' ? undefined : (found?.trim().replace(/^\.\//, '') ?? kernel.folder);
}

/** The oldest version whose interfaces the driver supports. */
const OLDEST = [6, 1] as const;

async function checkTree(
  kernel: Extract<LinuxKernel, { readonly kind: 'tree' }>,
  log: string,
  watch: StepWatch,
): Promise<void> {
  const { folder } = kernel;
  const problem = treeProblem(kernel);
  if (problem !== undefined) throw new StepFailed(problem, log);
  const version = await treeVersion(folder, watch);
  const [major = 0, minor = 0] = version.split('.').map(Number);
  if (major < OLDEST[0] || (major === OLDEST[0] && minor < OLDEST[1])) {
    throw new StepFailed(
      `${folder} is Linux ${version}; the oldest that is supported is ${OLDEST.join('.')}.`,
      log,
    );
  }
}

async function treeVersion(folder: string, { signal }: StepWatch): Promise<string> {
  const words = ['-s', '--no-print-directory', '-C', folder, 'kernelversion'];
  return (await outputOf('make', words, signal))?.trim() ?? 'unknown';
}

/** The version of the source package: that of the unpacked one, if the package is of another suite of Debian. */
async function packageVersion(
  places: LinuxPlaces,
  kernel: Extract<LinuxKernel, { readonly kind: 'package' }>,
  before: Built,
  watch: StepWatch,
): Promise<string> {
  const suite = SUITES[kernel.version];
  const name = sourceName(kernel.version);
  if (suite === undefined) return installedVersion(name) ?? 'unknown';
  const unpacked = await readFile(join(sourceFolder(places, kernel), '.zdc-unpacked'), 'utf8').catch(
    () => undefined,
  );
  return unpacked ?? before.record?.source ?? versionIn(places, suite, name, kernel, watch);
}

/** The commit of a git tree, and whether it has changes; empty if it is no git tree. Writes nothing into the tree. */
async function gitState(
  folder: string,
  { signal }: StepWatch,
): Promise<{ readonly revision?: string; readonly modified?: boolean }> {
  const git = (words: readonly string[]): Promise<string | undefined> =>
    outputOf(
      'git',
      ['--no-optional-locks', '-c', `safe.directory=${folder}`, '-C', folder, ...words],
      signal,
    );
  const top = (await git(['rev-parse', '--show-toplevel']))?.trim();
  const revision = top === folder ? (await git(['rev-parse', 'HEAD']))?.trim() : undefined;
  if (revision === undefined) return {};
  const changes = await git(['status', '--porcelain', '--untracked-files=no']);
  return { revision, modified: changes !== '' };
}
