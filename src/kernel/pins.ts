import type { Profile } from '../../spec/profiles/profile.ts';
import type { Result } from '../../spec/vocabulary/result.ts';
import type { Scope } from '../../spec/vocabulary/scope.ts';
import { TOUCH_OOM, TOUCH_TRAPPED } from './fault.ts';
import { readPage } from './page.ts';
import type { Process } from './process.ts';
import { Queries } from './queries.ts';

/** No page is pinned in this slot: the page of zeros cannot be. */
const NO_PIN = 0;

/** Pages that somebody holds who has no page table: direct input and output, another device. */
export class Pins extends Queries {
  /** The page that each slot pins. */
  readonly pins: number[];

  constructor(profile: Profile, scope: Scope) {
    super(profile, scope);
    this.pins = [];
    for (let slot = 0; slot < scope.slots; slot++) this.pins.push(NO_PIN);
  }

  /** Holds a page of system memory for somebody who will write to it at any time. */
  pin(process: Process, index: number, slot: number): Result {
    if (this.pins[slot] !== NO_PIN) return 'EBUSY';
    const pfn = this.pinnable(process, index);
    if (pfn < 0) return this.errorOf(pfn);
    this.getPage(this.page(pfn));
    this.pins[slot] = pfn;
    return 'ok';
  }

  /** A page can be pinned in system memory only: touching it brings it there. */
  protected pinnable(process: Process, index: number): number {
    return this.touch(process, index, true);
  }

  unpin(slot: number): Result {
    const pfn = this.pins[slot] ?? NO_PIN;
    if (pfn === NO_PIN) return 'EINVAL';
    const page = this.page(pfn);
    const value = readPage(page);
    this.pins[slot] = NO_PIN;
    this.putPage(page);
    return value;
  }

  /** What a touch that came to nothing is to the kernel itself: nobody is there to get a signal. */
  errorOf(touch: number): Result {
    if (touch === TOUCH_TRAPPED) return 'trapped';
    return touch === TOUCH_OOM ? 'ENOMEM' : 'EFAULT';
  }
}
