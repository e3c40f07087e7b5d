import { InvalidArgumentError } from 'commander';
import {
  DEFAULT_KERNEL,
  isKernelVersion,
  KERNEL_VERSIONS,
  type KernelVersion,
} from '../../targets/linux/kernel-version.ts';
import { LINUX_MUTANTS, type LinuxMutant, linuxMutantById } from '../../targets/linux/linux-mutants.ts';
import { didYouMean } from '../nearest.ts';

interface LinuxOptions {
  readonly kernel: KernelVersion;
  readonly mutant: LinuxMutant | undefined;
}

const FORMS = 'After "linux:" come kernel=6.12, kernel=6.1 and mutant=ID, with commas between them.';

/** Reads what follows "linux:" in the name of a target. */
export function readLinuxOptions(text: string): LinuxOptions {
  let kernel: KernelVersion = DEFAULT_KERNEL;
  let mutant: LinuxMutant | undefined;
  for (const option of text === '' ? [] : text.split(',')) {
    const [name, value] = option.split('=', 2);
    if (name === 'kernel' && value !== undefined) kernel = parseKernelVersion(value);
    else if (name === 'mutant' && value !== undefined) mutant = parseLinuxMutant(value);
    else throw new InvalidArgumentError(`"${option}" cannot be asked of a Linux target. ${FORMS}`);
  }
  return { kernel, mutant };
}

export function parseKernelVersion(text: string): KernelVersion {
  if (isKernelVersion(text)) return text;
  throw new InvalidArgumentError(`The kernels that can be built are ${KERNEL_VERSIONS.join(' and ')}.`);
}

function parseLinuxMutant(id: string): LinuxMutant {
  const mutant = linuxMutantById(id);
  if (mutant !== undefined) return mutant;
  const ids = LINUX_MUTANTS.map((one) => one.id);
  throw new InvalidArgumentError(
    `The Linux target has no mutant "${id}".${didYouMean(id, ids)} "zdc mutants --target linux" lists them.`,
  );
}
