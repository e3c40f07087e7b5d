import type { CommandOf, InjectionKind } from '../spec/vocabulary/command.ts';
import { UNPOPULATED } from '../spec/vocabulary/snapshot.ts';
import { isObject } from './contents.ts';

// Kinds of injection as the bits of a mask.
export const PENDING_SIGBUS = 1;
export const PENDING_OOM = 2;
export const PENDING_NO_FRAME = 4;
export const PENDING_NO_COPY = 8;
const PENDING_NO_LARGE_FRAME = 16;
const PENDING_NO_LARGE_PAGE = 32;
export const PENDING_NO_SPLIT = 64;

const BITS: { readonly [K in InjectionKind]: number } = {
  sigbus: PENDING_SIGBUS,
  oom: PENDING_OOM,
  'no-frame': PENDING_NO_FRAME,
  'no-copy': PENDING_NO_COPY,
  'no-large-frame': PENDING_NO_LARGE_FRAME,
  'no-large-page': PENDING_NO_LARGE_PAGE,
  'no-split': PENDING_NO_SPLIT,
};
const KINDS = [PENDING_SIGBUS, PENDING_OOM, PENDING_NO_FRAME, PENDING_NO_COPY] as const;

const ANY = -1;

interface Injection {
  /** The page that must map the content of the attempt, or ANY. */
  readonly victim: number;
  /** The maximum number of strikes that remain. Strikes that cannot be observed are not counted. */
  left: number;
}

/** The injected failures that could still strike, as far as commands and results tell. */
export class Injected {
  readonly #pages: number;
  readonly #injections = new Map<number, Injection>();
  /** The kinds that may have strikes left. */
  active = 0;

  constructor(pages: number) {
    this.#pages = pages;
  }

  inject({ kind, victim, remaining }: CommandOf<'inject'>): void {
    this.#injections.set(BITS[kind], {
      victim: victim === 'any' ? ANY : victim.process * this.#pages + victim.page,
      left: remaining === 'until-healed' ? Infinity : remaining,
    });
    this.active |= BITS[kind];
  }

  heal(): void {
    this.active = 0;
  }

  /** A strike of this kind was observed. */
  struck(kind: typeof PENDING_SIGBUS | typeof PENDING_OOM): void {
    const injection = this.#injections.get(kind);
    if (injection === undefined || (this.active & kind) === 0) return;
    injection.left--;
    if (injection.left === 0) this.active &= ~kind;
  }

  /** The kinds that could strike an attempt on the content of this page. */
  mayFailBy(row: readonly number[], cell: number): number {
    return this.active === 0 ? 0 : this.#matching(row, cell, 0);
  }

  /** The kinds that must strike it: those that last until healed. */
  mustFailBy(row: readonly number[], cell: number): number {
    return this.active === 0 ? 0 : this.#matching(row, cell, Infinity);
  }

  #matching(row: readonly number[], cell: number, least: number): number {
    let mask = 0;
    for (const kind of KINDS) {
      const injection = (this.active & kind) === 0 ? undefined : this.#injections.get(kind);
      if (injection !== undefined && injection.left >= least && sees(injection.victim, row, cell))
        mask |= kind;
    }
    return mask;
  }
}

function sees(victim: number, row: readonly number[], cell: number): boolean {
  if (victim === ANY) return true;
  const code = row[cell] ?? 0;
  if (code === UNPOPULATED) return victim === cell;
  return isObject(code) && row[victim] === code;
}
