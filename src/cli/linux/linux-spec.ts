import { InvalidArgumentError } from 'commander';
import {
  DEFAULT_KERNEL,
  isKernelVersion,
  KERNEL_VERSIONS,
  type KernelVersion,
  cacheFolder,
  type LinuxPlaces,
} from '../../targets/linux/cache-folder.ts';
import { LINUX_MUTANTS, type LinuxMutant, linuxMutantById } from '../../targets/linux/linux-mutants.ts';
import { type LinuxDriver, isUndeclared, type Undeclared, UNDECLARED } from '../../targets/linux/qemu.ts';
import { didYouMean } from '../nearest.ts';
import { join } from 'node:path';
import { PACKAGE_FOLDER } from '../../corpus/suite.ts';
import { EXIT } from '../../report/exit-code.ts';
import { UserError, type Io } from '../io.ts';

interface LinuxOptions {
  readonly kernel: KernelVersion;
  readonly mutant: LinuxMutant | undefined;
  readonly driver: LinuxDriver;
  readonly also: readonly Undeclared[];
}

const FORMS =
  'After "linux:" come kernel=6.12 or kernel=6.1, mutant=ID or driver=test_hmm, and ' +
  `also=${UNDECLARED.join('+')}, with commas between them.`;

/** Parses the options after "linux:" in a target. */
export function readLinuxOptions(text: string): LinuxOptions {
  let kernel: KernelVersion = DEFAULT_KERNEL;
  let mutant: LinuxMutant | undefined;
  let driver: LinuxDriver = 'ours';
  let also: readonly Undeclared[] = [];
  for (const option of text === '' ? [] : text.split(',')) {
    const [name, value] = option.split('=', 2);
    if (name === 'kernel' && value !== undefined) kernel = parseKernelVersion(value);
    else if (name === 'mutant' && value !== undefined) mutant = parseLinuxMutant(value);
    else if (name === 'driver' && value === 'test_hmm') driver = value;
    else if (name === 'also' && value !== undefined) also = parseAlso(value);
    else throw new InvalidArgumentError(`"${option}" is not an option of a Linux target. ${FORMS}`);
  }
  if (driver === 'test_hmm' && mutant !== undefined) {
    throw new InvalidArgumentError('Mutants are bugs of the zdc test driver, not of test_hmm.');
  }
  return { kernel, mutant, driver, also };
}

function parseAlso(text: string): readonly Undeclared[] {
  const names = text.split('+');
  const also = names.filter(isUndeclared);
  if (also.length === names.length) return also;
  throw new InvalidArgumentError(`The values of also= are ${UNDECLARED.join(', ')}, joined with +.`);
}

export function parseKernelVersion(text: string): KernelVersion {
  if (isKernelVersion(text)) return text;
  throw new InvalidArgumentError(`The kernels that can be built are ${KERNEL_VERSIONS.join(' and ')}.`);
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
