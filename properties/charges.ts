import type { Profile } from '../spec/profiles/profile.ts';
import type { Limit } from '../spec/vocabulary/command.ts';
import { CONTROL_GROUPS } from '../spec/vocabulary/scope.ts';
import { type Contents, FIRST_OBJECT } from './contents.ts';
import { zeros } from './mapping-table.ts';

/** Bounds for the number of pages that a group is charged for. */
export interface Bounds {
  readonly least: number;
  readonly most: number;
}

/** Whether a group is at its limit: it is not, it may be, or it certainly is. */
export const BELOW_LIMIT = 0;
const PERHAPS_AT_LIMIT = 1;
export const AT_LIMIT = 2;

const bitOf = (group: number): number => 1 << group;

/** The control group of each process, the limits, and the groups that an object may be charged to. */
export class Charges {
  readonly #rule: Profile['joinMoves'];
  readonly #groups: number[];
  /** By object: the groups that it may be charged to, as a bit mask. Exactly one of them is charged. */
  readonly #payers: number[] = [];
  readonly #limits: (number | undefined)[] = Array.from({ length: CONTROL_GROUPS }, () => undefined);
  /** Whether any group has a limit. */
  isLimited = false;
  /** The number of joins so far. */
  joins = 0;

  constructor(profile: Profile, processes: number) {
    this.#rule = profile.joinMoves;
    this.#groups = zeros(processes);
  }

  spawn(process: number): void {
    this.#groups[process] = 0;
  }

  fork(parent: number, child: number): void {
    this.#groups[child] = this.#groups[parent] ?? 0;
  }

  limit(group: number, pages: Limit): void {
    this.#limits[group] = pages === 'none' ? undefined : pages;
    this.isLimited = this.#limits.some((one) => one !== undefined);
  }

  /** The process has created the next object. */
  made(process: number): void {
    this.#payers.push(bitOf(this.#groups[process] ?? 0));
  }

  /** The process may have created the object anew. */
  mayHaveMade(code: number, process: number): void {
    const at = code - FIRST_OBJECT;
    this.#payers[at] = (this.#payers[at] ?? 0) | bitOf(this.#groups[process] ?? 0);
  }

  /** Moves the process to the group. Returns whether it was in another group before. */
  join(process: number, group: number): boolean {
    this.joins++;
    const isReal = this.#groups[process] !== group;
    this.#groups[process] = group;
    return isReal;
  }

  /** A process that maps this object has joined a group, so the charge may move with it. */
  mayFollow(code: number, group: number, isSole: boolean, isInSystemMemory: boolean): void {
    if (this.#rule === 'nothing') return;
    const at = code - FIRST_OBJECT;
    const follows = isSole && (this.#rule === 'all' || isInSystemMemory);
    this.#payers[at] = (follows ? 0 : (this.#payers[at] ?? 0)) | bitOf(group);
  }

  bounds(group: number, contents: Contents): Bounds {
    const bit = bitOf(group);
    let least = 0;
    let most = 0;
    for (let at = 0; at < this.#payers.length; at++) {
      const payers = this.#payers[at] ?? 0;
      if ((payers & bit) === 0 || !contents.isHeld(FIRST_OBJECT + at)) continue;
      most++;
      if (payers === bit) least++;
    }
    return { least, most };
  }

  /** Whether the group of this process is at its limit. */
  atLimit(process: number, contents: Contents): number {
    const group = this.#groups[process] ?? 0;
    const limit = this.#limits[group];
    if (limit === undefined) return BELOW_LIMIT;
    const { least, most } = this.bounds(group, contents);
    if (least >= limit) return AT_LIMIT;
    return most >= limit ? PERHAPS_AT_LIMIT : BELOW_LIMIT;
  }
}
