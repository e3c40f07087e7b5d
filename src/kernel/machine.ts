import type { Driver } from './driver.ts';
import type { Kernel } from './kernel.ts';
import type { Rig } from './rig.ts';

/** All that a world consists of. */
export interface Machine {
  readonly kernel: Kernel;
  /** The driver of each device. */
  readonly drivers: readonly Driver[];
  readonly rig: Rig;
}
