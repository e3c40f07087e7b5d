import type { Advice as AdviceName } from '../../spec/vocabulary/command.ts';
import type { Result } from '../../spec/vocabulary/result.ts';
import { isPresent, isWatched, pfnOf } from './entry.ts';
import { GroupCalls } from './group-calls.ts';
import type { Page } from './page.ts';
import type { Process } from './process.ts';

/** What a process says of how it will use its memory. It speaks of pages that are present; all others are passed over. */
export class AdviseCalls extends GroupCalls {
  advise(process: Process, index: number, advice: AdviceName): Result {
    if (advice !== 'move-node' && this.keepsLocked(process, index)) return 'EINVAL';
    const entry = process.entry(index);
    if (this.isAdvisable(entry)) this.advisePage(process, index, this.page(pfnOf(entry)), advice);
    return 'ok';
  }

  protected isAdvisable(entry: number): boolean {
    return isPresent(entry);
  }

  /** All system memory here is equally near, and nothing is swapped out: what is left is to forget. */
  protected advisePage(process: Process, index: number, page: Page, advice: AdviceName): void {
    if (advice === 'free') this.adviseFree(page);
    else if (advice === 'page-out' && this.mayDrop(process, index, page)) this.zapEntry(process, index);
  }

  protected adviseFree(page: Page): void {
    if (page.maps === 1) page.lazyFree = true;
  }

  /** Only what was given away and not used since. What is watched is not missing unless its watcher knows. */
  protected mayDrop(process: Process, index: number, page: Page): boolean {
    return page.lazyFree && !this.isPinned(page) && !isWatched(process.entry(index));
  }
}
