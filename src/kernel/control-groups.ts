import { CONTROL_GROUPS } from '../../spec/vocabulary/scope.ts';
import { NO_GROUP, type Page } from './page.ts';

/** `limits` of a group that may be charged for any number of pages. */
export const NO_LIMIT = -1;

/** Who is charged for how many pages, and for how many it may be. */
export class ControlGroups {
  readonly charges: number[] = [];
  readonly limits: number[] = [];

  constructor() {
    for (let group = 0; group < CONTROL_GROUPS; group++) {
      this.charges.push(0);
      this.limits.push(NO_LIMIT);
    }
  }

  chargeOf(group: number): number {
    return this.charges[group] ?? 0;
  }

  /** Pages charged to any group. */
  get total(): number {
    let total = 0;
    for (const charge of this.charges) total += charge;
    return total;
  }

  isFull(group: number): boolean {
    const limit = this.limits[group] ?? NO_LIMIT;
    return limit !== NO_LIMIT && this.chargeOf(group) >= limit;
  }

  /** Charges a page to a group, whatever its limit. */
  charge(page: Page, group: number): void {
    page.group = group;
    this.charges[group] = this.chargeOf(group) + 1;
  }

  uncharge(page: Page): void {
    const { group } = page;
    if (group === NO_GROUP) return;
    page.group = NO_GROUP;
    this.charges[group] = this.chargeOf(group) - 1;
  }

  copyFrom(other: ControlGroups): void {
    for (const [group, charge] of other.charges.entries()) this.charges[group] = charge;
    for (const [group, limit] of other.limits.entries()) this.limits[group] = limit;
  }
}
