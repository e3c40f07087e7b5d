import type { DriverClass } from './driver.ts';
import type { KernelClass } from './kernel.ts';

/** A planted bug: what it makes of the kernel's class, of the driver's, or of both. */
export interface KernelMutation {
  readonly kernel?: (base: KernelClass) => KernelClass;
  readonly driver?: (base: DriverClass) => DriverClass;
  /** Whether what these functions made keeps a state from one world to the next, until they make it anew. */
  readonly outlivesWorlds?: true;
}
