import { mkdir, rm, writeFile } from 'node:fs/promises';
import { buildGuest } from './build-guest.ts';
import { buildKernel, unpackSource } from './build-kernel.ts';
import { runStep, StepFailed, type StepWatch } from './build-step.ts';
import { type Built, isReady, lookAtBuilt, recordFile } from './built.ts';
import {
  configurationKey,
  guestKey,
  type LinuxPlaces,
  logFile,
  type KernelVersion,
  sourceName,
} from './cache-folder.ts';
import { asRoot, hasPackageManager, installedVersion, missingPackages } from './packages.ts';

/** Builds what is missing or outdated: the kernel, then the guest's file system. Throws `StepFailed`. */
export async function build(
  places: LinuxPlaces,
  version: KernelVersion,
  watch: StepWatch,
): Promise<'built' | 'there already'> {
  const before = lookAtBuilt(places, version);
  if (isReady(before)) return 'there already';
  await mkdir(places.cache, { recursive: true });
  await installPackages(places, version, watch);
  const source = installedVersion(sourceName(version)) ?? 'unknown';
  if (!isKernelOf(before, source)) {
    // The previous build is invalid from here on, also if this one fails.
    await rm(recordFile(places, version), { force: true });
    await unpackSource(places, version, source, watch);
    await buildKernel(places, version, watch);
  }
  // Recorded before the guest is built, so that a failure there does not rebuild the kernel.
  await writeRecord(places, version, { source, guest: NO_GUEST });
  await buildGuest(places, version, watch);
  await writeRecord(places, version, { source, guest: guestKey(places) });
  return 'built';
}

const NO_GUEST = 'none';

const writeRecord = (
  places: LinuxPlaces,
  version: KernelVersion,
  parts: { readonly source: string; readonly guest: string },
): Promise<void> =>
  writeFile(
    recordFile(places, version),
    `${JSON.stringify({ ...parts, configuration: configurationKey(places, version) })}\n`,
  );

const isKernelOf = ({ kernel, record }: Built, source: string): boolean =>
  kernel === 'there' && record?.source === source;

async function installPackages(places: LinuxPlaces, version: KernelVersion, watch: StepWatch): Promise<void> {
  const missing = missingPackages(version);
  if (missing.length === 0) return;
  const log = logFile(places, version, 'packages');
  const names = missing.join(' ');
  if (!hasPackageManager()) {
    throw new StepFailed(
      `There is no apt-get here: the kernel is built on Debian or Ubuntu. Missing: ${names}.`,
      log,
    );
  }
  const [program, ...before] = [...asRoot(), 'apt-get'];
  const apt = (words: readonly string[]): Promise<void> =>
    runStep(
      { title: `install ${names}`, program: program ?? 'apt-get', words: [...before, ...words], log },
      watch,
    );
  await apt(['update']);
  await apt(['install', '--yes', '--no-install-recommends', ...missing]);
}
