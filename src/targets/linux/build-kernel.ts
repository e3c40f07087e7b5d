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
  type KernelVersion,
  sourceName,
} from './cache-folder.ts';

/** The approximate number of output lines of the steps, for the progress display. */
const LINES_OF_SOURCE = 90_000;
const LINES_OF_BUILD = 1400;

/** A file beside the unpacked source with its version, written after unpacking. */
const UNPACKED = '.zdc-unpacked';

/** Unpacks the source, unless this version is already unpacked. */
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

/** Configures and builds the kernel, incrementally after a change of the configuration. */
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

/** A line of a configuration that sets or unsets an option. */
const ASKED = /^(?:(?<set>CONFIG_\w+)=(?<value>.+)|# (?<unset>CONFIG_\w+) is not set)$/;

/**
 * The lines of what was asked that the final configuration does not follow: kconfig drops what it cannot satisfy
 * without a word. An option that is not there at all is not set.
 */
export function unsatisfied(asked: string, final: string): readonly string[] {
  const there = new Map<string, string>();
  for (const { set, value } of optionsIn(final)) {
    if (set !== undefined && value !== undefined) there.set(set, value);
  }
  return optionsIn(asked)
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
