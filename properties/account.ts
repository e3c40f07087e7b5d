import { EXCLUSIVE, isDeviceEntry, PRESENT } from '../spec/vocabulary/snapshot.ts';
import { define } from './define.ts';
import { isObject } from './contents.ts';
import { isPrivate } from './mapping-table.ts';

const rss = define({
  id: 'account/rss',
  title: 'The rss of a process is the number of its private pages, in system and device memory alike',
  requirements: ['account.rss'],
  needs: ['accounting'],
  steps: (reading) => reading.booked,
  check({ after, state, row, mappings }, { scope }) {
    const counted = state?.rss;
    if (counted === undefined) return 0;
    let resident = 0;
    for (let process = 0; process < scope.processes; process++) {
      let pages = 0;
      for (let page = 0, cell = process * scope.pages; page < scope.pages; page++, cell++) {
        if (!isPrivate(mappings[cell] ?? 0)) continue;
        // Where entries are not shown, flat memory tells which pages there are.
        const entry = after?.[cell];
        if (entry === undefined ? isObject(row[cell] ?? 0) : isPage(entry)) pages++;
      }
      if (counted[process] !== pages) {
        return `process ${process} has rss ${counted[process]}, and ${pages} private pages`;
      }
      resident += pages;
    }
    return resident;
  },
});

const isPage = (entry: number): boolean => entry === PRESENT || entry === EXCLUSIVE || isDeviceEntry(entry);

const charge = define({
  id: 'account/charge',
  title: 'The charge is the number of private pages that anybody holds, each counted once',
  requirements: ['account.charge'],
  needs: ['accounting'],
  steps: (reading) => reading.booked,
  check({ state, held }) {
    const charged = state?.charged;
    if (charged === undefined) return 0;
    return charged === held ? held : `${charged} pages are charged, and ${held} are held`;
  },
});

const migrationIsFree = define({
  id: 'account/migration-is-free',
  title: 'A migration charges nothing and changes no rss, but for holes that it fills',
  requirements: ['account.charge', 'account.rss'],
  needs: ['accounting', 'every-step'],
  steps: (reading) => reading.migrations,
  check({ command, result, state, stateBefore, rowBefore, row, cell }) {
    const [was, is] = [stateBefore?.charged, state?.charged];
    if (was === undefined || is === undefined || typeof result !== 'object') return 0;
    let filled = 0;
    let moved = 0;
    for (let i = 0; i < result.length; i++) {
      if (result[i] !== 'moved') continue;
      moved++;
      if (row[cell + i] !== rowBefore[cell + i]) filled++;
    }
    return is === was + filled
      ? moved
      : `${command.op} took the charge from ${was} to ${is}, filling ${filled} holes`;
  },
});

/** Who pays for a page. */
export const account = [rss, charge, migrationIsFree] as const;
