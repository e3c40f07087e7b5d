import { appendFile, mkdir, readFile, rename, rm, writeFile } from 'node:fs/promises';
import { availableParallelism } from 'node:os';
import { join } from 'node:path';
import { runStep, StepFailed, type StepWatch } from './build-step.ts';
import {
  buildFolder,
  configurationOf,
  imageFile,
  type LinuxPlaces,
  logFile,
  sourceFolder,
} from './cache-folder.ts';
import { unsatisfied } from './kernel-config.ts';
import { type KernelVersion, sourceName } from './kernel-version.ts';

/** About how many lines the steps write, by which their progress is told. */
const LINES_OF_SOURCE = 90_000;
const LINES_OF_BUILD = 1400;

/** Which source is unpacked, written beside it when it was done. */
const UNPACKED = '.zdc-unpacked';

/** Unpacks the source, unless it is there in this version. */
export async function unpackSource(
  places: LinuxPlaces,
  version: KernelVersion,
  packaged: string,
  watch: StepWatch,
): Promise<void> {
  const folder = sourceFolder(places, version);
  if ((await readFile(join(folder, UNPACKED), 'utf8').catch(() => undefined)) === packaged) return;
  const unpacking = `${folder}.new`;
  await rm(unpacking, { recursive: true, force: true });
  await rm(folder, { recursive: true, force: true });
  await rm(buildFolder(places, version), { recursive: true, force: true });
  await mkdir(unpacking, { recursive: true });
  await runStep(
    {
      title: 'unpack the source',
      program: 'tar',
      words: ['-xvJf', join('/usr/src', `${sourceName(version)}.tar.xz`), '--strip-components=1'],
      folder: unpacking,
      log: logFile(places, version, 'unpack'),
      lines: LINES_OF_SOURCE,
    },
    watch,
  );
  await writeFile(join(unpacking, UNPACKED), packaged);
  await rename(unpacking, folder);
}

/** Configures and builds the kernel. What was built before with another configuration is built on. */
export async function buildKernel(
  places: LinuxPlaces,
  version: KernelVersion,
  watch: StepWatch,
): Promise<void> {
  const folder = buildFolder(places, version);
  await mkdir(folder, { recursive: true });
  const make = (step: string, title: string, targets: readonly string[], lines?: number): Promise<void> =>
    runStep(
      {
        title,
        program: 'make',
        words: ['-C', sourceFolder(places, version), `O=${folder}`, ...targets],
        log: logFile(places, version, step),
        ...(lines === undefined ? {} : { lines }),
      },
      watch,
    );
  const asked = configurationOf(places, version);
  const final = join(folder, '.config');
  await make('tinyconfig', 'configure the kernel', ['tinyconfig']);
  await appendFile(final, asked);
  await make('olddefconfig', 'configure the kernel', ['olddefconfig']);
  const dropped = unsatisfied(asked, await readFile(final, 'utf8'));
  if (dropped.length > 0) {
    throw new StepFailed(
      `The configuration of ${version} cannot be had; dropped: ${dropped.join(', ')}.`,
      final,
    );
  }
  const jobs = `-j${availableParallelism()}`;
  await make('kernel', 'build the kernel', [jobs, 'vmlinux', 'modules'], LINES_OF_BUILD);
  await runStep(
    {
      title: 'strip the kernel',
      program: 'strip',
      words: ['-o', imageFile(places, version), join(folder, 'vmlinux')],
      log: logFile(places, version, 'strip'),
    },
    watch,
  );
}
