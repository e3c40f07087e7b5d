import { existsSync } from 'node:fs';
import { appendFile, mkdir, readdir, readFile, rename, rm, writeFile } from 'node:fs/promises';
import { availableParallelism } from 'node:os';
import { join } from 'node:path';
import { compilerFor, traitsOf } from './architecture.ts';
import { outputOf, runStep, StepFailed, type StepWatch } from './build-step.ts';
import {
  buildFolder,
  type Configuration,
  configurationOf,
  COVERED,
  digestOf,
  imageFile,
  type LinuxKernel,
  type KernelVersion,
  type LinuxPlaces,
  logFile,
  nameOfKernel,
  neededOptions,
  packagedKernel,
  capitalized,
  sourceFolder,
  type SourceKernel,
  sourceName,
  SUITES,
} from './kernel.ts';
import { downloadFrom } from './packages.ts';

/** The approximate number of output lines of the steps, for the progress display. */
const LINES_OF_SOURCE = 90_000;
const LINES_OF_BUILD = 1400;

/** A file beside the unpacked source with its version, written after unpacking. */
const UNPACKED = '.zdc-unpacked';

/** Unpacks a source package, unless this version is already unpacked. */
export async function unpackSource(
  places: LinuxPlaces,
  version: KernelVersion,
  packaged: string,
  watch: StepWatch,
): Promise<void> {
  const kernel = packagedKernel(version);
  const folder = sourceFolder(places, kernel);
  if ((await readFile(join(folder, UNPACKED), 'utf8').catch(() => undefined)) === packaged) return;
  const suite = SUITES[version];
  const unpacking = `${folder}.new`;
  await rm(unpacking, { recursive: true, force: true });
  await rm(folder, { recursive: true, force: true });
  for (const name of await readdir(places.cache)) {
    // The builds of the previous version, in every configuration.
    if (name === `build-${version}` || name.startsWith(`build-${version}-`)) {
      await rm(join(places.cache, name), { recursive: true, force: true });
    }
  }
  await mkdir(unpacking, { recursive: true });
  const root =
    suite === undefined ? '/' : await downloadFrom(places, suite, sourceName(version), kernel, watch);
  await runStep(
    {
      title: 'unpack the source',
      program: 'tar',
      words: ['-xvJf', join(root, 'usr/src', `${sourceName(version)}.tar.xz`), '--strip-components=1'],
      folder: unpacking,
      log: logFile(places, kernel, 'unpack'),
      lines: LINES_OF_SOURCE,
    },
    watch,
  );
  if (suite !== undefined) await rm(root, { recursive: true, force: true });
  await writeFile(join(unpacking, UNPACKED), packaged);
  await rename(unpacking, folder);
}

/** Configures and builds the kernel, incrementally after a change of the source or of the configuration. */
export async function buildKernel(
  places: LinuxPlaces,
  kernel: SourceKernel,
  watch: StepWatch,
): Promise<void> {
  const folder = buildFolder(places, kernel);
  const source = sourceFolder(places, kernel);
  await mkdir(folder, { recursive: true });
  const make = (step: string, title: string, targets: readonly string[], lines?: number): Promise<void> =>
    runStep(
      {
        title,
        program: 'make',
        words: ['-C', source, `O=${folder}`, ...compilerFor(kernel.architecture).makeWords, ...targets],
        log: logFile(places, kernel, step),
        ...(lines === undefined ? {} : { lines }),
      },
      watch,
    );
  const asked = configurationOf(places, kernel);
  const { target } = traitsOf(kernel.architecture);
  const final = join(folder, '.config');
  await make('tinyconfig', 'configure the kernel', ['tinyconfig']);
  await appendFile(final, `\n${asked.required}\n${asked.optional}`);
  await make('olddefconfig', 'configure the kernel', ['olddefconfig']);
  await checkConfiguration(asked, source, final, watch);
  const jobs = `-j${availableParallelism()}`;
  const counted = kernel.set === 'coverage' ? COVERED.map((name) => `GCOV_PROFILE_${name}.o=y`) : [];
  await make('kernel', 'build the kernel', [jobs, ...counted, target, 'modules'], LINES_OF_BUILD);
  if (target !== 'vmlinux') return;
  await runStep(
    {
      title: 'strip the kernel',
      program: 'strip',
      words: ['-o', imageFile(places, kernel), join(folder, 'vmlinux')],
      log: logFile(places, kernel, 'strip'),
    },
    watch,
  );
}

