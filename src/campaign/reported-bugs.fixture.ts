import { isPresent, pfnOf, presentEntry } from '../kernel/entry.ts';
import type { Plant } from '../kernel/plant.ts';
import { MAY_WRITE, type Process } from '../kernel/process.ts';

/** Bugs from reports of users, for tests of what a run makes of them. */

/** Making a shared page writable skips copy-on-write. */
export const WRITABLE_WITHOUT_COPY: Plant = {
  kernel: (base) =>
    class extends base {
      override protect(process: Process, index: number, protection: number): void {
        super.protect(process, index, protection);
        const entry = process.entry(index);
        if (protection === MAY_WRITE && isPresent(entry) && this.page(pfnOf(entry)).maps > 1) {
          process.entries[index] = presentEntry(pfnOf(entry), true);
        }
      }
    },
};
