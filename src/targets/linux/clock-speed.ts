import { readFileSync } from 'node:fs';

/** What QEMU's translation counts by where the processor has no counter of its own. */
const NANOSECONDS = 1_000_000;

/**
 * How many thousand times a second the processor's counter ticks, which is what the guest sees: without another clock
 * to compare it with, the guest may not find it out. Node's own figure is 0 on many virtual machines.
 */
export function clockKilohertz(): number {
  try {
    const megahertz = /^cpu MHz\s*: (?<mhz>[\d.]+)$/m.exec(readFileSync('/proc/cpuinfo', 'utf8'))?.groups;
    return Math.round(Number(megahertz?.['mhz'] ?? 0) * 1000) || NANOSECONDS;
  } catch {
    // No such file: then nothing is known.
    return NANOSECONDS;
  }
}
