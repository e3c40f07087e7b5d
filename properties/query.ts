import { profilesWith } from '../spec/profiles/profile.ts';
import {
  EXCLUSIVE_ENTRY,
  frameOf,
  isDeviceEntry,
  POISON,
  PRESENT,
  UNMAPPED,
} from '../spec/vocabulary/snapshot.ts';
import { entryPredicate, resultInWords } from '../spec/vocabulary/words.ts';
import { isObject } from './contents.ts';
import { define } from './property.ts';
import { mayBeOut } from './mapping-table.ts';
import { modified } from './stillness.ts';

const quiet = define({
  id: 'query/quiet',
  title: 'A query calls no callback and changes nothing',
  requirements: ['query.no-callbacks'],
  needs: ['query'],
  steps: (reading) => reading.queries,
  check: (step) => modified(step) ?? 1,
});

const pageMap = define({
  id: 'query/page-map',
  title: 'The page map distinguishes pages on a device, pages in system memory and unmapped pages',
  requirements: ['query.page-map'],
  needs: ['query', 'entries', 'every-step'],
  steps: (reading) => reading.queries,
  check({ command, result, before, cell, code }) {
    const entry = before?.[cell];
    if (command.op !== 'page-map' || entry === undefined) return 0;
    const isSpecial = result === 'special' || result === 'special-sole';
    const isRight =
      isDeviceEntry(entry) || entry === EXCLUSIVE_ENTRY
        ? isSpecial
        : entry === POISON
          ? result === 'special'
          : entry === UNMAPPED
            ? result === 'absent'
            : entry === PRESENT && isObject(code)
              ? result === 'present'
              : result === 'absent' || result === 'present';
    return isRight
      ? 1
      : `the entry is ${entryPredicate(entry)}, but page-map returned ${resultInWords(result)}`;
  },
});

const soleMapper = define({
  id: 'query/sole-mapper',
  title: 'The page map reports whether a page on the device has only one entry',
  requirements: ['query.sole-mapper'],
  profiles: profilesWith(({ tellsSoleMapper }) => tellsSoleMapper),
  needs: ['query', 'entries', 'every-step'],
  steps: (reading) => reading.queries,
  check({ command, result, before, cell, namesBefore }) {
    const entry = before?.[cell] ?? 0;
    if (command.op !== 'page-map' || namesBefore === undefined || !isDeviceEntry(entry)) return 0;
    const named = namesBefore[frameOf(entry)];
    const right = named === 1 ? 'special-sole' : 'special';
    return result === right
      ? 1
      : `${named} entries name the frame, but page-map returned ${resultInWords(result)}`;
  },
});

const neverSole = define({
  id: 'query/tells-no-sole-mapper',
  title: 'From Linux 6.12 the page map does not report whether a page on the device has only one entry',
  requirements: ['query.page-map'],
  profiles: profilesWith(({ tellsSoleMapper }) => !tellsSoleMapper),
  needs: ['query', 'entries', 'every-step'],
  steps: (reading) => reading.queries,
  check({ command, result, before, cell }) {
    if (command.op !== 'page-map' || !isDeviceEntry(before?.[cell] ?? 0)) return 0;
    return result === 'special' ? 1 : `page-map returned ${resultInWords(result)} of a page on a device`;
  },
});

const residency = define({
  id: 'query/residency',
  title: 'residency returns 1 for a page in any place and ENOMEM for an unmapped page',
  requirements: ['query.residency'],
  needs: ['query'],
  steps: (reading) => reading.queries,
  check({ command, result, code, mapping, before, cell }) {
    if (command.op !== 'residency') return 0;
    // A page in a swap area is not resident.
    const isOut = mayBeOut(mapping) && isObject(code) && !isDeviceEntry(before?.[cell] ?? 0);
    if (isOut && result === 0) return 0;
    const isRight =
      code === UNMAPPED
        ? result === 'ENOMEM'
        : isObject(code) || code === POISON
          ? result === 1
          : result === 0 || result === 1;
    return isRight ? 1 : `residency returned ${resultInWords(result)}`;
  },
});

const smaps = define({
  id: 'query/smaps',
  title: 'smaps returns the number of private pages in system and device memory, which is the rss',
  requirements: ['query.smaps'],
  needs: ['query'],
  steps: (reading) => reading.queries,
  check({ command, result, rowBefore, state }, { scope }) {
    if (command.op !== 'smaps') return 0;
    let pages = 0;
    const first = command.process * scope.pages;
    for (let cell = first; cell < first + scope.pages; cell++) if (isObject(rowBefore[cell] ?? 0)) pages++;
    if (result !== pages)
      return `process ${command.process} has ${pages} pages, but smaps returned ${resultInWords(result)}`;
    const rss = state?.rss?.[command.process];
    return rss === undefined || rss === result ? 1 : `the rss is ${rss}, but smaps returned ${result}`;
  },
});

/** Properties of queries, which do not access memory. */
export const queryProperties = [quiet, pageMap, soleMapper, neverSole, residency, smaps] as const;
