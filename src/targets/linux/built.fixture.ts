import { fileURLToPath } from 'node:url';
import {
  cacheFolder,
  isReady,
  KERNEL_VERSIONS,
  type KernelVersion,
  type LinuxPlaces,
  lookAtBuilt,
  packagedKernel,
} from './kernel.ts';
import { LinuxTarget, type LinuxOptions } from './linux-target.ts';

/** The cache of this machine. Tests that boot a guest are skipped unless "zdc linux build" has built a kernel there. */
const places: LinuxPlaces = {
  ours: fileURLToPath(new URL('.', import.meta.url)),
  cache: cacheFolder(process.env),
};

/** The versions that are built. */
export const built: readonly KernelVersion[] = KERNEL_VERSIONS.filter((version) =>
  isReady(lookAtBuilt(places, packagedKernel(version))),
);

/** Boots a guest. */
export async function startGuest(
  version: KernelVersion,
  options: Omit<Partial<LinuxOptions>, 'kernel' | 'places'> = {},
): Promise<LinuxTarget> {
  const kernel = packagedKernel(version);
  const started = await LinuxTarget.start({ places, suite: 'a test', kernel, ...options });
  if (started.kind === 'failure') throw new Error(started.failure.message);
  return started.target;
}
