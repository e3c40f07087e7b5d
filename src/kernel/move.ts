import { isExclusiveEntry, isPresent, isDevice, NONE, dirtied } from './entry.ts';
import { Mappings } from './mappings.ts';
import type { Process } from './process.ts';

/** Moving what is mapped at one place to another, page table entries and all. */
export class Moves extends Mappings {
  move(process: Process, index: number, to: number, keep: boolean): void {
    const kind = process.kind(index);
    const protection = process.protection(index);
    const locked = process.isLocked(index);
    process.setVma(to, kind, protection, this.movedOffset(process, index, to));
    process.locked[to] = locked;
    process.inheritances[to] = this.movedInheritance(process, index);
    this.moveEntry(process, index, to);
    if (keep) process.locked[index] = false;
    else this.unmapOldPlace(process, index);
  }

  /** Nobody who waits may find a hole between the entry and its mapping: the old place is not open to anybody. */
  private unmapOldPlace(process: Process, index: number): void {
    const { concurrent } = this;
    this.concurrent = undefined;
    this.unmap(process, index);
    this.concurrent = concurrent;
  }

  /** The offset of a VMA goes with it: its pages are found by that, wherever they are mapped. */
  protected movedOffset(process: Process, index: number, _to: number): number {
    return process.offset(index);
  }

  /** What children inherit of a VMA goes with it, too. */
  protected movedInheritance(process: Process, index: number): number {
    return process.inheritance(index);
  }

  protected moveEntry(process: Process, index: number, to: number): void {
    process.entries[to] = this.movedEntry(this.entryToMove(process, index));
    process.entries[index] = NONE;
  }

  /** A window between the mapping and its entries: only somebody who finds pages by their frames can come in. */
  protected entryToMove(process: Process, index: number): number {
    const isOpen = this.concurrent !== undefined && this.concurrent.looksInto !== process.slot;
    return isOpen ? this.entryAfterConcurrent(process, index) : process.entry(index);
  }

  /** The entry as it is at its new place. What appears where nothing was counts as stored to. */
  protected movedEntry(entry: number): number {
    return isPresent(entry) || isDevice(entry) || isExclusiveEntry(entry) ? dirtied(entry) : entry;
  }
}
