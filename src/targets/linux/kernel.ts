import { createHash } from 'node:crypto';
import { existsSync, readdirSync, readFileSync, statSync } from 'node:fs';
import os, { homedir, release } from 'node:os';
import { basename, dirname, join } from 'node:path';
import { z } from 'zod';
import type { TargetKernel } from '../target.ts';
import { type Architecture, DEFAULT_ARCHITECTURE, traitsOf } from './architecture.ts';

/** The folders of sources and of build output. The package contains no build output. */
export interface LinuxPlaces {
  /** The folder with the sources of this project: the configuration, the module, the agent. */
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

/** The versions of Debian's source packages that can be built, newest first. */
export const KERNEL_VERSIONS = ['7.3', '7.2', '6.12', '6.1'] as const;
export type KernelVersion = (typeof KERNEL_VERSIONS)[number];

export const DEFAULT_KERNEL: KernelVersion = '6.12';

export const isKernelVersion = (text: string): text is KernelVersion =>
  KERNEL_VERSIONS.some((version) => version === text);

/** The suite of Debian with the source package, where the sources of this machine need not have it. */
export const SUITES: { readonly [V in KernelVersion]?: string } = { '7.3': 'trixie-backports', '7.2': 'sid' };

/** The package with the source, and the archive that it installs. */
export const sourceName = (version: KernelVersion): string => `linux-source-${version}`;

/** Sets of options: few checks and a fast guest, many checks and a slow one, or counts of the executed lines. */
export const CONFIGURATION_SETS = ['lean', 'debug', 'coverage'] as const;
export type ConfigurationSet = (typeof CONFIGURATION_SETS)[number];

export const isConfigurationSet = (text: string): text is ConfigurationSet =>
  CONFIGURATION_SETS.some((set) => set === text);

/** The files of the kernel, in mm/, whose lines are counted with `--set coverage`. */
export const COVERED = ['migrate_device', 'hmm', 'memremap', 'huge_memory'] as const;

/**
 * A kernel to build or to boot.
 *
 * - `package`: built from a source package of Debian
 * - `tree`: built from a source tree of the user, given by its real path; nothing is written there
 * - `image`: built by somebody else; the module is built against `modules`, its build directory
 * - `here`: the kernel of this machine; the module is built against `modules`
 */
export type LinuxKernel =
  | (Configured & { readonly kind: 'package'; readonly version: KernelVersion })
  | (Configured & { readonly kind: 'tree'; readonly folder: string })
  | {
      readonly kind: 'image';
      readonly image: string;
      readonly modules: string;
      readonly architecture: Architecture;
    }
  | { readonly kind: 'here'; readonly modules: string };

type TreeKernel = Extract<LinuxKernel, { readonly kind: 'tree' }>;

/** A kernel with a source tree, from which it is built here. */
export type SourceKernel = Extract<LinuxKernel, Configured>;

/** A kernel that is booted in a virtual machine. */
export type GuestKernel = Exclude<LinuxKernel, { readonly kind: 'here' }>;

/** Where the running kernel, as installed by its package or by "make modules_install", keeps its build directory. */
export const RUNNING_MODULES = `/lib/modules/${release()}/build`;

export interface Configured {
  readonly architecture: Architecture;
  readonly set: ConfigurationSet;
  /** A file with further options, by its real path. */
  readonly fragment: string | undefined;
}

export const packagedKernel = (
  version: KernelVersion,
): Extract<LinuxKernel, { readonly kind: 'package' }> => ({
  kind: 'package',
  version,
  architecture: DEFAULT_ARCHITECTURE,
  set: 'lean',
  fragment: undefined,
});

/** The name of everything that belongs to a kernel in the cache. */
export function keyOf(kernel: LinuxKernel): string {
  switch (kernel.kind) {
    case 'package':
      return `${kernel.version}${configurationSuffix(kernel)}`;
    case 'tree':
      return `${pathKey(kernel.folder)}${configurationSuffix(kernel)}`;
    case 'image':
      return `${pathKey(kernel.image, kernel.modules)}${kernel.architecture === DEFAULT_ARCHITECTURE ? '' : `-${kernel.architecture}`}`;
    case 'here':
      return `here-${pathKey(kernel.modules)}`;
  }
}

const configurationSuffix = ({ architecture, set, fragment }: Configured): string =>
  [
    ...(architecture === DEFAULT_ARCHITECTURE ? [] : [architecture]),
    ...(set === 'lean' ? [] : [set]),
    ...(fragment === undefined ? [] : [pathKey(fragment)]),
  ]
    .map((part) => `-${part}`)
    .join('');

const KEY_DIGITS = 8;

const pathKey = (path: string, ...more: readonly string[]): string =>
  `${basename(path).replace(/[^\w.-]/g, '_')}@${digestOf([path, ...more].map((one) => Buffer.from(one))).slice(0, KEY_DIGITS)}`;

/** The kernel in a message. */
export function nameOfKernel(kernel: LinuxKernel): string {
  switch (kernel.kind) {
    case 'package':
      return `Linux ${kernel.version}${configurationName(kernel)}`;
    case 'tree':
      return `the kernel of ${kernel.folder}${configurationName(kernel)}`;
    case 'image':
      return `the kernel ${kernel.image}`;
    case 'here':
      return `the running kernel (${release()})`;
  }
}

function configurationName({ architecture, set }: Configured): string {
  const names = [
    ...(architecture === DEFAULT_ARCHITECTURE ? [] : [architecture]),
    ...(set === 'lean' ? [] : [set]),
  ];
  return names.length === 0 ? '' : ` (${names.join(', ')})`;
}

/** The beginning of a sentence. */
export const capitalized = (text: string): string => text.charAt(0).toUpperCase() + text.slice(1);

/** The options of `zdc linux build` and `zdc linux bisect` that select a kernel. */
export function buildWords(kernel: LinuxKernel): readonly string[] {
  if (kernel.kind === 'here') return ['--here', '--modules', kernel.modules];
  const { architecture } = kernel;
  const arch = architecture === DEFAULT_ARCHITECTURE ? [] : ['--arch', architecture];
  if (kernel.kind === 'image') return ['--image', kernel.image, '--modules', kernel.modules, ...arch];
  const { set, fragment } = kernel;
  return [
    ...(kernel.kind === 'package' ? ['--kernel', kernel.version] : ['--source', kernel.folder]),
    ...arch,
    ...(set === 'lean' ? [] : ['--set', set]),
    ...(fragment === undefined ? [] : ['--config', fragment]),
  ];
}

/** The options after "linux:" that select a kernel. */
export function targetWords(kernel: LinuxKernel): readonly string[] {
  if (kernel.kind === 'here') return ['here', `modules=${kernel.modules}`];
  const { architecture } = kernel;
  const arch = architecture === DEFAULT_ARCHITECTURE ? [] : [`arch=${architecture}`];
  if (kernel.kind === 'image') return [`image=${kernel.image}`, `modules=${kernel.modules}`, ...arch];
  const { set, fragment } = kernel;
  return [
    kernel.kind === 'package' ? `kernel=${kernel.version}` : `source=${kernel.folder}`,
    ...arch,
    ...(set === 'lean' ? [] : [`set=${set}`]),
    ...(fragment === undefined ? [] : [`config=${fragment}`]),
  ];
}

/** The source tree of a kernel that is built here. */
export const sourceFolder = ({ cache }: LinuxPlaces, kernel: SourceKernel): string =>
  kernel.kind === 'tree' ? kernel.folder : join(cache, `source-${kernel.version}`);

/** The build directory of the kernel, against which the module is built. */
export const buildFolder = ({ cache }: LinuxPlaces, kernel: LinuxKernel): string =>
  hasSource(kernel) ? join(cache, `build-${keyOf(kernel)}`) : kernel.modules;

/** True if the kernel is built here. */
export const hasSource = (kernel: LinuxKernel): kernel is SourceKernel =>
  kernel.kind === 'package' || kernel.kind === 'tree';

export const imageFile = (places: LinuxPlaces, kernel: GuestKernel): string =>
  kernel.kind === 'image'
    ? kernel.image
    : join(buildFolder(places, kernel), traitsOf(kernel.architecture).image);

/** The file whose time is that of the kernel. */
const kernelFile = (places: LinuxPlaces, kernel: LinuxKernel): string =>
  kernel.kind === 'here' ? join(kernel.modules, 'Module.symvers') : imageFile(places, kernel);

/**
 * The file system that the guest starts with: the module, the agent and, if built, the kernel's own test device. On this
 * machine, the agent.
 */
export const guestFile = ({ cache }: LinuxPlaces, kernel: LinuxKernel): string =>
  join(cache, kernel.kind === 'here' ? `guest-${keyOf(kernel)}/agent` : `guest-${keyOf(kernel)}.cpio`);

/** The build directory of the module for a kernel. */
export const moduleFolder = ({ cache }: LinuxPlaces, kernel: LinuxKernel): string =>
  join(cache, `guest-${keyOf(kernel)}`, 'module');

export const logFile = ({ cache }: LinuxPlaces, kernel: LinuxKernel, step: string): string =>
  join(cache, 'log', `${keyOf(kernel)}-${step}.log`);

const configFile = ({ ours }: LinuxPlaces, name: string): string => join(ours, 'config', `${name}.config`);

/** The options that a kernel must have, and those that it must have if its tree defines them. */
export interface Configuration {
  readonly required: string;
  readonly optional: string;
}

/** The options that driver and agent need of a kernel, and its guest, if it is booted in one. */
export const neededOptions = (
  places: LinuxPlaces,
  guest: { readonly architecture: Architecture } | undefined,
): string =>
  [...(guest === undefined ? [] : ['required', ...traitsOf(guest.architecture).configs]), 'driver']
    .map((name) => readFileSync(configFile(places, name), 'utf8'))
    .join('\n');

export function configurationOf(
  places: LinuxPlaces,
  { architecture, set, fragment }: Configured,
): Configuration {
  const read = (name: string): string => readFileSync(configFile(places, name), 'utf8');
  return {
    required: [
      neededOptions(places, { architecture }),
      read('lean'),
      ...(set === 'lean' ? [] : [read(set)]),
      ...(fragment === undefined ? [] : [readFileSync(fragment, 'utf8')]),
    ].join('\n'),
    optional: read('optional'),
  };
}

/** A hash of the configuration that is asked for. A kernel build depends on it and on the source only. */
export function configurationKey(places: LinuxPlaces, kernel: LinuxKernel): string {
  if (!hasSource(kernel))
    return digestOf([Buffer.from(neededOptions(places, kernel.kind === 'here' ? undefined : kernel))]);
  const { required, optional } = configurationOf(places, kernel);
  return digestOf([Buffer.from(required), Buffer.from(optional)]);
}

/** A hash of the sources on which the guest's file system depends, besides its kernel. */
export const guestKey = (places: LinuxPlaces): string =>
  digestOf(
    ['module', 'agent'].flatMap((folder) =>
      readdirSync(join(places.ours, folder))
        .toSorted()
        .flatMap((name) => [Buffer.from(name), readFileSync(join(places.ours, folder, name))]),
    ),
  );

export function digestOf(parts: readonly Buffer[]): string {
  const hash = createHash('sha256');
  for (const part of parts) hash.update(`${part.length} `).update(part);
  return hash.digest('hex').slice(0, 16);
}

/** The record of a complete build. An interrupted build leaves none. */
const BuildRecord = z.object({
  /** The version of the source package, or `kernelversion` of the tree. */
  source: z.string(),
  /** The hash of the configuration that was asked for. */
  configuration: z.string(),
  guest: z.string(),
  /** The kernel as reports describe it. */
  kernel: z.object({
    source: z.string(),
    revision: z.string().optional(),
    modified: z.boolean().optional(),
    configuration: z.string(),
  }),
  /** The options of `zdc linux build`, so that the status can list all builds. */
  words: z.array(z.string()),
});
export type BuildRecord = z.infer<typeof BuildRecord>;

export const recordFile = ({ cache }: LinuxPlaces, kernel: LinuxKernel): string =>
  join(cache, `built-${keyOf(kernel)}.json`);

/** The state of a build, compared with the current sources. */
export interface Built {
  readonly record: BuildRecord | undefined;
  readonly kernel: 'there' | 'missing' | 'outdated';
  readonly guest: 'there' | 'missing' | 'outdated';
}

/**
 * Reads the state of a build. It is fast, because it reads only the cache and the sources of this project. For a source
 * tree of the user, `changedSince` tells whether that has changed.
 */
export function lookAtBuilt(places: LinuxPlaces, kernel: LinuxKernel): Built {
  const record = readRecord(recordFile(places, kernel));
  const image = kernelFile(places, kernel);
  const state = (): Built['kernel'] => {
    if (record === undefined || !existsSync(image)) return 'missing';
    if (record.configuration !== configurationKeyOrNone(places, kernel)) return 'outdated';
    return !hasSource(kernel) && isNewer(image, recordFile(places, kernel)) ? 'outdated' : 'there';
  };
  const ofKernel = state();
  const ofGuest =
    record === undefined || !existsSync(guestFile(places, kernel))
      ? 'missing'
      : ofKernel === 'there' && record.guest === guestKey(places)
        ? 'there'
        : 'outdated';
  return { record, kernel: ofKernel, guest: ofGuest };
}

export const isReady = ({ kernel, guest }: Built): boolean => kernel === 'there' && guest === 'there';

/** What the report says of a kernel that is ready. */
export const targetKernel = (kernel: LinuxKernel, { record }: Built): TargetKernel | undefined =>
  // The build directory may also belong to a machine on which the module was not built.
  record !== undefined && kernel.kind === 'here'
    ? { ...record.kernel, source: runningKernel() }
    : record?.kernel;

/** The running kernel in reports. */
export const runningKernel = (): string => `${release()} ${os.version()}`;

/** A fragment that was removed makes the build outdated; building again gives the reason. */
function configurationKeyOrNone(places: LinuxPlaces, kernel: LinuxKernel): string | undefined {
  try {
    return configurationKey(places, kernel);
  } catch {
    return undefined;
  }
}

const isNewer = (one: string, other: string): boolean => statSync(one).mtimeMs > statSync(other).mtimeMs;

function readRecord(path: string): BuildRecord | undefined {
  try {
    const json: unknown = JSON.parse(readFileSync(path, 'utf8'));
    return BuildRecord.safeParse(json).data;
  } catch {
    // Missing or invalid: it is built again.
    return undefined;
  }
}

/** The records of all complete builds in the cache. */
export function allRecords({ cache }: LinuxPlaces): readonly BuildRecord[] {
  const names = existsSync(cache) ? readdirSync(cache).toSorted() : [];
  return names
    .filter((name) => /^built-.*\.json$/.test(name))
    .flatMap((name) => readRecord(join(cache, name)) ?? []);
}

/** The reason why a folder is not a source tree that can be built; undefined if it is one. */
export function treeProblem({ folder, architecture }: TreeKernel): string | undefined {
  const isThere = (name: string): boolean => existsSync(join(folder, name));
  if (!isThere('Makefile') || !isThere('Kconfig') || !isThere('mm/memremap.c')) {
    return `${folder} is not a Linux source tree: it has no Makefile, Kconfig or mm/memremap.c.`;
  }
  // The kernel's Makefile refuses an output directory for such a tree.
  const generated = isThere(`arch/${traitsOf(architecture).folder}/include/generated`);
  if (isThere('.config') || isThere('include/config') || generated) {
    return (
      `${folder} has been built in place, and the kernel's Makefile refuses a second build elsewhere. Run "make mrproper" ` +
      `there, or give another work tree: git -C ${folder} worktree add ${join(dirname(folder), `${basename(folder)}-zdc`)}`
    );
  }
  return undefined;
}
