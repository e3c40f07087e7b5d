import { createHash } from 'node:crypto';
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { homedir } from 'node:os';
import { join } from 'node:path';

/** The folders of sources and of build output. The package contains no build output. */
export interface LinuxPlaces {
  /** The folder with our own sources: the configuration, the module, the agent. */
  readonly ours: string;
  /** The folder of all build output. */
  readonly cache: string;
}

type Environment = Readonly<Record<string, string | undefined>>;

/** The cache folder: ZDC_LINUX_CACHE, or a folder in the cache directory of the XDG specification. */
export function cacheFolder(env: Environment): string {
  const asked = env['ZDC_LINUX_CACHE'];
  if (asked !== undefined && asked !== '') return asked;
  const xdg = env['XDG_CACHE_HOME'];
  const caches = xdg === undefined || xdg === '' ? join(env['HOME'] ?? homedir(), '.cache') : xdg;
  return join(caches, 'zone-device-conformance', 'linux');
}

export const sourceFolder = ({ cache }: LinuxPlaces, version: KernelVersion): string =>
  join(cache, `source-${version}`);

/** The build tree of the kernel. It is kept, because modules are built against it. */
export const buildFolder = ({ cache }: LinuxPlaces, version: KernelVersion): string =>
  join(cache, `build-${version}`);

export const imageFile = (places: LinuxPlaces, version: KernelVersion): string =>
  join(buildFolder(places, version), 'vmlinux.stripped');

/** The file system that the guest starts with: our module, our agent, the kernel's own test device. */
export const guestFile = ({ cache }: LinuxPlaces, version: KernelVersion): string =>
  join(cache, `guest-${version}.cpio`);

export const logFile = ({ cache }: LinuxPlaces, version: KernelVersion, step: string): string =>
  join(cache, 'log', `${version}-${step}.log`);

/** The configuration of all kernels, and the additional one of this version, if any. */
const configurationFiles = ({ ours }: LinuxPlaces, version: KernelVersion): readonly string[] =>
  [join(ours, 'kernel.config'), join(ours, `kernel-${version}.config`)].filter((file) => existsSync(file));

export const configurationOf = (places: LinuxPlaces, version: KernelVersion): string =>
  configurationFiles(places, version)
    .map((file) => readFileSync(file, 'utf8'))
    .join('');

/** A hash of the configuration. A kernel build depends on it and on the source version only. */
export const configurationKey = (places: LinuxPlaces, version: KernelVersion): string =>
  keyOf([Buffer.from(configurationOf(places, version))]);

/** A hash of the sources on which the guest's file system depends, besides its kernel. */
export const guestKey = (places: LinuxPlaces): string =>
  keyOf(
    ['module', 'agent'].flatMap((folder) =>
      readdirSync(join(places.ours, folder))
        .toSorted()
        .flatMap((name) => [Buffer.from(name), readFileSync(join(places.ours, folder, name))]),
    ),
  );

function keyOf(parts: readonly Buffer[]): string {
  const hash = createHash('sha256');
  for (const part of parts) hash.update(`${part.length} `).update(part);
  return hash.digest('hex').slice(0, 16);
}

/** The kernels that can be built: those of which Debian 12 has the source as a package. */
export const KERNEL_VERSIONS = ['6.12', '6.1'] as const;

export type KernelVersion = (typeof KERNEL_VERSIONS)[number];

export const DEFAULT_KERNEL: KernelVersion = '6.12';

export const isKernelVersion = (text: string): text is KernelVersion =>
  KERNEL_VERSIONS.some((version) => version === text);

/** The package that holds the source, and the archive and folder that it brings. */
export const sourceName = (version: KernelVersion): string => `linux-source-${version}`;
