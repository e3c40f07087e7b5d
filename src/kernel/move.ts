import { isExclusive, isPresent, isDevice, NONE, dirtied } from './entry.ts';
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
    else this.unmap(process, index);
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
    process.entries[to] = this.movedEntry(process.entry(index));
    process.entries[index] = NONE;
  }

  /** The entry as it is at its new place. What appears where nothing was counts as stored to. */
  protected movedEntry(entry: number): number {
    return isPresent(entry) || isDevice(entry) || isExclusive(entry) ? dirtied(entry) : entry;
  }
}
