import type { Driver } from './driver.ts';
import type { Kernel } from './kernel.ts';
import type { DriverHarness } from './driver-harness.ts';

/** All that a world consists of. */
export interface Machine {
  readonly kernel: Kernel;
  /** The driver of each device. */
  readonly drivers: readonly Driver[];
  readonly harness: DriverHarness;
}
