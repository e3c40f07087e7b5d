/** The kernels that can be built: those of which Debian 12 has the source as a package. */
export const KERNEL_VERSIONS = ['6.12', '6.1'] as const;

export type KernelVersion = (typeof KERNEL_VERSIONS)[number];

export const DEFAULT_KERNEL: KernelVersion = '6.12';

export const isKernelVersion = (text: string): text is KernelVersion =>
  KERNEL_VERSIONS.some((version) => version === text);

/** The package that holds the source, and the archive and folder that it brings. */
export const sourceName = (version: KernelVersion): string => `linux-source-${version}`;