/** Throws `StepFailed` if the final configuration lacks an option that was asked for. */
async function checkConfiguration(
  asked: Configuration,
  source: string,
  final: string,
  watch: StepWatch,
): Promise<void> {
  const text = await readFile(final, 'utf8');
  const dropped = [...unsatisfied(asked.required, text)];
  for (const line of unsatisfied(asked.optional, text)) {
    if (await isDefined(/^CONFIG_(?<name>\w+)=/.exec(line)?.groups?.['name'] ?? line, source, watch)) {
      dropped.push(line);
    }
  }
  if (dropped.length === 0) return;
  throw new StepFailed(
    `This kernel cannot be configured as required. Options that kconfig dropped or changed: ${dropped.join(', ')}. ` +
      'Either this tree does not have them, or an option that they depend on is missing: add it with --config FILE.',
    final,
  );
}

/** True if the Kconfig files of a tree define an option. */
const isDefined = async (option: string, source: string, { signal }: StepWatch): Promise<boolean> =>
  (await outputOf(
    'grep',
    ['-rlE', '--include=Kconfig*', '-m1', `^[[:space:]]*(menu)?config ${option}$`, source],
    signal,
  )) !== undefined;

/** Throws `StepFailed` unless a kernel that was built elsewhere has what driver, agent and guest need. */
export async function checkConfigured(
  places: LinuxPlaces,
  kernel: Exclude<LinuxKernel, SourceKernel>,
): Promise<string> {
  const { modules } = kernel;
  const config = join(modules, '.config');
  const problem =
    kernel.kind === 'image' && !existsSync(kernel.image)
      ? `${kernel.image} does not exist.`
      : !existsSync(config) || !existsSync(join(modules, 'Module.symvers'))
        ? `${modules} is not the build directory of a kernel: it has no .config or no Module.symvers. ` +
          (kernel.kind === 'image'
            ? 'Give the directory in which the kernel was built (the O= directory, or the tree itself), after "make" and ' +
              '"make modules".'
            : 'Install the headers of the running kernel, or give the directory in which it was built: ' +
              'linux:here,modules=DIR')
        : undefined;
  if (problem !== undefined) throw new StepFailed(problem, config);
  const text = await readFile(config, 'utf8');
  const dropped = unsatisfied(neededOptions(places, kernel.kind === 'here' ? undefined : kernel), text);
  if (dropped.length > 0) {
    throw new StepFailed(
      `${capitalized(nameOfKernel(kernel))} was built without options that are needed: ${dropped.join(', ')}. ` +
        'Set them and build it again.',
      config,
    );
  }
  return digestOf([Buffer.from(text)]);
}

/** The hash of the final configuration of a kernel that was built here. */
export const finalConfiguration = async (places: LinuxPlaces, kernel: LinuxKernel): Promise<string> =>
  digestOf([await readFile(join(buildFolder(places, kernel), '.config'))]);

/** A line of a configuration that sets or unsets an option. */
const ASKED = /^(?:(?<set>CONFIG_\w+)=(?<value>.+)|# (?<unset>CONFIG_\w+) is not set)$/;

/**
 * The requested lines that the final configuration does not contain, because kconfig drops unsatisfied options silently.
 * An option that does not occur is not set. If an option is requested twice, the last line counts, as in kconfig.
 */
export function unsatisfied(asked: string, final: string): readonly string[] {
  const there = new Map<string, string>();
  for (const { set, value } of optionsIn(final)) {
    if (set !== undefined && value !== undefined) there.set(set, value);
  }
  const last = new Map(optionsIn(asked).map((option) => [option.set ?? option.unset, option]));
  return [...last.values()]
    .filter(({ set, unset, value }) =>
      set === undefined ? unset !== undefined && there.has(unset) : there.get(set) !== value,
    )
    .map(({ line }) => line);
}

interface Option {
  readonly line: string;
  readonly set: string | undefined;
  readonly value: string | undefined;
  readonly unset: string | undefined;
}

const optionsIn = (text: string): readonly Option[] =>
  text.split('\n').flatMap((line) => {
    const groups = ASKED.exec(line)?.groups;
    return groups === undefined
      ? []
      : [{ line, set: groups['set'], value: groups['value'], unset: groups['unset'] }];
  });
