import type { Result } from '../../spec/vocabulary/result.ts';
import { AdviseCalls } from './advice.ts';
import { isDevice, isExclusiveEntry, isPresent, NONE, pfnOf } from './entry.ts';
import { isAnonymous } from './page.ts';
import { NO_VMA, type Process } from './process.ts';

/** What user space can ask of its page table. Nothing is faulted in, nothing changes. */
export class Queries extends AdviseCalls {
  pageMap(process: Process, index: number): Result {
    const entry = process.entry(index);
    if (entry === NONE) return 'absent';
    if (isPresent(entry)) return 'present';
    return this.isSoleMapper(entry) ? 'special-sole' : 'special';
  }

  /** Whether the entry's process alone maps the page, as far as the page map tells. */
  protected isSoleMapper(entry: number): boolean {
    return this.profile.tellsSoleMapper && this.namesPage(entry) && this.page(pfnOf(entry)).maps === 1;
  }

  /** Every entry counts, but for none; also those that are not present. */
  residency(process: Process, index: number): Result {
    if (process.kind(index) === NO_VMA) return 'ENOMEM';
    return this.isResident(process.entry(index)) ? 1 : 0;
  }

  protected isResident(entry: number): boolean {
    return entry !== NONE;
  }

  /** The private pages of a process, added up entry by entry. */
  smaps(process: Process): number {
    let pages = 0;
    for (let index = 0; index < this.scope.pages; index++) {
      if (this.isCounted(process.entry(index))) pages++;
    }
    return pages;
  }

  protected isCounted(entry: number): boolean {
    if (isPresent(entry)) return isAnonymous(this.page(pfnOf(entry)));
    return isDevice(entry) || isExclusiveEntry(entry);
  }
}
