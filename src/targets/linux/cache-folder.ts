import { createHash } from 'node:crypto';
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { homedir } from 'node:os';
import { join } from 'node:path';

/** What is built, and where it is kept. No part of it is in the package. */
export interface LinuxPlaces {
  /** The folder with our own sources: the configuration, the module, the agent. */
  readonly ours: string;
  /** Where everything that is built is kept. */
  readonly cache: string;
}

type Environment = Readonly<Record<string, string | undefined>>;

/** Where the built things are kept: ZDC_LINUX_CACHE, or a folder of ours where the desktop standard wants it. */
export function cacheFolder(env: Environment): string {
  const asked = env['ZDC_LINUX_CACHE'];
  if (asked !== undefined && asked !== '') return asked;
  const xdg = env['XDG_CACHE_HOME'];
  const caches = xdg === undefined || xdg === '' ? join(env['HOME'] ?? homedir(), '.cache') : xdg;
  return join(caches, 'zone-device-conformance', 'linux');
}

export const sourceFolder = ({ cache }: LinuxPlaces, version: KernelVersion): string =>
  join(cache, `source-${version}`);

/** Where the kernel is built, and stays: a module can only be built against it. */
export const buildFolder = ({ cache }: LinuxPlaces, version: KernelVersion): string =>
  join(cache, `build-${version}`);

export const imageFile = (places: LinuxPlaces, version: KernelVersion): string =>
  join(buildFolder(places, version), 'vmlinux.stripped');

/** The file system that the guest starts with: our module, our agent, the kernel's own test device. */
export const guestFile = ({ cache }: LinuxPlaces, version: KernelVersion): string =>
  join(cache, `guest-${version}.cpio`);

export const logFile = ({ cache }: LinuxPlaces, version: KernelVersion, step: string): string =>
  join(cache, 'log', `${version}-${step}.log`);

/** What every kernel is built with, and what one of its version needs besides, where there is such a thing. */
const configurationFiles = ({ ours }: LinuxPlaces, version: KernelVersion): readonly string[] =>
  [join(ours, 'kernel.config'), join(ours, `kernel-${version}.config`)].filter((file) => existsSync(file));

export const configurationOf = (places: LinuxPlaces, version: KernelVersion): string =>
  configurationFiles(places, version)
    .map((file) => readFileSync(file, 'utf8'))
    .join('');

/** The one thing that a kernel's build depends on, beside the version of its source. */
export const configurationKey = (places: LinuxPlaces, version: KernelVersion): string =>
  keyOf([Buffer.from(configurationOf(places, version))]);

/** What the guest's file system depends on, beside its kernel. */
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
