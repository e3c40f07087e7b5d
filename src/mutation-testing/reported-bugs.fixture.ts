import { isPresent, pfnOf, presentEntry } from '../kernel/entry.ts';
import type { Page } from '../kernel/memory.ts';
import type { KernelMutation } from '../kernel/world.ts';
import { VMA_WRITE, type Process } from '../kernel/process.ts';

/** Bugs from reports of users, for tests of the output of a run. */

/** Making a shared page writable skips copy-on-write. */
export const WRITABLE_WITHOUT_COPY: KernelMutation = {
  kernel: (base) =>
    class extends base {
      override protect(process: Process, index: number, protection: number): void {
        super.protect(process, index, protection);
        const entry = process.entry(index);
        if (protection === VMA_WRITE && isPresent(entry) && this.page(pfnOf(entry)).maps > 1) {
          process.entries[index] = presentEntry(pfnOf(entry), true);
        }
      }
    },
};

/** A process that loses a page lowers the resident count of the process that had the page first. */
export const RSS_NOTED_WITH_THE_PAGE: KernelMutation = {
  kernel: (base) =>
    class extends base {
      readonly #firsts = new Map<Page, Process>();

      protected override forkPresent(parent: Process, child: Process, index: number, entry: number): void {
        const page = this.page(pfnOf(entry));
        if (!this.#firsts.has(page)) this.#firsts.set(page, parent);
        super.forkPresent(parent, child, index, entry);
      }

      protected override breakSharing(process: Process, index: number, old: Page): number {
        this.#lower(process, old);
        return super.breakSharing(process, index, old);
      }

      protected override zapPresent(process: Process, index: number, entry: number): void {
        this.#lower(process, this.page(pfnOf(entry)));
        super.zapPresent(process, index, entry);
      }

      protected override dropEntryOf(page: Page): void {
        super.dropEntryOf(page);
        if (page.maps === 0) this.#firsts.delete(page);
      }

      /** Lowers the count of the first process instead of the process that loses the page. */
      #lower(process: Process, page: Page): void {
        const first = this.#firsts.get(page);
        if (first === undefined || first === process) return;
        this.addRss(process, 1);
        this.addRss(first, -1);
      }
    },
};
