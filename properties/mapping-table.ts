import type { MappingKind, Protection } from '../spec/vocabulary/command.ts';

/** What the commands of a case made of one page of a process, packed; 0 where nothing is mapped. */
export type Mapping = number;

const READABLE = 1;
const WRITABLE = 2;
const PRIVATE = 4;
const HOST = 8;
/** A protect has really changed it since it was mapped. */
const REPROTECTED = 16;

const RIGHTS: { readonly [P in Protection]: number } = {
  none: 0,
  read: READABLE,
  write: READABLE | WRITABLE,
};

export const isMapped = (mapping: Mapping): boolean => mapping !== 0;
export const isHost = (mapping: Mapping): boolean => (mapping & HOST) !== 0;
export const isPrivate = (mapping: Mapping): boolean => (mapping & PRIVATE) !== 0;
export const mayRead = (mapping: Mapping): boolean => (mapping & READABLE) !== 0;
export const mayWrite = (mapping: Mapping): boolean => (mapping & WRITABLE) !== 0;
export const isReprotected = (mapping: Mapping): boolean => (mapping & REPROTECTED) !== 0;
/** Whether a protect to this protection would be a real change. */
export const differs = (mapping: Mapping, protection: Protection): boolean =>
  (mapping & (READABLE | WRITABLE)) !== RIGHTS[protection];

/**
 * Who maps what with which protection: it follows from the commands alone. A change makes a new row, so that every
 * step can keep the row of its time, and steps between two changes share one.
 */
export class MappingTable {
  readonly #pages: number;
  /** Row by process, one mapping for each page. */
  row: readonly Mapping[];

  constructor(processes: number, pages: number) {
    this.#pages = pages;
    this.row = zeros(processes * pages);
  }

  map(cell: number, kind: MappingKind, protection: Protection): void {
    this.#set(cell, RIGHTS[protection] | (kind === 'host' ? HOST : PRIVATE));
  }

  unmap(cell: number): void {
    this.#set(cell, 0);
  }

  protect(cell: number, protection: Protection): void {
    const mapping = this.row[cell] ?? 0;
    if (!differs(mapping, protection)) return;
    this.#set(cell, (mapping & (PRIVATE | HOST)) | REPROTECTED | RIGHTS[protection]);
  }

  fork(parent: number, child: number): void {
    const pages = this.#pages;
    const row = this.row.slice();
    for (let page = 0; page < pages; page++) row[child * pages + page] = row[parent * pages + page] ?? 0;
    this.row = row;
  }

  exit(process: number): void {
    this.row = this.row.slice().fill(0, process * this.#pages, (process + 1) * this.#pages);
  }

  #set(cell: number, mapping: Mapping): void {
    const row = this.row.slice();
    row[cell] = mapping;
    this.row = row;
  }
}

/** A packed array of zeros. */
export function zeros(length: number): number[] {
  const array: number[] = [];
  for (let i = 0; i < length; i++) array.push(0);
  return array;
}
