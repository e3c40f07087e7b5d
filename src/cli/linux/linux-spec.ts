import { realpathSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { InvalidArgumentError } from 'commander';
import { PACKAGE_FOLDER } from '../../corpus/suite.ts';
import { EXIT } from '../../report/exit-code.ts';
import type { KernelCoverage } from '../../targets/linux/coverage.ts';
import {
  type Architecture,
  ARCHITECTURES,
  DEFAULT_ARCHITECTURE,
  isArchitecture,
  isNative,
} from '../../targets/linux/architecture.ts';
import {
  cacheFolder,
  CONFIGURATION_SETS,
  type ConfigurationSet,
  DEFAULT_KERNEL,
  isConfigurationSet,
  isKernelVersion,
  type LinuxKernel,
  KERNEL_VERSIONS,
  type KernelVersion,
  type LinuxPlaces,
  RUNNING_MODULES,
  targetWords,
} from '../../targets/linux/kernel.ts';
import { LINUX_MUTANTS, type LinuxMutant, linuxMutantById } from '../../targets/linux/linux-mutants.ts';
import {
  DEFAULT_MACHINE,
  isUndeclared,
  KVM_SETTINGS,
  LARGE_FOLIOS,
  type LargeFolioSetting,
  type LinuxDriver,
  type MachineSettings,
  MAX_PROCESSORS,
  type Undeclared,
  UNDECLARED,
} from '../../targets/linux/qemu.ts';
import { type Io, UserError } from '../io.ts';
import { didYouMean } from '../nearest.ts';

/** A Linux target as specified on the command line. */
export interface LinuxSpec {
  readonly kind: 'linux';
  readonly kernel: LinuxKernel;
  readonly machine: MachineSettings;
  readonly mutant: LinuxMutant | undefined;
  readonly driver: LinuxDriver;
  readonly also: readonly Undeclared[];
  readonly largeFolios: LargeFolioSetting | undefined;
  /** Of this machine: whether its kernel may have reported errors before. */
  readonly acceptsTaint: boolean;
  /** Adds up the counts of executed lines. */
  readonly coverage?: KernelCoverage | undefined;
  /** The specification with absolute paths, so that a saved file means the same tree everywhere. */
  readonly text: string;
}

/** The options that select a kernel, as `zdc linux build` and a target have them. */
export interface KernelFlags {
  readonly kernel?: KernelVersion | undefined;
  readonly source?: string | undefined;
  readonly image?: string | undefined;
  readonly modules?: string | undefined;
  /** The kernel of this machine. */
  readonly here?: boolean | undefined;
  readonly arch?: Architecture | undefined;
  readonly set?: ConfigurationSet | undefined;
  readonly config?: string | undefined;
}

/** The kernel that the options select; throws `InvalidArgumentError` if they contradict each other. */
export function kernelOf(flags: KernelFlags): LinuxKernel {
  const { kernel, source, image, modules, here, set = 'lean', config } = flags;
  const architecture = flags.arch ?? DEFAULT_ARCHITECTURE;
  if ([kernel, source, image, here].filter((one) => one !== undefined).length > 1) {
    throw new InvalidArgumentError(
      'A kernel is selected by one of: a version (kernel), a source tree (source), an image with its build directory ' +
        '(image and modules), or the running kernel (here).',
    );
  }
  if (here === true) {
    if (flags.set !== undefined || config !== undefined) throw new InvalidArgumentError(NO_EFFECT);
    if (flags.arch !== undefined) throw new InvalidArgumentError(NO_ARCHITECTURE);
    return { kind: 'here', modules: realPath(modules ?? RUNNING_MODULES) };
  }
  if (image !== undefined || modules !== undefined) {
    if (image === undefined || modules === undefined) {
      throw new InvalidArgumentError(
        'A kernel that was built elsewhere needs both: its image (bzImage or vmlinux) and modules, the directory in which ' +
          'it was built, against which the driver is compiled.',
      );
    }
    if (flags.set !== undefined || config !== undefined) throw new InvalidArgumentError(NO_EFFECT);
    return { kind: 'image', image: realPath(image), modules: realPath(modules), architecture };
  }
  const configured = { architecture, set, fragment: config === undefined ? undefined : realPath(config) };
  return source === undefined
    ? { kind: 'package', version: kernel ?? DEFAULT_KERNEL, ...configured }
    : { kind: 'tree', folder: realPath(source), ...configured };
}

const NO_ARCHITECTURE = 'The running kernel has the architecture of this machine: arch has no effect on it.';
const NO_EFFECT = 'A set or a configuration file has no effect on a kernel that is built already.';

/** The real path, if the file exists: the build of a tree does not depend on the link that leads to it. */
function realPath(path: string): string {
  const whole = resolve(path);
  try {
    return realpathSync(whole);
  } catch {
    return whole;
  }
}

/** The option without a value. */
const HERE = 'here';
/** The option that ends the list, because its value may contain commas. */
const LAST = 'append';

const FORMS =
  `After "linux:" come options with commas between them: kernel=${KERNEL_VERSIONS.join('|')}, or source=DIR (a source ` +
  `tree), or image=FILE and modules=DIR, or here (the running kernel; modules=DIR, tainted=accepted); arch=${ARCHITECTURES.join('|')}; set=${CONFIGURATION_SETS.join('|')}; config=FILE; mutant=ID or driver=test_hmm; ` +
  `also=${UNDECLARED.join('+')}; large-folios=${LARGE_FOLIOS.join('|')}; smp=1 to ${MAX_PROCESSORS}; memory=256M; kvm=${KVM_SETTINGS.join('|')}; and last ` +
  `${LAST}=WORDS for the kernel's command line.`;

const asIs = (value: string): string => value;

/** Parses the options after "linux:" in a target. */
export function linuxSpec(text: string): LinuxSpec {
  const values = optionValues(text);
  const whole = withRealPaths(values);
  const take = <T>(name: string, parse: (value: string) => T): T | undefined => {
    const value = values.get(name);
    values.delete(name);
    return value === undefined ? undefined : parse(value);
  };
  const kernel = kernelOf({
    kernel: take('kernel', parseKernelVersion),
    source: take('source', asIs),
    image: take('image', asIs),
    modules: take('modules', asIs),
    here: take(HERE, () => true),
    arch: take('arch', parseArchitecture),
    set: take('set', parseSet),
    config: take('config', asIs),
  });
  const mutant = take('mutant', parseLinuxMutant);
  const driver = take('driver', parseDriver) ?? 'ours';
  const also = take('also', parseAlso) ?? [];
  const acceptsTaint = take('tainted', parseTainted) ?? false;
  if (kernel.kind === 'here') refuseOfGuest(values);
  else if (acceptsTaint)
    throw new InvalidArgumentError('tainted= is an option of the running kernel: linux:here.');
  const largeFolios = take('large-folios', parseLargeFolios);
  const machine: MachineSettings = {
    processors: take('smp', parseProcessors) ?? DEFAULT_MACHINE.processors,
    megabytes: take('memory', parseMemory),
    kvm: take('kvm', parseKvm) ?? DEFAULT_MACHINE.kvm,
    append: take(LAST, asIs),
  };
  for (const name of values.keys()) {
    throw new InvalidArgumentError(`"${name}" is not an option of a Linux target. ${FORMS}`);
  }
  if (driver === 'test_hmm' && mutant !== undefined) {
    throw new InvalidArgumentError('Mutants are bugs of the zdc test driver, not of test_hmm.');
  }
  if (kernel.kind !== 'here' && machine.kvm === 'on' && !isNative(kernel.architecture)) {
    throw new InvalidArgumentError(
      `kvm=on needs a guest with the architecture of this machine; ${kernel.architecture} is translated.`,
    );
  }
  if (kernel.kind === 'here' && driver === 'test_hmm') {
    throw new InvalidArgumentError('linux:here uses the zdc test driver only.');
  }
  return { kind: 'linux', kernel, machine, mutant, driver, also, largeFolios, acceptsTaint, text: whole };
}

function refuseOfGuest(values: ReadonlyMap<string, string>): void {
  for (const name of ['smp', 'memory', 'kvm', 'large-folios', LAST]) {
    if (values.has(name)) {
      throw new InvalidArgumentError(`${name}= is an option of a virtual machine; linux:here uses none.`);
    }
  }
}

/** The options of a target by name, in their order. */
function optionValues(text: string): Map<string, string> {
  const values = new Map<string, string>();
  const last = new RegExp(`(?:^|,)${LAST}=(?<words>.*)$`, 's').exec(text);
  const before = last === null ? text : text.slice(0, last.index);
  for (const option of before === '' ? [] : before.split(',')) {
    const [name = '', ...rest] = option.split('=');
    if (rest.length === 0 && name !== HERE)
      throw new InvalidArgumentError(`"${option}" has no value. ${FORMS}`);
    if (values.has(name)) throw new InvalidArgumentError(`"${name}" is given twice. ${FORMS}`);
    values.set(name, rest.join('='));
  }
  if (last !== null) values.set(LAST, last.groups?.['words'] ?? '');
  return values;
}

/** The options whose values are paths. */
const PATHS: ReadonlySet<string> = new Set(['source', 'image', 'modules', 'config']);

/** The target with absolute paths. */
function withRealPaths(options: ReadonlyMap<string, string>): string {
  const words = [...options].map(([name, value]) =>
    name === HERE ? name : `${name}=${PATHS.has(name) ? realPath(value) : value}`,
  );
  return words.length === 0 ? 'linux' : `linux:${words.join(',')}`;
}

/** The target for a kernel, without further options. */
export const targetText = (kernel: LinuxKernel): string => `linux:${targetWords(kernel).join(',')}`;

function parseAlso(text: string): readonly Undeclared[] {
  const names = text.split('+');
  const also = names.filter(isUndeclared);
  if (also.length === names.length) return also;
  throw new InvalidArgumentError(`The values of also= are ${UNDECLARED.join(', ')}, joined with +.`);
}

function parseLargeFolios(text: string): LargeFolioSetting {
  const setting = LARGE_FOLIOS.find((one) => one === text);
  if (setting !== undefined) return setting;
  throw new InvalidArgumentError(`The values of large-folios= are ${LARGE_FOLIOS.join(', ')}.`);
}

function parseDriver(text: string): LinuxDriver {
  if (text === 'test_hmm') return text;
  throw new InvalidArgumentError(
    'The only value of driver= is test_hmm. Without it, the zdc test driver is used.',
  );
}

function parseTainted(text: string): true {
  if (text === 'accepted') return true;
  throw new InvalidArgumentError('The only value of tainted= is accepted.');
}

function parseProcessors(text: string): number {
  const count = Number(text);
  if (/^\d+$/.test(text) && count >= 1 && count <= MAX_PROCESSORS) return count;
  throw new InvalidArgumentError(`smp= is a number of processors from 1 to ${MAX_PROCESSORS}.`);
}

/** In megabytes. Below, the kernel does not boot; above, the microvm has no address space. */
const [MIN_MEMORY, MAX_MEMORY] = [64, 3072];

function parseMemory(text: string): number {
  const groups = /^(?<figure>\d+)(?<unit>[MG]?)$/i.exec(text)?.groups;
  const megabytes = Number(groups?.['figure']) * (groups?.['unit']?.toUpperCase() === 'G' ? 1024 : 1);
  if (megabytes >= MIN_MEMORY && megabytes <= MAX_MEMORY) return megabytes;
  throw new InvalidArgumentError(
    `memory= is a size from ${MIN_MEMORY}M to ${MAX_MEMORY}M, such as 512M or 1G.`,
  );
}

function parseKvm(text: string): MachineSettings['kvm'] {
  const setting = KVM_SETTINGS.find((one) => one === text);
  if (setting !== undefined) return setting;
  throw new InvalidArgumentError(`The values of kvm= are ${KVM_SETTINGS.join(', ')}.`);
}

export function parseArchitecture(text: string): Architecture {
  if (isArchitecture(text)) return text;
  throw new InvalidArgumentError(`The architectures of guests are ${ARCHITECTURES.join(', ')}.`);
}

export function parseSet(text: string): ConfigurationSet {
  if (isConfigurationSet(text)) return text;
  throw new InvalidArgumentError(`The sets of options are ${CONFIGURATION_SETS.join(', ')}.`);
}

export function parseKernelVersion(text: string): KernelVersion {
  if (isKernelVersion(text)) return text;
  throw new InvalidArgumentError(
    `The versions with a source package are ${KERNEL_VERSIONS.join(', ')}. For another, give its source tree: ` +
      '"zdc linux build --source DIR", "linux:source=DIR".',
  );
}

export function parseLinuxMutant(id: string): LinuxMutant {
  const mutant = linuxMutantById(id);
  if (mutant !== undefined) return mutant;
  const ids = LINUX_MUTANTS.map((one) => one.id);
  throw new InvalidArgumentError(
    `The Linux target has no mutant "${id}".${didYouMean(id, ids)} "zdc mutants --target linux" lists them.`,
  );
}

/** The folders of the sources for the kernel target and of the files built from them. */
export function linuxPlaces(env: Io['env']): LinuxPlaces {
  if (PACKAGE_FOLDER === undefined) {
    throw new UserError(
      EXIT.unstartable,
      'The sources of the Linux target, which are part of the package, were not found.',
    );
  }
  return { ours: join(PACKAGE_FOLDER, 'src/targets/linux'), cache: cacheFolder(env) };
}
