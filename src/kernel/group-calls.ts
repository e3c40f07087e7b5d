import type { Limit } from '../../spec/vocabulary/command.ts';
import { NO_LIMIT } from './control-groups.ts';
import { isMigration, pfnOf } from './entry.ts';
import { Migration } from './migrate.ts';
import { isAnonymous, type Page } from './page.ts';
import type { Process } from './process.ts';

/** What user space asks of control groups. */
export class GroupCalls extends Migration {
  setLimit(group: number, limit: Limit): void {
    this.groups.limits[group] = limit === 'none' ? NO_LIMIT : limit;
  }

  chargeOf(group: number): number {
    return this.groups.chargeOf(group);
  }

  /** A process enters a group; what follows it there, its pages themselves say. */
  join(process: Process, group: number): void {
    process.group = group;
    for (let index = 0; index < this.scope.pages; index++) {
      const entry = process.entry(index);
      const pfn = pfnOf(entry);
      if (pfn === 0 || isMigration(entry)) continue;
      const page = this.page(pfn);
      if (isAnonymous(page) && this.followsOwner(page)) this.recharge(page, group);
    }
  }

  /** Whether the charge of a page goes where its process goes: never while others use it, too. */
  protected followsOwner(page: Page): boolean {
    const { joinMoves } = this.profile;
    if (joinMoves === 'nothing' || page.maps !== 1) return false;
    return joinMoves === 'all' || page.pagemap === undefined;
  }

  protected recharge(page: Page, group: number): void {
    this.uncharge(page);
    this.charge(page, group);
  }
}
