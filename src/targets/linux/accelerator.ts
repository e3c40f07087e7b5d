import { constants } from 'node:fs';
import { access, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { LinuxPlaces } from './cache-folder.ts';

/** Hardware virtualisation, or QEMU's own translation, which works everywhere. */
export type Accelerator = 'kvm' | 'tcg';

/**
 * Which accelerator to use. That /dev/kvm exists says nothing: it may hang or fail with no hardware behind it. So it is
 * tried with a real boot, once for each start of this machine.
 */
export async function chooseAccelerator(
  { cache }: LinuxPlaces,
  boots: (accelerator: Accelerator) => Promise<boolean>,
): Promise<Accelerator> {
  try {
    await access('/dev/kvm', constants.R_OK | constants.W_OK);
  } catch {
    return 'tcg';
  }
  const known = join(cache, 'accelerator');
  const started = (await readFile('/proc/sys/kernel/random/boot_id', 'utf8').catch(() => '')).trim();
  const [which, when] = (await readFile(known, 'utf8').catch(() => '')).trim().split(' ');
  if ((which === 'kvm' || which === 'tcg') && when === started) return which;
  const accelerator = (await boots('kvm')) ? 'kvm' : 'tcg';
  await writeFile(known, `${accelerator} ${started}\n`).catch(() => {
    // A cache that others filled: then it is tried again the next time.
  });
  return accelerator;
}
