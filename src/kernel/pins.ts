import type { Profile } from '../../spec/profiles/profile.ts';
import type { Result } from '../../spec/vocabulary/result.ts';
import type { Scope } from '../../spec/vocabulary/scope.ts';
import { pfnOf, presentEntry, trackedLike } from './entry.ts';
import { ACCESS_OOM, ACCESS_TRAPPED } from './fault.ts';
import { isAnonymous, readPage } from './page.ts';
import type { Process } from './process.ts';
import { Queries } from './queries.ts';

/** No page is pinned in this slot. */
const NO_PIN = 0;
/** A pin for reading of the page of zeros, which has the number 0. Nothing counts its references. */
const PIN_OF_ZEROS = -1;

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
    if (this.wasTaken(slot)) return 'EBUSY';
    this.getPage(this.page(pfn));
    this.pins[slot] = pfn;
    return 'ok';
  }

  /** In a race somebody may have been faster. */
  protected wasTaken(slot: number): boolean {
    return this.pins[slot] !== NO_PIN;
  }

  /** A page can be pinned in system memory only: touching it brings it there. */
  protected pinnable(process: Process, index: number): number {
    return this.access(process, index, true);
  }

  /** Holds a page for somebody who will only read it. */
  pinForReading(process: Process, index: number, slot: number): Result {
    if (this.pins[slot] !== NO_PIN) return 'EBUSY';
    const pfn = this.readable(process, index);
    if (pfn < 0) return this.errorOf(pfn);
    if (pfn === 0) this.pins[slot] = PIN_OF_ZEROS;
    else this.holdForReading(pfn, slot);
    return 'ok';
  }

  protected holdForReading(pfn: number, slot: number): void {
    this.getPage(this.page(pfn));
    this.pins[slot] = pfn;
  }

  /** The page that a pin for reading holds: the one that the process will go on seeing. */
  protected readable(process: Process, index: number): number {
    const pfn = this.access(process, index, false);
    if (pfn <= 0 || !this.unshares(pfn)) return pfn;
    return this.unshare(process, index);
  }

  /** Whether others see the page, so that a store by its process would go to another one. */
  protected unshares(pfn: number): boolean {
    const page = this.page(pfn);
    return this.profile.readPinUnshares && isAnonymous(page) && this.isShared(page);
  }

  /** The process gets a page of its own, as by a store; but the entry has no more rights than before. */
  protected unshare(process: Process, index: number): number {
    const before = process.entry(index);
    const pfn = this.breakSharing(process, index, this.page(pfnOf(before)));
    if (pfn > 0) process.entries[index] = trackedLike(presentEntry(pfn, false), before);
    return pfn;
  }

  unpin(slot: number): Result {
    const pfn = this.pins[slot] ?? NO_PIN;
    if (pfn === NO_PIN) return 'EINVAL';
    if (pfn === PIN_OF_ZEROS) {
      this.pins[slot] = NO_PIN;
      return 0;
    }
    const page = this.page(pfn);
    const value = readPage(page);
    this.pins[slot] = NO_PIN;
    this.putPage(page);
    return value;
  }

  /** What a touch that came to nothing is to the kernel itself: nobody is there to get a signal. */
  errorOf(access: number): Result {
    if (access === ACCESS_TRAPPED) return 'trapped';
    return access === ACCESS_OOM ? 'ENOMEM' : 'EFAULT';
  }
}
