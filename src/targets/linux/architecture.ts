/** The architectures of guests, by their names in `--arch` and `arch=`; two of them differ by their page size only. */
export const ARCHITECTURES = ['x86_64', 'arm64', 'arm64-64k'] as const;
export type Architecture = (typeof ARCHITECTURES)[number];

export const DEFAULT_ARCHITECTURE: Architecture = 'x86_64';

export const isArchitecture = (text: string): text is Architecture =>
  ARCHITECTURES.some((architecture) => architecture === text);

interface ArchitectureTraits {
  /** The architecture in the source tree of the kernel: a folder in arch/, and the value of ARCH for make. */
  readonly folder: 'x86' | 'arm64';
  /** The architecture as `process.arch` names it: such a machine has hardware virtualization for it. */
  readonly machine: NodeJS.Architecture;
  /** The prefix of the compiler and of the binary utilities. */
  readonly prefix: string;
  readonly pageBytes: number;
  /** Memory of a guest, mostly for the kernel itself: a case needs little. */
  readonly megabytes: number;
  /** The Debian package with its emulator, and those with its compiler, if that is not the one of x86-64. */
  readonly emulatorPackage: string;
  readonly compilerPackages: readonly string[];
  /** The files in config/ with the options that other architectures do not have. */
  readonly configs: readonly string[];
  /** The target of make that builds the kernel, and the file that QEMU boots. */
  readonly target: string;
  readonly image: string;
}

const ARM64 = {
  folder: 'arm64',
  machine: 'arm64',
  prefix: 'aarch64-linux-gnu-',
  emulatorPackage: 'qemu-system-arm',
  compilerPackages: ['gcc-aarch64-linux-gnu', 'libc6-dev-arm64-cross'],
  target: 'Image',
  image: 'arch/arm64/boot/Image',
} as const;

const TRAITS: { readonly [A in Architecture]: ArchitectureTraits } = {
  x86_64: {
    folder: 'x86',
    machine: 'x64',
    prefix: '',
    pageBytes: 4096,
    megabytes: 128,
    emulatorPackage: 'qemu-system-x86',
    compilerPackages: [],
    configs: ['x86_64'],
    target: 'vmlinux',
    image: 'vmlinux.stripped',
  },
  arm64: { ...ARM64, pageBytes: 4096, megabytes: 128, configs: ['arm64', 'arm64-4k'] },
  // With 128 MB, this kernel runs out of memory while it starts.
  'arm64-64k': { ...ARM64, pageBytes: 65536, megabytes: 512, configs: ['arm64', 'arm64-64k'] },
};

export const traitsOf = (architecture: Architecture): ArchitectureTraits => TRAITS[architecture];

/** True if this machine can virtualize it; otherwise QEMU translates it. */
export const isNative = (architecture: Architecture): boolean =>
  traitsOf(architecture).machine === process.arch;

/** The compiler of the programs and modules of a guest. */
export interface Compiler {
  readonly program: string;
  readonly pageBytes: number;
  /** The words of each make of the kernel, or against it. */
  readonly makeWords: readonly string[];
}

export function compilerFor(architecture: Architecture): Compiler {
  const { folder, prefix, pageBytes } = traitsOf(architecture);
  return {
    program: `${prefix}gcc`,
    pageBytes,
    makeWords: prefix === '' ? [] : [`ARCH=${folder}`, `CROSS_COMPILE=${prefix}`],
  };
}

/** The option with which the agent and the exported programs are compiled for a page size. */
export const pageOption = ({ pageBytes }: Compiler): string => `-DZDC_PAGE=${pageBytes}UL`;
