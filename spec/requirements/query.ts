import { profilesWith } from '../profiles/profile.ts';
import type { Chapter } from './requirement.ts';

/** Queries about memory that do not access it. */
export const queryChapter = {
  name: 'query',
  title: 'Queries',
  requirements: [
    {
      id: 'query.no-callbacks',
      level: 'MUST',
      title: 'A query has no side effects',
      text: 'Page map, residency and smaps migrate nothing, call no callback and change nothing.',
      source: 'Linux v4.14, page-table walks of procfs; a violation fixed in 2026 on record',
      needs: ['query'],
    },
    {
      id: 'query.page-map',
      level: 'MUST',
      title: 'The page map distinguishes device pages from present pages',
      text: 'A page in system memory is reported as present; a page on the device is reported as not present, as a special entry.',
      source: 'Linux v4.14, the page map of special entries',
      needs: ['query'],
    },
    {
      id: 'query.sole-mapper',
      level: 'MUST',
      title: 'The page map reports whether a device page has one mapper',
      text: 'For a device page it reports whether this process is the only one that maps it.',
      source: 'Linux v4.14, the page map of special entries; Linux da7f31ed0f4d (v6.11), which ended it',
      profiles: profilesWith(({ tellsSoleMapper }) => tellsSoleMapper),
      needs: ['query'],
    },
    {
      id: 'query.residency',
      level: 'MUST',
      title: 'A page on the device counts as resident',
      text: 'Residency is 1 for a page wherever it is, unless it was paged out and not accessed since.',
      source: 'Linux v4.14, residency of special entries',
      needs: ['query'],
    },
    {
      id: 'query.smaps',
      level: 'MUST',
      title: 'The smaps sum counts device pages',
      text: 'Private pages in system memory and in device memory are each counted once.',
      source: 'Linux v4.14, sums over special entries',
      needs: ['query'],
    },
  ],
} as const satisfies Chapter;
